"""Key material that parses but is useless for signing.

Apps and servers show public keys and certificates. The modulus is a random number, and the certificate is signed with
a throw-away curve key: clients can parse both, but nothing can be signed with them.
"""

import base64
import datetime
import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okta_sandbox.json_types import JsonObject
from okta_sandbox.tenant import Tenant, timestamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

EXPONENT = 65537
YEARS = 10


@dataclass(frozen=True)
class KeyPair:
    """The public part of a signing key."""

    key_id: str
    modulus: int
    certificate: bytes  # DER
    expires: datetime.datetime
    exponent: int = EXPONENT


def new_key(tenant: Tenant, common_name: str, years: int = YEARS) -> KeyPair:
    """A 2048-bit key with a certificate valid for some years."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.x509.oid import NameOID

    modulus = tenant.identifiers.rsa_modulus(2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Okta"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "SSOProvider"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    start = tenant.clock().replace(microsecond=0)
    expires = start + datetime.timedelta(days=365 * years)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSAPublicNumbers(EXPONENT, modulus).public_key())
        .serial_number(modulus & 0xFFFFFFFFFFFF)
        .not_valid_before(start)
        .not_valid_after(expires)
        .sign(_throw_away_key(), hashes.SHA256())
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    return KeyPair(tenant.identifiers.key_id(), modulus, certificate.public_bytes(Encoding.DER), expires)


def of_certificate(text: str, key_id: str) -> KeyPair:
    """The key of an RSA certificate in base64. Raises ValueError for anything else."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    content = base64.b64decode("".join(text.split()), validate=True)
    certificate = x509.load_der_x509_certificate(content)
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey):
        raise ValueError("not an RSA key")
    numbers = public.public_numbers()
    return KeyPair(key_id, numbers.n, content, certificate.not_valid_after_utc, numbers.e)


def describe_certificate(text: str) -> JsonObject:
    """Thumbprint, issuer and expiry of a certificate in base64. Raises ValueError for anything else."""
    from cryptography import x509

    content = base64.b64decode("".join(text.split()), validate=True)
    certificate = x509.load_der_x509_certificate(content)
    return {
        "x5t#S256": _base64url(hashlib.sha256(content).digest()),
        "iss": certificate.issuer.rfc4514_string(),
        "exp": timestamp(certificate.not_valid_after_utc),
    }


def as_json(key: KeyPair, now: str) -> JsonObject:
    """The key as `/credentials/keys` shows it."""
    return {
        "kty": "RSA",
        "created": now,
        "lastUpdated": now,
        "expiresAt": timestamp(key.expires),
        "kid": key.key_id,
        "use": "sig",
        "x5c": [base64.b64encode(key.certificate).decode()],
        "x5t#S256": _base64url(hashlib.sha256(key.certificate).digest()),
        "e": _number(key.exponent),
        "n": _number(key.modulus),
    }


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@functools.cache
def _throw_away_key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())
