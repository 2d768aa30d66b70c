"""Keys of SAML identity providers: the certificates with which Okta checks their signatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from reconciler.kinds.fields import Api, Argument, OnDelete, Purpose, Ref, Relates, Replaces, SetOf
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed

IDP_SCOPE: Final = "okta.idps"
SamlKeyRef = Annotated[str, Ref("idp-saml-key"), Relates(Purpose.USE, OnDelete.REFUSED)]

_SEQUENCE: Final = 0x30
"""The first byte of every certificate in DER."""
EXAMPLE_CERTIFICATE: Final = (
    "MIIC+zCCAeOgAwIBAgIUc8KxqYp4nS0ZKYfchHv0t+qn9rMwDQYJKoZIhvcNAQELBQAwDTELMAkGA1UEAwwCaTEwHhcNMjYxMTI4"
    "MTQwMTAyWhcNNDYxMTIzMTQwMTAyWjANMQswCQYDVQQDDAJpMTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAOLsTPsF"
    "Mb08P3kJMzCAWG+KZZR2gT0QuZtUzON8zxPCQkW2JFI4L/KBgjb8faVAcaM0MVVSvOQrLmvZR1n1weNZPgFhInzi2tinwqA/g3bo"
    "PESegfJwQMQkqsf9VWLuHf9eisx9NCoGKrVwWWZ1ri+cB0QQwwLWne6he9Y/CydMb6zI/tlzMpuC8aX59hWPQ1I3EA8vGxmnAU4h"
    "yFpGu5cHZOEDBXVBydRkR9flYYe/SStk/odP+Uo+wBHFW9Oeef9GjwM+LIDxSXwHiqFqAjdYCAWdViRnXbZbmQIk7nbsVfx0Ygz/"
    "3nyem1gBUEK/SmD8xVZVTE+884QBllURZi8CAwEAAaNTMFEwHQYDVR0OBBYEFMLF7lKjc1PdG34xAhb8eccMIQR4MB8GA1UdIwQY"
    "MBaAFMLF7lKjc1PdG34xAhb8eccMIQR4MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBABqutzK+YIcwbRmMOFm7"
    "uekeynVvNwA6IJ1vGeqbFGQIWjhzvopfqIh9D6EHVG8tA7tYrpFQXQtf6hYK/glJcJKIV4OVLfmFmXDIuzu8Ylz4w4zAcI/7ktyw"
    "799GlEparo9yD+GhgKvR6WGJt7oo7+66KCeD78ZlQcT58gFh5hI41KXVUAg0Ixb8RndAkqWA29Kh+lidXOUTLiZr5gCbZbrpRWlL"
    "inmC0hYiCp96iuRzMariShqv26+6I96KaB2eku9OuTCwSdIxbnRdMrHLprTKqv3rP2PnVD8Sq6qbjHIMkEGMpGW+osnkVBzu5soV"
    "KKQ4rvZKJ/xLo5wZgAJqMVs="
)


_OF_THE_CERTIFICATE: Final = ("kid", "kty", "alg", "use", "e", "n", "x", "y", "crv", "expiresAt", "x5t#S256")
"""Members that Okta makes from the certificate."""


def _certificate(value: str) -> str:
    """The value, if it can be a certificate."""
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or content[0] != _SEQUENCE:
        raise ValueError("must be a certificate in DER, as base64 in one line, without BEGIN CERTIFICATE")
    return value


Certificate = Annotated[str, AfterValidator(_certificate)]
"""A certificate in DER, as base64 in one line."""


def _fingerprint(certificates: Any) -> Any:
    """The SHA-256 fingerprint of the first certificate, as Okta shows it in `x5t#S256`. What is no list stays."""
    if not isinstance(certificates, list | tuple) or not certificates:
        return certificates
    try:
        digest = hashlib.sha256(base64.b64decode(certificates[0])).digest()
    except (TypeError, ValueError):
        return certificates
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class IdpSamlKey(Part):
    """A certificate with which Okta checks the signatures of SAML identity providers (`/api/v1/idps/credentials/keys`).

    A key never changes. Changing `certificates` creates a new key, lets the identity providers use it, and deletes the
    old one. Okta refuses to delete a key that an identity provider uses.
    """

    certificates: Annotated[
        SetOf[Certificate],
        Field(min_length=1, examples=[EXAMPLE_CERTIFICATE]),
        Api("x5c"),
        Argument("x5cs"),
        Replaces(by_provider=False),
    ]
    """Certificate in DER, as base64 in one line; for a chain, all of its certificates."""


IDP_SAML_KEY = register(
    Kind(
        name="idp-saml-key",
        resource="okta:idp/samlKey:SamlKey",
        fields=IdpSamlKey,
        shape=Listed(path="/api/v1/idps/credentials/keys", scope=IDP_SCOPE, query="limit=200", id_member="kid"),
        provider=Provider(derived=_OF_THE_CERTIFICATE),
        generated=_OF_THE_CERTIFICATE,
        label_field="certificates",
        label_from=_fingerprint,
        replaced_after_users=True,
        events=("system.idp.key.",),
    )
)
