"""The caller of a request: the administrator who owns the API token, or a service app with an access token.

Scopes limit an access token; an API token allows everything. A DPoP-bound access token comes with a proof.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from okta_sandbox import access_tokens, dpop
from okta_sandbox.errors import OktaError, bearer_refusal, invalid_token, not_found
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Caller:
    """`app` is a service app, `user` an additional administrator. With neither, it is the first administrator."""

    app: Record | None = None
    user: Record | None = None
    scopes: frozenset[str] = frozenset()
    token_id: str = ""  # of an API token, as in the System Log
    bound: bool = False  # whether the access token is bound to a key (DPoP)

    @property
    def name(self) -> str:
        """The key for rate limit counts."""
        return self.app.id if self.app else self.token_id


DEFAULT_CALLER = Caller()


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request presents: the headers `Authorization`, `DPoP` and `Host`, with its method and path."""

    method: str
    path: str
    authorization: str
    proof: str = ""
    host: str = ""


def identify(tenant: Tenant, presented: Presented, expected: str | None, others: Mapping[str, str]) -> Caller:
    """The caller of a request. Raises OktaError 401 if what it presents is not valid.

    `expected` is the API token of the first administrator; None accepts any. `others` maps the `token_id` of further
    administrators to their user ids.
    """
    authorization = presented.authorization
    if authorization.startswith(("Bearer ", "DPoP ")):
        scheme, _, token = authorization.partition(" ")
        return _service_app(tenant, presented, scheme, token)
    token = authorization.removeprefix("SSWS").strip()  # Okta's SDK for Python (3.4.6) omits the space
    if not authorization.startswith("SSWS") or not token:
        raise invalid_token()
    name = token_id(token)
    if name in tenant.revoked_tokens:
        raise invalid_token()
    if name in others and (user := tenant.store.get("User", others[name])):
        return Caller(user=user, token_id=name)
    if expected is not None and not hmac.compare_digest(token.encode(), expected.encode()):
        raise invalid_token()
    return Caller(token_id=name)


def token_id(token: str) -> str:
    """The id of an API token, derived from the token, which is not stored."""
    return "00T" + hashlib.sha256(token.encode()).hexdigest()[:17]


def _service_app(tenant: Tenant, presented: Presented, scheme: str, token: str) -> Caller:
    path = presented.path
    try:
        claims = access_tokens.read(tenant, token)
    except access_tokens.TokenExpired:
        raise _refusal(tenant, 401, path, "", "invalid_token", "The access token has expired.", scheme) from None
    except access_tokens.TokenInvalid:
        raise _refusal(tenant, 401, path, "", "invalid_token", "The access token is invalid.", scheme) from None
    app = tenant.store.get("AppInstance", claims.app_id)
    bound = scheme == "DPoP"
    if app is None or app.body["status"] != "ACTIVE" or bound != bool(claims.bound_to):
        raise _refusal(tenant, 401, path, "", "invalid_token", "The access token is invalid.", scheme)
    if bound:
        request = dpop.Proven(presented.method, tenant.urls_of(path, presented.host))
        try:
            dpop.verify_with_token(tenant, presented.proof, request, token, claims.bound_to)
        except dpop.ProofInvalid as error:
            raise _refusal(tenant, 401, path, "", error.code, error.description, scheme) from None
    return Caller(app, scopes=claims.scopes, bound=bound)


def authorise(tenant: Tenant, caller: Caller, path: str, params: dict[str, str], scope: str) -> None:
    """Refuse a service app whose token lacks the scope of the endpoint. Without a scope it accepts API tokens only.

    Scopes are those of Okta's OpenAPI document: `manage` does not include `read`. `me` is replaced by the id of the
    calling administrator; for a service app, which is not a user, it is not found.
    """
    if caller.user and params.get("user") == "me":
        params["user"] = caller.user.id
    if caller.app is None:
        return
    if scope not in caller.scopes:
        description = "The access token provided does not contain the required scopes."
        scheme = "DPoP" if caller.bound else "Bearer"
        raise _refusal(tenant, 403, path, scope, "insufficient_scope", description, scheme)
    if params.get("user") == "me":
        raise not_found("me", "User")


def _refusal(
    tenant: Tenant, status: int, path: str, scope: str, error: str, description: str, scheme: str
) -> OktaError:
    base = tenant.base_url
    parts = {"algs": " ".join(dpop.ALGORITHMS)} if scheme == "DPoP" else {}
    parts |= {"authorization_uri": f"{base}/oauth2/v1/authorize", "realm": base, "scope": scope}
    parts |= {"error": error, "error_description": description, "resource": quote(path)}
    return bearer_refusal(status, f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in parts.items()))
