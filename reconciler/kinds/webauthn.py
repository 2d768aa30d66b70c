"""The kinds of what the WebAuthn authenticator has."""

from __future__ import annotations

from reconciler.kinds.authenticator import SCOPE, is_webauthn
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed
from reconciler.kinds.webauthn_fields import CustomAaguid

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
        events=("security.authenticator.lifecycle.",),
        parents=("authenticator",),
        parent_arguments=("authenticator_id",),
    )
)
