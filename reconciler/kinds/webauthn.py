"""The kinds of what the WebAuthn authenticator has."""

from __future__ import annotations

from typing import Final

from reconciler.kinds.authenticator import SCOPE, is_webauthn
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed, OneOfNamedOwner, always
from reconciler.kinds.webauthn_fields import CustomAaguid, WebauthnMethod

_OF_CERTIFICATES: Final = ("x5t#S256", "iss", "exp")
"""What Okta says about each certificate."""

CUSTOM_AAGUID = register(
    Kind(
        name="custom-aaguid",
        resource="okta:index/authenticatorWebauthnCustomAaguid:AuthenticatorWebauthnCustomAaguid",
        fields=CustomAaguid,
        shape=Listed(path="aaguids", scope=SCOPE, id_member="aaguid", deletable=False),
        provider=Provider(takes_over=lambda spec, item: bool(item.get("aaguid") == spec["aaguid"])),
        label_field="aaguid",
        of_owners=is_webauthn,
        identity_engine=True,
        generated=(*_OF_CERTIFICATES, *(f"attestationRootCertificates.{one}" for one in _OF_CERTIFICATES)),
        events=("security.authenticator.lifecycle.",),
        parents=("authenticator",),
        parent_arguments=("authenticator_id",),
    )
)

WEBAUTHN_METHOD = register(
    Kind(
        name="webauthn-method",
        resource="okta:index/authenticatorMethodWebauthn:AuthenticatorMethodWebauthn",
        fields=WebauthnMethod,
        shape=OneOfNamedOwner(path="/api/v1/authenticators/{id}/methods/webauthn", scope=SCOPE, only_id="webauthn"),
        provider=Provider(
            fixed={"type": "webauthn"},
            keeps=("status", "settings.rpId"),
            takes_over=lambda spec, item: always(item),
            reset={"settings": {"aaguidGroups": []}},
        ),
        label_field="authenticator",
        owned_by="authenticator",
        of_owners=is_webauthn,
        identity_engine=True,
        not_declarable={"rp_id": "the provider sends back what it reads"},
        events=("security.authenticator.lifecycle.",),
    )
)
