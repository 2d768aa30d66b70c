"""Signing keys that Okta rotates by itself."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.kinds.part import Json
from reconciler.kinds.shapes import member


def rotated_by_okta(item: Json) -> Collection[str]:
    """The member with the id of the signing key of an app or an authorization server, if Okta rotates the key."""
    by_server = member(item, "credentials.signing.rotationMode") == "AUTO"
    by_client = member(item, "credentials.oauthClient.autoKeyRotation") is True
    return ("credentials.signing.kid",) if by_server or by_client else ()
