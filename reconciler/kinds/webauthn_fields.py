"""What the WebAuthn authenticator has: models of security keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from reconciler.kinds.authenticator_threats import AUTHENTICATOR_WEAKENED
from reconciler.kinds.conditions import became
from reconciler.kinds.fields import Api, Argument, Bool, ListOf, Name, Replaces, wrapped
from reconciler.kinds.idp_saml_key import EXAMPLE_CERTIFICATE, Certificate
from reconciler.kinds.part import Part
from reconciler.kinds.risks import appeared, changed

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
