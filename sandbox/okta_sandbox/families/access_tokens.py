"""Token endpoint of the org authorization server: `POST /oauth2/v1/token`.

It issues access tokens for Okta's API to service apps, only with client credentials and `private_key_jwt`, as Okta
does. A refusal is returned, not raised, so that its System Log event is kept.
"""

from dataclasses import replace
from urllib.parse import parse_qs

from okta_sandbox import access_tokens, client_assertions, dpop, system_log
from okta_sandbox.callers import Caller
from okta_sandbox.collection import Family
from okta_sandbox.errors import OAuthError, invalid_client
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.app_grants import granted_scopes
from okta_sandbox.families.apps import APP, APPS
from okta_sandbox.store import Record

UNKNOWN_CLIENT = "Invalid value for 'client_id' parameter."
NOT_GRANTED = "You are not allowed any of the requested scopes."
ONLY_PRIVATE_KEYS = (
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
    "token_endpoint_auth_method."
)
NOT_CACHED = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


def _token(call: Call) -> Answer:
    form = {name: values[-1] for name, values in parse_qs(call.content.decode(errors="replace")).items()}
    if form.get("grant_type") != "client_credentials":
        description = "The authorization grant type is not supported by the authorization server."
        return _refuse(OAuthError(400, "unsupported_grant_type", description))
    try:
        app = _client(call, form)
    except OAuthError as error:
        return _refuse(error)
    as_client = replace(call, caller=Caller(app))
    try:
        _authenticate(call, app, form["client_assertion"])
        bound_to = _proven_key(call, app)
        scopes = _scopes(call, app, form.get("scope", "").split())
    except dpop.ProofInvalid as error:
        system_log.record(as_client, "app.oauth2.token.grant", APPS.as_target(app), failure=error.code)
        refusal = _refuse(OAuthError(400, error.code, error.description))
        nonce = {"dpop-nonce": dpop.nonce(call.tenant)} if error.code == dpop.NONCE_NEEDED else {}
        return replace(refusal, headers={**refusal.headers, **nonce})
    except OAuthError as error:
        system_log.record(as_client, "app.oauth2.token.grant", APPS.as_target(app), failure=error.code)
        return _refuse(error)
    system_log.record(as_client, "app.oauth2.token.grant.access_token", APPS.as_target(app))
    token = {
        "token_type": "DPoP" if bound_to else "Bearer",
        "expires_in": access_tokens.LIFETIME_SECONDS,
        "access_token": access_tokens.issue(call.tenant, app, scopes, bound_to),
        "scope": " ".join(scopes),
    }
    return Answer(200, token, NOT_CACHED)


def _refuse(error: OAuthError) -> Answer:
    return Answer(error.status, error.body(""), NOT_CACHED)


def _client(call: Call, form: dict[str, str]) -> Record:
    """The app that the request names, not yet authenticated."""
    if form.get("client_assertion_type") != client_assertions.TYPE or "client_assertion" not in form:
        raise invalid_client(ONLY_PRIVATE_KEYS if "client_secret" in form else "No client credentials found.")
    client = client_assertions.issuer(form["client_assertion"])
    if form.get("client_id", client) != client:
        raise invalid_client(UNKNOWN_CLIENT)
    for app in filter(None, [call.tenant.store.get(APP, client), *call.tenant.store.all(APP)]):
        if app.body["credentials"].get("oauthClient", {}).get("client_id") == client:
            if app.body["status"] != "ACTIVE":
                break
            return app
    raise invalid_client(UNKNOWN_CLIENT)


def _authenticate(call: Call, app: Record, assertion: str) -> None:
    """Verify the assertion, and remember its `jti` until it expires."""
    if app.body["credentials"]["oauthClient"]["token_endpoint_auth_method"] != "private_key_jwt":
        raise invalid_client(ONLY_PRIVATE_KEYS)
    settings, tenant, now = app.body["settings"]["oauthClient"], call.tenant, call.tenant.clock().timestamp()
    claims = client_assertions.verify(assertion, settings.get("jwks"), tenant.urls_of(call.path, call.host), now)
    used = {name: expires for name, expires in app.private.get("assertions", {}).items() if expires > now}
    if (name := str(claims.get("jti", ""))) in used:
        raise invalid_client("The client_assertion token has already been used.")
    if name:
        tenant.store.change(app, private={**app.private, "assertions": {**used, name: claims["exp"]}})


def _proven_key(call: Call, app: Record) -> str:
    """The thumbprint of the key that the token is bound to; empty if there is neither a demand nor a proof."""
    if not (app.body["settings"]["oauthClient"].get("dpop_bound_access_tokens") or call.proof):
        return ""
    request = dpop.Proven(call.method, call.tenant.urls_of(call.path, call.host))
    return dpop.verify_with_nonce(call.tenant, call.proof, request)


def _scopes(call: Call, app: Record, asked: list[str]) -> list[str]:
    """The requested scopes that were granted. Recorded in okta/okta-sdk-golang#145."""
    if not asked:
        description = "The authorization server resource does not have any configured default scopes"
        raise OAuthError(400, "invalid_scope", f"{description}, 'scope' must be provided.")
    if any(not scope.startswith("okta.") for scope in asked):
        description = "One or more scopes are not configured for the authorization server resource."
        raise OAuthError(400, "invalid_scope", description)
    granted = granted_scopes(call.tenant, app)
    if not granted.intersection(asked):
        raise OAuthError(400, "consent_required", NOT_GRANTED)
    return [scope for scope in dict.fromkeys(asked) if scope in granted]


FAMILY = Family(endpoints=(Route("POST", "/oauth2/v1/token", _token),))
