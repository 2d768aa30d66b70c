"""Access tokens for Okta's API: JWTs that the org signs and verifies with its own secret.

A token is not stored: it contains its app, its scopes and its expiry.
"""

from dataclasses import dataclass

from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

LIFETIME_SECONDS = 3600
ALGORITHM = "HS256"


class TokenInvalid(Exception):
    """Not a token of this org."""


class TokenExpired(TokenInvalid):
    """A token of this org, past its expiry."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token."""

    app_id: str
    scopes: frozenset[str]
    bound_to: str = ""  # thumbprint of the key of a DPoP-bound token


def issue(tenant: Tenant, app: Record, scopes: list[str], bound_to: str = "") -> str:
    """Issue a token to a service app. Must run inside a transaction: the org may have to create its secret first.

    `bound_to` is the thumbprint of the key of a DPoP-bound token.
    """
    import jwt

    now = int(tenant.clock().timestamp())
    claims = {
        "ver": 1,
        "jti": "AT." + tenant.identifiers.key_id(),
        "iss": tenant.base_url,
        "aud": tenant.base_url,
        "sub": app.body["credentials"]["oauthClient"]["client_id"],
        "app": app.id,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "scp": scopes,
        **({"cnf": {"jkt": bound_to}} if bound_to else {}),
    }
    return jwt.encode(claims, tenant.make_secret("tokenSecret"), ALGORITHM)


def read(tenant: Tenant, token: str) -> Claims:
    """The claims of a token. Raises TokenExpired or TokenInvalid."""
    import jwt

    secret = tenant.org.get("tokenSecret")
    if not secret:
        raise TokenInvalid
    try:
        claims = jwt.decode(
            token, secret, [ALGORITHM], options={"verify_exp": False, "verify_iat": False, "verify_aud": False}
        )
    except jwt.PyJWTError:
        raise TokenInvalid from None
    if claims["exp"] <= tenant.clock().timestamp():
        raise TokenExpired
    return Claims(claims["app"], frozenset(claims["scp"]), claims.get("cnf", {}).get("jkt", ""))
