"""What the WebAuthn authenticator has: settings of its method, and models of security keys."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.authenticator_threats import AUTHENTICATOR_WEAKENED
from reconciler.kinds.conditions import became, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    ListOf,
    Name,
    Purpose,
    Ref,
    Relates,
    Replaces,
    ServerFilled,
    SetOf,
    wrapped,
)
from reconciler.kinds.idp_saml_key import EXAMPLE_CERTIFICATE, Certificate
from reconciler.kinds.part import Part
from reconciler.kinds.risks import Change, appeared, changed

Aaguid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    Field(examples=["cb69481e-8ff7-4039-93ec-0a2729a154a8", "2fc0579f-8113-47ea-b116-bb5a8db9202a"]),
]
"""The AAGUID of a model of authenticators, in lower case."""


class CustomAaguid(Part):
    """A model of security keys that you describe to Okta (`/api/v1/authenticators/{id}/aaguids`).

    The provider never deletes one: if it is no longer declared, it stays in Okta.
    """

    risks = (
        changed(AUTHENTICATOR_WEAKENED, "fips_compliant", "hardware_protected", when=became(True)),
        changed(AUTHENTICATOR_WEAKENED, "attestation_root_certificates"),
        appeared(AUTHENTICATOR_WEAKENED),
    )

    aaguid: Annotated[Aaguid, Replaces()]
    """The AAGUID, which all keys of the model have."""
    name: Name
    """Name of the model."""
    fips_compliant: Annotated[
        Bool,
        Api("authenticatorCharacteristics.fipsCompliant"),
        Argument("authenticator_characteristics.fips_compliant"),
    ] = False
    """Whether its keys comply with FIPS."""
    hardware_protected: Annotated[
        Bool,
        Api("authenticatorCharacteristics.hardwareProtected"),
        Argument("authenticator_characteristics.hardware_protected"),
    ] = False
    """Whether they keep their secrets in hardware."""
    platform_attached: Annotated[
        Bool,
        Api("authenticatorCharacteristics.platformAttached"),
        Argument("authenticator_characteristics.platform_attached"),
    ] = False
    """Whether they are built into a device."""
    attestation_root_certificates: Annotated[
        ListOf[Certificate],
        Field(examples=[EXAMPLE_CERTIFICATE]),
        Api("attestationRootCertificates", wrapped("x5c")),
        Argument("attestation_root_certificates", wrapped("x5c")),
    ] = ()
    """Certificates that vouch for its keys, in DER, as base64 in one line. Okta requires them for a model that the
    metadata of the FIDO Alliance has with certificates."""


_Requirement = Literal["DISCOURAGED", "PREFERRED", "REQUIRED"]
_STRICTER: Final = ("DISCOURAGED", "PREFERRED", "REQUIRED")
"""The values of a requirement, the strictest last."""


def _requires_less(change: Change) -> bool:
    known = change.expected in _STRICTER and change.actual in _STRICTER
    return known and _STRICTER.index(change.actual) < _STRICTER.index(change.expected)


class AaguidGroup(Part):
    """A group of models, which authenticators of people must be of."""

    name: Name
    """Name of the group."""
    aaguids: Annotated[SetOf[Aaguid], Field(min_length=1)]
    """The AAGUIDs of its models."""


class WebauthnMethod(Part):
    """What the WebAuthn authenticator asks of security keys and passkeys
    (`/api/v1/authenticators/{id}/methods/webauthn`).

    A setting left out keeps its value. So does everything when the definition is removed.
    """

    risks = (
        changed(AUTHENTICATOR_WEAKENED, "user_verification", "user_verification_for_verify", when=_requires_less),
        changed(AUTHENTICATOR_WEAKENED, "cert_based_attestation_validation", when=became(False)),
        changed(AUTHENTICATOR_WEAKENED, "hardware_protected", "fips_compliant", when=became(False)),
        changed(AUTHENTICATOR_WEAKENED, "allow_syncable_passkeys", when=became(True)),
        changed(AUTHENTICATOR_WEAKENED, "attachment", "settings.rpId*"),
        changed(AUTHENTICATOR_WEAKENED, "aaguid_groups", when=more),
    )

    authenticator: Annotated[
        str, Ref("authenticator"), Relates(Purpose.OTHER), Argument("authenticator_id"), Replaces()
    ]
    """The authenticator, whose key is `webauthn`."""
    user_verification: Annotated[_Requirement | None, Api("settings.userVerification"), ServerFilled()] = None
    """Whether people need a PIN or biometrics when they enroll."""
    user_verification_for_verify: Annotated[
        _Requirement | None, Api("settings.userVerificationForVerify"), ServerFilled()
    ] = None
    """Whether they need one when they sign in. If enrolment requires it, so does sign-in."""
    attachment: Annotated[Literal["ANY", "BUILT_IN", "ROAMING"] | None, Api("settings.attachment"), ServerFilled()] = (
        None
    )
    """Whether it is `BUILT_IN` to the device, a security key (`ROAMING`), or either."""
    resident_key_requirement: Annotated[_Requirement | None, Api("settings.residentKeyRequirement"), ServerFilled()] = (
        None
    )
    """Whether it must keep the credential itself, so that people need no user name."""
    enable_autofill_ui: Annotated[Bool | None, Api("settings.enableAutofillUI"), ServerFilled()] = None
    """Whether the field for the user name offers passkeys."""
    show_sign_in_with_a_passkey_button: Annotated[
        Bool | None, Api("settings.showSignInWithAPasskeyButton"), ServerFilled()
    ] = None
    """Whether the sign-in page has a button for passkeys."""
    cert_based_attestation_validation: Annotated[
        Bool | None, Api("settings.certBasedAttestationValidation"), ServerFilled()
    ] = None
    """Whether certificates must vouch for it."""
    hardware_protected: Annotated[Bool | None, Api("settings.hardwareProtected"), ServerFilled()] = None
    """Whether it must keep its secrets in hardware."""
    fips_compliant: Annotated[Bool | None, Api("settings.fipsCompliant"), ServerFilled()] = None
    """Whether it must comply with FIPS."""
    allow_syncable_passkeys: Annotated[Bool | None, Api("settings.allowSyncablePasskeys"), ServerFilled()] = None
    """Whether passkeys may be copied to other devices."""
    aaguid_groups: Annotated[
        ListOf[AaguidGroup] | None,
        Field(min_length=1),
        Api("settings.aaguidGroups", Codec(decode=lambda groups: groups or None)),
        ServerFilled(),
    ] = None
    """Groups of models. Enrolment policies refer to them by name."""
