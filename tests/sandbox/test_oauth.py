"""Service apps: sign-in with a private key, scopes, and refusals."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlencode

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from okta_sandbox.application import app_of
from okta_sandbox.client_assertions import TYPE
from okta_sandbox.families import FAMILIES, ROUTES
from okta_sandbox.sandbox import Sandbox
from reconciler.errors import Unauthorised
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import PrivateKey

from .conftest import BASE_URL, Okta

TOKEN_URL = f"{BASE_URL}/oauth2/v1/token"
OPEN = ("/.well-known/", "/oauth2/v1/token")
GROUPS = ["okta.groups.read", "okta.groups.manage"]


@pytest.fixture
def app(okta: Okta) -> Any:
    return okta.post("/_sandbox/service-apps", {"scopes": GROUPS, "keyType": "EC"}, status=201)


def assertion(okta: Okta, app: Any, key: Any = None, headers: Any = None, **claims: Any) -> str:
    now = int(okta.clock.now.timestamp())
    usual = {"iss": app["clientId"], "sub": app["clientId"], "aud": TOKEN_URL, "iat": now, "exp": now + 300}
    if headers is None:
        headers = {"kid": app["keyId"]}
    wanted = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    return jwt.encode(wanted, key or app["privateKey"], algorithm, headers=headers)


def ask(okta: Okta, signed: str, scope: str = "okta.groups.read", **form: str) -> httpx.Response:
    body = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": signed}
    content = urlencode({**body, "scope": scope, **form})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}
    return okta.request("POST", "/oauth2/v1/token", content=content, headers=headers)


def bearer(okta: Okta, app: Any, scope: str = " ".join(GROUPS)) -> dict[str, str]:
    answer = ask(okta, assertion(okta, app), scope)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_a_token_for_the_scopes_that_were_granted(okta: Okta, app: Any) -> None:
    answer = ask(okta, assertion(okta, app), "okta.groups.read okta.apps.read")
    assert answer.headers["cache-control"] == "no-cache, no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "okta.groups.read")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert okta.request("GET", "/api/v1/groups", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"aud": "http://elsewhere.test/oauth2/v1/token"}, "must be the endpoint invoked"),
        ({"aud": BASE_URL}, "must be the endpoint invoked"),
        ({"exp": 1}, "token is expired"),
        ({"exp": None}, "must contain an expiration"),
        ({"exp": 4_000_000_000}, "too far into the future"),
        ({"iss": "somebody"}, "must both be the client_id"),
        ({"iss": "0oa", "sub": "0oa"}, "Invalid value for 'client_id' parameter."),
        ({"headers": {"kid": "another"}}, "JWT kid is invalid"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "signature is invalid"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_assertions(okta: Okta, app: Any, claims: Any, description: str) -> None:
    answer = ask(okta, assertion(okta, app, **claims))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert description in answer.json()["error_description"]


def test_assertion_cannot_be_reused(okta: Okta, app: Any) -> None:
    signed = assertion(okta, app, jti="one")
    assert ask(okta, signed).status_code == 200
    assert ask(okta, signed).json()["error_description"] == "The client_assertion token has already been used."
    assert ask(okta, assertion(okta, app, jti="two")).status_code == 200


def test_the_audience_may_be_the_address_that_the_client_used(okta: Okta, app: Any) -> None:
    signed = assertion(okta, app, aud="https://acme.okta.com/oauth2/v1/token")
    assert ask(okta, signed).status_code == 401
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": signed}
    headers = {"Host": "acme.okta.com"}
    answer = okta.request("POST", "/oauth2/v1/token", data={**form, "scope": GROUPS[0]}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"scope": ""}, (400, "invalid_scope")),
        ({"scope": "openid"}, (400, "invalid_scope")),
        ({"scope": "okta.zones.read okta.apps.read"}, (400, "consent_required")),
        ({"client_assertion": "nonsense"}, (401, "invalid_client")),
        ({"client_assertion_type": "", "client_secret": "s"}, (401, "invalid_client")),
        ({"client_id": "another"}, (401, "invalid_client")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_is_refused(okta: Okta, app: Any, form: dict[str, str], error: tuple[int, str]) -> None:
    answer = ask(okta, assertion(okta, app), **form)
    assert (answer.status_code, answer.json()["error"]) == error
    assert set(answer.json()) == {"error", "error_description"}


def test_an_app_without_private_keys_gets_none(okta: Okta, app: Any) -> None:
    path = f"/api/v1/apps/{app['clientId']}"
    shown = okta.get(path)
    shown["credentials"]["oauthClient"]["token_endpoint_auth_method"] = "client_secret_basic"
    okta.put(path, shown)
    assert "private_key_jwt" in ask(okta, assertion(okta, app)).json()["error_description"]
    okta.post(f"{path}/lifecycle/deactivate")
    assert ask(okta, assertion(okta, app)).json()["error_description"] == "Invalid value for 'client_id' parameter."


def test_missing_scope(okta: Okta, app: Any) -> None:
    headers = bearer(okta, app, "okta.groups.read")
    refused = okta.request("POST", "/api/v1/groups", json={"profile": {"name": "Team"}}, headers=headers)
    assert (refused.status_code, refused.content) == (403, b"")
    challenge = refused.headers["www-authenticate"]
    assert challenge.startswith(f'Bearer authorization_uri="{BASE_URL}/oauth2/v1/authorize", realm="{BASE_URL}"')
    assert 'scope="okta.groups.manage", error="insufficient_scope"' in challenge
    assert challenge.endswith('resource="/api/v1/groups"')


@pytest.mark.parametrize("step", ["a%0D%0AX-Injected:%20y", "%22", "%C3%A9", "%FF", "%00", "%E2%80%AE"])
def test_the_challenge_is_one_line_whatever_the_path(okta: Okta, app: Any, step: str) -> None:
    for headers in (bearer(okta, app, "okta.groups.read"), {"Authorization": "Bearer x.y.z"}):
        refused = okta.request("DELETE", f"/api/v1/groups/{step}", headers=headers)
        assert refused.status_code in (401, 403)
        assert refused.headers["www-authenticate"].endswith(f'resource="/api/v1/groups/{quote(unquote(step))}"')
        assert "x-injected" not in refused.headers


def test_token_expires_and_ends_with_its_app(okta: Okta, app: Any) -> None:
    headers = bearer(okta, app)
    okta.clock.advance(minutes=59)
    assert okta.request("GET", "/api/v1/groups", headers=headers).status_code == 200
    okta.clock.advance(minutes=2)
    expired = okta.request("GET", "/api/v1/groups", headers=headers)
    assert (expired.status_code, expired.json()["errorCode"]) == (401, "E0000011")
    assert (
        'error="invalid_token", error_description="The access token has expired."'
        in expired.headers["www-authenticate"]
    )
    headers = bearer(okta, app)
    okta.post(f"/api/v1/apps/{app['clientId']}/lifecycle/deactivate")
    assert okta.request("GET", "/api/v1/groups", headers=headers).status_code == 401
    forged = jwt.encode({"app": app["clientId"], "exp": 9_000_000_000, "scp": GROUPS}, "x" * 32, "HS256")
    assert okta.request("GET", "/api/v1/groups", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_service_app_is_not_a_user(okta: Okta) -> None:
    app = okta.post(
        "/_sandbox/service-apps", {"scopes": ["okta.users.read", "okta.logs.read"], "keyType": "EC"}, status=201
    )
    headers = bearer(okta, app, "okta.users.read okta.logs.read")
    assert okta.request("GET", "/api/v1/users", headers=headers).status_code == 200
    assert okta.request("GET", "/api/v1/users/me", headers=headers).status_code == 404
    assert okta.get("/api/v1/users/me")["profile"]["login"] == "admin@sandbox.test"


def test_system_log_names_service_app(okta: Okta, app: Any) -> None:
    okta.request("POST", "/api/v1/groups", json={"profile": {"name": "Team"}}, headers=bearer(okta, app))
    (event,) = okta.get("/api/v1/logs", filter=f'client.id eq "{app["clientId"]}" and eventType sw "group."')
    actor = event["actor"]
    assert (actor["id"], actor["type"], actor["displayName"]) == (app["clientId"], "PublicClientApp", "Reconciler")
    assert event["transaction"]["detail"] == {}
    ask(okta, assertion(okta, app, exp=1))
    outcomes = [
        (event["eventType"], event["outcome"])
        for event in okta.get("/api/v1/logs", filter='eventType sw "app.oauth2.token"')
    ]
    assert outcomes == [
        ("app.oauth2.token.grant.access_token", {"result": "SUCCESS", "reason": None}),
        ("app.oauth2.token.grant", {"result": "FAILURE", "reason": "invalid_client"}),
    ]


def test_grants(okta: Okta, app: Any) -> None:
    path = f"/api/v1/apps/{app['clientId']}/grants"
    grant = okta.post(path, {"issuer": BASE_URL, "scopeId": "okta.zones.read"}, status=201)
    assert grant["id"].startswith("oag")
    assert (grant["status"], grant["source"], grant["clientId"]) == ("ACTIVE", "ADMIN", app["clientId"])
    assert [each["scopeId"] for each in okta.get(path)] == [*GROUPS, "okta.zones.read"]
    assert okta.get(f"{path}/{grant['id']}") == grant
    okta.post(path, {"issuer": BASE_URL, "scopeId": "okta.zones.read"}, status=400)
    okta.post(path, {"issuer": f"{BASE_URL}/oauth2/default", "scopeId": "okta.apps.read"}, status=400)
    okta.post(path, {"issuer": "https://sign-in.example.com", "scopeId": "okta.users.read.self"}, status=201)
    okta.post(path, {"issuer": BASE_URL, "scopeId": "openid"}, status=400)
    okta.delete(f"{path}/{grant['id']}")
    assert len(okta.get(path)) == 3
    assert okta.events(filter='eventType sw "app.oauth2.admin.consent"')[-2:] == [
        "app.oauth2.admin.consent.grant",
        "app.oauth2.admin.consent.revoke",
    ]
    saml = okta.post("/api/v1/apps", {"name": "bookmark", "label": "b", "settings": {"app": {"url": "https://b"}}})
    okta.post(f"/api/v1/apps/{saml['id']}/grants", {"issuer": BASE_URL, "scopeId": "okta.apps.read"}, status=400)


def test_given_rsa_key(okta: Okta) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    order = {"scopes": GROUPS, "jwk": {**public, "kid": "mine"}}
    app = okta.post("/_sandbox/service-apps", order, status=201)
    assert app["privateKey"] is None
    assert ask(okta, assertion(okta, app, key)).status_code == 200
    assert ask(okta, assertion(okta, app, key, headers={})).status_code == 200, "an only key needs no name"


def test_any_active_key_signs_in(okta: Okta, app: Any) -> None:
    path, key = f"/api/v1/apps/{app['clientId']}/credentials/jwks", ec.generate_private_key(ec.SECP256R1())
    [first] = okta.get(path)
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    second = okta.post(path, {**public, "kid": "second"}, 201)

    def statuses() -> list[int]:
        asked = ask(okta, assertion(okta, app)), ask(okta, assertion(okta, app, key, {"kid": "second"}))
        return [answer.status_code for answer in asked]

    assert statuses() == [200, 200]
    okta.post(f"{path}/{first['id']}/lifecycle/deactivate")
    assert statuses() == [401, 200]
    okta.post(f"{path}/{first['id']}/lifecycle/activate")
    okta.post(f"{path}/{second['id']}/lifecycle/deactivate")
    assert statuses() == [200, 401]
    okta.delete(f"{path}/{second['id']}")
    assert statuses() == [200, 401]


def test_tokens_survive_a_restart(make_okta: Callable[..., Okta], tmp_path: Any) -> None:
    first = make_okta(state=tmp_path / "tenant.db")
    app = first.post("/_sandbox/service-apps", {"scopes": GROUPS, "keyType": "EC"}, status=201)
    headers = bearer(first, app)
    second = make_okta(state=tmp_path / "tenant.db")
    assert second.request("GET", "/api/v1/groups", headers=headers).status_code == 200


def test_our_own_client_signs_in() -> None:
    async def run() -> None:
        transport = httpx.ASGITransport(app=app_of(Sandbox.open(BASE_URL)))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as http:
            app = (await http.post("/_sandbox/service-apps", json={"scopes": GROUPS})).json()
        auth = PrivateKey(BASE_URL, app["clientId"], app["privateKey"], app["keyId"], tuple(GROUPS))
        async with OktaClient(BASE_URL, auth, transport=transport) as client:
            await client.send("POST", "/api/v1/groups", {"profile": {"name": "Team"}})
            names = [each["profile"]["name"] async for page in client.pages("/api/v1/groups") for each in page]
            assert "Team" in names
            with pytest.raises(Unauthorised, match="403"):
                await client.get("/api/v1/zones")
        wrong = PrivateKey(BASE_URL, "0oa", app["privateKey"], app["keyId"], tuple(GROUPS))
        async with OktaClient(BASE_URL, wrong, transport=transport) as client:
            with pytest.raises(Unauthorised, match="client_id"):
                await client.get("/api/v1/groups")

    asyncio.run(run())


def test_every_endpoint_that_needs_a_token_says_which_scope() -> None:
    silent = [f"{route.method} {route.path}" for route in ROUTES if not route.scope and not route.path.startswith(OPEN)]
    assert not silent, "name the scope in the Family, the Collection or the Route"
    assert FAMILIES
