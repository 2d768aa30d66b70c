"""DPoP (RFC 9449): proofs that a request comes from the holder of the key that its access token is bound to.

Source: developer.okta.com, "Configure OAuth 2.0 Demonstrating Proof-of-Possession". Okta demands proofs of service apps
with `dpop_bound_access_tokens`. The token endpoint also demands a nonce, which it sends along with the refusal.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PROOF_REFUSED = "invalid_dpop_proof"
"""The error of a request without a proof, or with an invalid one."""
NONCE_NEEDED = "use_dpop_nonce"
"""The error of a request whose proof lacks the nonce that comes with the response."""
TOKEN_TYPE = "DPoP"


class ProofKey:
    """The key of one run and one tenant, which is made when the tenant first demands a proof and is never stored."""

    def __init__(self) -> None:
        self.demanded = False
        """Whether the tenant has demanded proofs."""
        self._nonces: dict[bool, str] = {}
        """The last nonce, for requests with and without an access token: each server has its own."""

    def prove(self, request: httpx.Request, now: float, token: str = "") -> None:
        """Add a proof for this one request to its headers; with an access token, also for that token."""
        import jwt

        claims: dict[str, Any] = {
            "htm": request.method,
            "htu": str(request.url.copy_with(query=None, fragment=None)),
            "iat": int(now),
            "jti": uuid.uuid4().hex,
        }
        if token:
            claims["ath"] = _base64url(hashlib.sha256(token.encode()).digest())
        if nonce := self._nonces.get(bool(token)):
            claims["nonce"] = nonce
        header = {"typ": "dpop+jwt", "jwk": self._public}
        request.headers["DPoP"] = jwt.encode(claims, self._private, "ES256", headers=header)

    def learned(self, response: httpx.Response, *, with_token: bool) -> bool:
        """Whether a response has a new nonce, which the next proofs contain."""
        nonce = response.headers.get("DPoP-Nonce", "")
        if not nonce or nonce == self._nonces.get(with_token):
            return False
        self._nonces[with_token] = nonce
        return True

    @cached_property
    def _private(self) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _public(self) -> dict[str, Any]:
        from jwt.algorithms import ECAlgorithm

        return ECAlgorithm.to_jwk(self._private.public_key(), as_dict=True)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
