"""DPoP (RFC 9449): access tokens that are worth something only together with a key.

Source: developer.okta.com, "Configure OAuth 2.0 Demonstrating Proof-of-Possession". The token endpoint demands a nonce,
which it renews every 24 hours and accepts for three days. The Management API demands none, but the hash of the token
(`ath`). A proof counts once. Texts are Okta's where its users quote them. How old a proof may be is not documented;
here it is five minutes.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from okta_sandbox.json_types import JsonObject
from okta_sandbox.tenant import Tenant

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
TYPE = "dpop+jwt"
NONCE_NEEDED = "use_dpop_nonce"
MAX_AGE_SECONDS = 300
NONCE_SECONDS = 24 * 3600
NONCES_ACCEPTED = 3
_KEY_MEMBERS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}  # in this order: RFC 7638
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k"}


class ProofInvalid(Exception):
    """A proof that is refused; `code` is the OAuth error."""

    def __init__(self, description: str, code: str = "invalid_dpop_proof") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof has to be about: the method and the possible URLs of its request, without a query."""

    method: str
    urls: Collection[str]


def nonce(tenant: Tenant) -> str:
    """The nonce of today. Must run inside a transaction: the org may have to create its secret first."""
    return _nonce(tenant.make_secret("tokenSecret"), int(tenant.clock().timestamp()) // NONCE_SECONDS)


def verify_with_nonce(tenant: Tenant, proof: str, request: Proven) -> str:
    """The thumbprint of the key of a proof for the token endpoint. Raises ProofInvalid."""
    if not proof:
        raise ProofInvalid("The DPoP proof JWT header is missing.")
    claims, key = _read(tenant, proof, request)
    today, secret = int(tenant.clock().timestamp()) // NONCE_SECONDS, tenant.make_secret("tokenSecret")
    if claims.get("nonce") not in {_nonce(secret, today - age) for age in range(NONCES_ACCEPTED)}:
        raise ProofInvalid("Authorization server requires nonce in DPoP proof.", NONCE_NEEDED)
    _use(tenant, claims)
    return key


def verify_with_token(tenant: Tenant, proof: str, request: Proven, token: str, bound_to: str) -> None:
    """Check a proof for the Management API, of the key that the token is bound to. Raises ProofInvalid."""
    if not proof:
        raise ProofInvalid("The DPoP proof JWT header is missing.")
    claims, key = _read(tenant, proof, request)
    if claims.get("ath") != _base64url(hashlib.sha256(token.encode()).digest()):
        raise ProofInvalid("'ath' claim in the DPoP proof JWT is invalid.")
    if key != bound_to:
        raise ProofInvalid("The DPoP proof JWT is not signed with the key that the access token is bound to.")
    _use(tenant, claims)


def _read(tenant: Tenant, proof: str, request: Proven) -> tuple[JsonObject, str]:
    """The claims of a proof, and the thumbprint of its key."""
    import jwt

    try:
        header = jwt.get_unverified_header(proof)
        key: JsonObject = dict(header["jwk"])
        thumbprint = _thumbprint(key)
        if header.get("typ") != TYPE or header.get("alg") not in ALGORITHMS or _PRIVATE_MEMBERS & key.keys():
            raise ProofInvalid("The header of the DPoP proof JWT is invalid.")
        claims: JsonObject = jwt.decode(
            proof,
            jwt.PyJWK(key),
            ALGORITHMS,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise ProofInvalid("The DPoP proof JWT is invalid.") from None
    if claims.get("htm") != request.method:
        raise ProofInvalid("'htm' claim in the DPoP proof JWT is invalid.")
    if unquote(str(claims.get("htu"))) not in request.urls:
        raise ProofInvalid("'htu' claim in the DPoP proof JWT is invalid.")
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or abs(issued - tenant.clock().timestamp()) > MAX_AGE_SECONDS:
        raise ProofInvalid("'iat' claim in the DPoP proof JWT is invalid.")
    return claims, thumbprint


def _use(tenant: Tenant, claims: JsonObject) -> None:
    """Remember the `jti` of a proof as long as the proof could be used again."""
    name, now = claims.get("jti"), tenant.clock().timestamp()
    if not isinstance(name, str) or not name:
        raise ProofInvalid("'jti' claim in the DPoP proof JWT is invalid.")
    used = tenant.used_proofs
    while used and (oldest := next(iter(used))) and used[oldest] < now:
        del used[oldest]
    if name in used:
        raise ProofInvalid("The DPoP proof JWT has already been used.")
    used[name] = now + 2 * MAX_AGE_SECONDS


def _thumbprint(key: JsonObject) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638)."""
    members = {name: key[name] for name in _KEY_MEMBERS[str(key["kty"])]}
    return _base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _nonce(secret: str, day: int) -> str:
    return _base64url(hmac.digest(secret.encode(), f"dpop-nonce {day}".encode(), "sha256"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
