from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import jwt
import pytest

from reconciler.definitions.environments import LimitsFields
from reconciler.definitions.model import Credentials, Environment
from reconciler.definitions.secrets import SecretMissing
from reconciler.errors import Unauthorised
from reconciler.kinds import scopes
from reconciler.okta.bounds import Bounds
from reconciler.okta.private_keys import SigningKey
from reconciler.okta.sign_in import ApiToken, PrivateKey
from reconciler.tenant import Tenant
from tests.tenants import BOTH, KEY, LOCAL, REAL, TOKEN, asked_by, pem, signed, tenant


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "00aToken")
    monkeypatch.setenv("A_KEY", pem())


# Where it is


@pytest.mark.parametrize("url", [LOCAL, "http://localhost:1", "http://[::1]:7701", "http://LOCALHOST"])
def test_a_tenant_on_this_machine_is_local(url: str):
    assert tenant(url).is_local


@pytest.mark.parametrize(
    "url",
    [
        REAL,
        "https://127.0.0.1.example.com",
        "https://localhost.example.com",
        "https://x@acme.okta.com",
        "http://127.0.0.2",
    ],
)
def test_any_other_tenant_is_not_local(url: str):
    assert not tenant(url).is_local


# Signing in


def test_a_token_is_used_without_a_key():
    auth = tenant().auth()
    assert isinstance(auth, ApiToken)
    assert signed(auth) == "SSWS 00aToken"


@pytest.mark.parametrize("credentials", [KEY, BOTH])
def test_a_key_is_preferred(credentials: Credentials):
    assert isinstance(tenant(credentials=credentials).auth(), PrivateKey)


def test_a_client_asks_for_read_scopes_by_default():
    for client, expected in (
        (tenant(credentials=KEY).client(), scopes.to_read()),
        (tenant(credentials=KEY).client(asked=scopes.to_attribute()), scopes.to_attribute()),
    ):
        assert client.url == REAL
        auth = client._http.auth
        assert isinstance(auth, httpx.Auth)
        assert asked_by(auth) == sorted(expected)
        assert all(scope.endswith(".read") for scope in expected)


@pytest.mark.parametrize(
    "credentials", [Credentials(), Credentials(client_id="0oa1"), Credentials(private_key="env:A_KEY")]
)
def test_no_credentials_are_unauthorised(credentials: Credentials):
    with pytest.raises(Unauthorised, match="environment production has no credentials") as caught:
        tenant(credentials=credentials).auth()
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(("credentials", "name"), [(TOKEN, "A_TOKEN"), (KEY, "A_KEY")])
def test_a_missing_secret_is_reported_with_its_location(
    credentials: Credentials, name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(name)
    with pytest.raises(
        SecretMissing, match=rf"environments/production.yaml:1:1: the environment variable {name} is not set"
    ):
        tenant(credentials=credentials).auth()


def test_secrets_are_not_stored():
    which = tenant()
    which.auth()
    assert "00aToken" not in repr(which) + repr(vars(which))


@pytest.mark.parametrize("stated", [None, "its-kid"])
def test_a_jwk_signs_in_with_its_kid(stated: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_KEY", SigningKey.parsed(pem()).jwk_text("its-kid"))
    which = tenant(credentials=Credentials(None, "0oa1", "env:A_KEY", stated))
    request = next(which.auth().auth_flow(httpx.Request("GET", REAL)))
    (assertion,) = parse_qs(request.content.decode())["client_assertion"]
    assert jwt.get_unverified_header(assertion)["kid"] == which.key_id == "its-kid"
    assert which.known.redact("the kid its-kid") == "the kid its-kid"
    assert not any(line in which.known.redact(pem()) for line in pem().splitlines()[1:-1])


@pytest.mark.parametrize("credentials", [TOKEN, Credentials(), Credentials(private_key="env:A_KEY")])
def test_without_a_service_app_there_is_no_key_id(credentials: Credentials):
    assert tenant(credentials=credentials).key_id is None


# Limits


def test_a_client_uses_the_limits_of_its_environment():
    environment = Environment("production", REAL, TOKEN, limits={"pages": 5, "run_seconds": 60.0})
    client = Tenant(environment).client()
    assert client.bounds == Bounds(pages=5, run_seconds=60.0)
    assert tenant().client().bounds == Bounds()


def test_every_limit_can_be_set_and_its_default_is_documented():
    fields = {field.name: field.default for field in dataclasses.fields(Bounds)}
    page = (Path(__file__).parents[1] / "docs" / "tenant-access.md").read_text()
    assert LimitsFields.model_fields.keys() == fields.keys()
    assert dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", page, re.MULTILINE)) == {
        name: f"{default:g}" for name, default in fields.items()
    }
