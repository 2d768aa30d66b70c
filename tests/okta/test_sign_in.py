from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reconciler.errors import TenantError, Unauthorised, Unreachable
from reconciler.okta import clock as clock_module
from reconciler.okta import sign_in
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken, PrivateKey
from tests.okta.tenants import URL
from tests.okta.virtual_time import run

PATH = "/api/v1/groups"
CLIENT = "0oaServiceApp"
SCOPES = ("okta.apps.read", "okta.groups.read")
ACCESS_TOKEN = "an-access-token-of-the-tests"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def larger_ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return str(key.private_bytes(Encoding.PEM, form, encryption).decode())


class Clock:
    """The time of this machine."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (sign_in, clock_module):
        monkeypatch.setattr(module, "time", clock)
    return clock


@dataclass
class Tenant:
    """Issues numbered access tokens and accepts those that are not revoked."""

    lasts: float = 3600
    refused: set[str] = field(default_factory=set)
    given: list[httpx.Request] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The `Authorization` headers of the other requests."""
    answer: Callable[[int], httpx.Response] | None = None
    """A response other than a token to the nth token request."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/v1/token":
            self.given.append(request)
            if self.answer:
                return self.answer(len(self.given))
            token = f"{ACCESS_TOKEN}-{len(self.given)}"
            return httpx.Response(200, json={"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"})
        self.asked.append(request.headers["authorization"])
        refused = self.asked[-1].removeprefix("Bearer ") in self.refused
        return httpx.Response(401 if refused else 200, json={"errorSummary": "Invalid token"} if refused else [])

    @property
    def forms(self) -> list[dict[str, str]]:
        return [{k: v[0] for k, v in parse_qs(request.content.decode()).items()} for request in self.given]


def private_key(text: str, key_id: str | None = "key-1") -> PrivateKey:
    return PrivateKey(URL, CLIENT, text, key_id, SCOPES)


def ask(auth: httpx.Auth, tenant: Tenant, *pauses: float, clock: Clock | None = None, method: str = "GET") -> None:
    """Send a request, and another one after each pause."""

    async def work() -> None:
        async with OktaClient(URL, auth, transport=httpx.MockTransport(tenant)) as client:
            for pause in (0.0, *pauses):
                if clock:
                    clock.now += pause
                await client.send(method, PATH)

    run(work())


def failure(auth: PrivateKey, tenant: Tenant, method: str = "GET") -> TenantError:
    with pytest.raises(TenantError) as caught:
        ask(auth, tenant, method=method)
    return caught.value


# API tokens


def test_an_api_token_is_sent_with_every_request():
    tenant = Tenant()
    ask(ApiToken("00aToken"), tenant, 0)
    assert tenant.asked == ["SSWS 00aToken"] * 2
    assert tenant.given == []


@pytest.mark.parametrize("token", ["00aToken\n", "00a Token", "00aToken\r\nX-Evil: 1", "00aTöken", "00a\x00Token"])
def test_a_token_that_is_invalid_in_a_header_is_refused_and_not_shown(token):
    with pytest.raises(Unauthorised, match="the API token contains") as caught:
        ApiToken(token)
    assert "00a" not in caught.value.message + caught.value.hint


# Private keys


@pytest.mark.parametrize(
    ("key", "form", "algorithm"),
    [
        pytest.param(rsa_key, PrivateFormat.PKCS8, "RS256", id="rsa-pkcs8"),
        pytest.param(rsa_key, PrivateFormat.TraditionalOpenSSL, "RS256", id="rsa-pkcs1"),
        pytest.param(ec_key, PrivateFormat.PKCS8, "ES256", id="ec-pkcs8"),
        pytest.param(ec_key, PrivateFormat.TraditionalOpenSSL, "ES256", id="ec-sec1"),
        pytest.param(larger_ec_key, PrivateFormat.PKCS8, "ES384", id="larger-ec"),
    ],
)
@pytest.mark.parametrize("escaped", [False, True], ids=["lines", "escaped-line-breaks"])
def test_an_assertion_has_issuer_and_audience_and_is_signed(key, form, algorithm, escaped, clock):
    tenant = Tenant()
    text = pem(key(), form)
    ask(private_key(text.replace("\n", "\\n") if escaped else text), tenant)

    (request,), (form_sent,) = tenant.given, tenant.forms
    assertion = form_sent.pop("client_assertion")
    assert request.method == "POST"
    assert str(request.url) == f"{URL}/oauth2/v1/token"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    assert form_sent == {
        "grant_type": "client_credentials",
        "scope": "okta.apps.read okta.groups.read",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    assert jwt.get_unverified_header(assertion) == {"alg": algorithm, "kid": "key-1", "typ": "JWT"}
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(assertion, key().public_key(), [algorithm], audience=f"{URL}/oauth2/v1/token", options=options)
    assert claims.pop("jti")
    assert claims == {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": f"{URL}/oauth2/v1/token",
        "iat": int(clock.now),
        "exp": int(clock.now) + 300,
    }
    assert tenant.asked == [f"Bearer {ACCESS_TOKEN}-1"]


def test_without_a_key_id_the_header_names_none():
    tenant = Tenant()
    ask(private_key(pem(ec_key()), None), tenant)
    assert "kid" not in jwt.get_unverified_header(tenant.forms[0]["client_assertion"])


def test_no_assertion_is_used_twice(clock):
    tenant = Tenant(lasts=0)
    ask(private_key(pem(ec_key())), tenant, 0, clock=clock)
    first, second = (
        jwt.decode(form["client_assertion"], options={"verify_signature": False})["jti"] for form in tenant.forms
    )
    assert first != second


def test_a_token_is_used_until_a_minute_before_it_expires(clock):
    tenant = Tenant(lasts=3600)
    ask(private_key(pem(ec_key())), tenant, 3539, 2, 1, clock=clock)
    assert [header[-1] for header in tenant.asked] == ["1", "1", "2", "2"]


def test_a_token_without_a_lifetime_is_used_once():
    tenant = Tenant(answer=lambda number: httpx.Response(200, json={"access_token": f"t{number}"}))
    ask(private_key(pem(ec_key())), tenant, 0)
    assert tenant.asked == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(
    ("told", "granted"),
    [({"scope": "okta.groups.read"}, {"okta.groups.read"}), ({}, set(SCOPES))],
    ids=["a-part", "not-told"],
)
def test_the_granted_scopes_are_stored(told, granted):
    tenant = Tenant(answer=lambda number: httpx.Response(200, json={"access_token": "t", **told}))
    auth = private_key(pem(ec_key()))
    assert auth.granted == frozenset()
    ask(auth, tenant)
    assert auth.granted == granted


@pytest.mark.parametrize("known", [True, False])
def test_optional_scopes_are_omitted_if_the_tenant_does_not_know_them(known):
    def answer(number):
        if number == 1 and not known:
            return httpx.Response(400, json={"error": "invalid_scope"})
        return httpx.Response(200, json={"access_token": "t"})

    tenant = Tenant(answer=answer)
    auth = PrivateKey(URL, CLIENT, pem(ec_key()), "key-1", SCOPES, optional=("okta.new.read", SCOPES[0]))
    ask(auth, tenant)
    assert [form["scope"].split() for form in tenant.forms][-1] == [*SCOPES, *(["okta.new.read"] if known else [])]
    assert len(tenant.forms) == (1 if known else 2)
    assert ("okta.new.read" in auth.granted) is known


def test_a_token_that_is_refused_is_renewed_once():
    tenant = Tenant(refused={f"{ACCESS_TOKEN}-1"})
    ask(private_key(pem(ec_key())), tenant, 0)
    assert [header[-1] for header in tenant.asked] == ["1", "2", "2"]


def test_a_request_refused_with_a_new_token_is_unauthorised():
    tenant = Tenant(refused={f"{ACCESS_TOKEN}-{number}" for number in range(9)})
    found = failure(private_key(pem(ec_key())), tenant)
    assert isinstance(found, Unauthorised)
    assert found.exit_code == 3
    assert len(tenant.asked) == len(tenant.given) == 2


def test_a_request_with_content_is_whole_after_the_renewal():
    tenant = Tenant(refused={f"{ACCESS_TOKEN}-1"})
    contents: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == PATH:
            contents.append(request.content)
        return tenant(request)

    async def work() -> None:
        auth = private_key(pem(ec_key()))
        async with OktaClient(URL, auth, transport=httpx.MockTransport(answer)) as client:
            await client.send("POST", PATH, {"name": "A"})

    run(work())
    assert contents == [b'{"name":"A"}'] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(400, json={"error": "invalid_scope", "error_description": "no such scope"}), "no such scope"),
        (httpx.Response(401, json={"error": "invalid_client"}), "invalid_client"),
        (httpx.Response(403, content=b"<html>"), "403"),
        (httpx.Response(400, json=["odd"]), "400"),
        (httpx.Response(200, content=b"<html>a login page"), "200"),
        (httpx.Response(200, json={"token_type": "Bearer"}), "200"),
        (httpx.Response(200, json={"access_token": "two\nlines"}), "200"),
        (httpx.Response(200, json={"access_token": "größer"}), "200"),
        (httpx.Response(200, json={"access_token": ""}), "200"),
        (httpx.Response(200, json={"access_token": ["t"]}), "200"),
        (httpx.Response(200, content=b"[" * 5000), "200"),
        (httpx.Response(302), "302"),
    ],
)
def test_no_token_is_unauthorised_and_names_the_scopes(answer, reason):
    tenant = Tenant(answer=lambda number: answer)
    found = failure(private_key(pem(ec_key())), tenant)
    assert type(found) is Unauthorised
    assert found.exit_code == 3
    assert found.message == f"no access token for {CLIENT}: {reason}"
    assert all(scope in found.hint for scope in SCOPES)
    assert (len(tenant.given), tenant.asked) == (1, [])


@pytest.mark.parametrize("lasts", [b'"soon"', b'"nan"', b'"inf"', b"null", b"[]", b"{}", b"-1"])
def test_a_token_with_an_invalid_lifetime_is_used_once(lasts):
    def answer(number: int) -> httpx.Response:
        return httpx.Response(200, content=b'{"access_token": "t%d", "expires_in": %b}' % (number, lasts))

    tenant = Tenant(answer=answer)
    ask(private_key(pem(ec_key())), tenant, 0)
    assert tenant.asked == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(
    ("ahead", "said"), [(720, "12 minutes ahead of the tenant's"), (-7200, "120 minutes behind the tenant's")]
)
def test_a_refused_sign_in_mentions_a_wrong_clock(ahead, said, clock):
    date = formatdate(clock.now - ahead, usegmt=True)
    tenant = Tenant(answer=lambda number: httpx.Response(401, json={"error": "invalid_client"}, headers={"date": date}))
    found = failure(private_key(pem(ec_key())), tenant)
    assert isinstance(found, Unauthorised)
    assert found.message == f"no access token for {CLIENT}: invalid_client; this machine's clock is {said}"
    assert "clock" in found.hint


@pytest.mark.parametrize("date", [None, "", "today", -100, 100])
def test_a_refused_sign_in_does_not_mention_a_correct_clock(date, clock):
    shown = formatdate(clock.now + date, usegmt=True) if isinstance(date, int) else date
    headers = {} if shown is None else {"date": shown}
    tenant = Tenant(answer=lambda number: httpx.Response(401, json={"error": "invalid_client"}, headers=headers))
    assert failure(private_key(pem(ec_key())), tenant).message == f"no access token for {CLIENT}: invalid_client"


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_sign_in_that_fails_temporarily_is_repeated(status, method):
    def answer(number: int) -> httpx.Response:
        return httpx.Response(200, json={"access_token": "t"}) if number == 3 else httpx.Response(status)

    tenant = Tenant(answer=answer)
    ask(private_key(pem(ec_key())), tenant, method=method)
    assert (len(tenant.given), tenant.asked) == (3, ["Bearer t"])


def test_a_tenant_that_never_gives_a_token_is_unreachable():
    tenant = Tenant(answer=lambda number: httpx.Response(503))
    found = failure(private_key(pem(ec_key())), tenant)
    assert isinstance(found, Unreachable)
    assert found.message == f"no access token for {CLIENT}: {URL}/oauth2/v1/token answered 503"
    assert (len(tenant.given), tenant.asked) == (5, [])


def broken_keys() -> dict[str, str]:
    whole = pem(ec_key())
    return {
        "empty": "",
        "no-pem": "secret",
        "cut": whole[:90],
        "damaged": whole.replace(whole.splitlines()[1], whole.splitlines()[1][::-1]),
        "encrypted": pem(ec_key(), password=b"secret"),
        "public": ec_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "other-algorithm": pem(ed25519.Ed25519PrivateKey.generate()),
        "other-curve": pem(ec.generate_private_key(ec.SECP256K1())),
    }


@pytest.mark.parametrize("name", broken_keys())
def test_a_key_that_cannot_sign_is_unauthorised_and_not_shown(name):
    text = broken_keys()[name]
    tenant = Tenant()
    found = failure(private_key(text), tenant)
    assert isinstance(found, Unauthorised)
    assert "the private key cannot sign" in found.message
    assert "private_key" in found.hint
    assert tenant.given == []
    for line in filter(None, text.splitlines()[1:-1] or text.split()):
        assert line not in found.message + found.hint


def test_neither_key_nor_token_nor_assertion_is_in_any_error():
    text = pem(rsa_key())
    said: list[str] = []
    for tenant in (
        Tenant(refused={f"{ACCESS_TOKEN}-{number}" for number in range(9)}),
        Tenant(answer=lambda number: httpx.Response(503)),
        Tenant(answer=lambda number: httpx.Response(400, json={"error": "invalid_client"})),
    ):
        found = failure(private_key(text), tenant)
        said.append(found.message + found.hint + repr(found))
        assertions = [form["client_assertion"] for form in tenant.forms]
        assert not any(assertion in said[-1] for assertion in assertions)
    assert len(said) == 3
    assert ACCESS_TOKEN not in "".join(said)
    assert not any(line in "".join(said) for line in text.splitlines()[1:-1])
