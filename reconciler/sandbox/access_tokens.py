"""Access tokens for Okta's own API: JWTs that the org signs with a secret of its own, and reads again.

A token needs no place in the store: it says whose it is, what it allows and until when.
"""

from dataclasses import dataclass

from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

LIFETIME_SECONDS = 3600
ALGORITHM = "HS256"


class TokenInvalid(Exception):
    """Not a token of this org."""


class TokenExpired(TokenInvalid):
    """It was one."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    app_id: str
    scopes: frozenset[str]


def issue(tenant: Tenant, app: Record, scopes: list[str]) -> str:
    """A token for a service app; inside a transaction, as the org may have to make its secret first."""
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
    }
    return jwt.encode(claims, tenant.make_secret("tokenSecret"), ALGORITHM)


def read(tenant: Tenant, token: str) -> Claims:
    """What a token says; TokenExpired or TokenInvalid when it says nothing any more."""
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
    return Claims(claims["app"], frozenset(claims["scp"]))
