from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler.definitions.environments import LimitsFields
from reconciler.definitions.model import Credentials, Environment
from reconciler.definitions.secrets import SecretMissing
from reconciler.errors import Unauthorised
from reconciler.kinds import scopes
from reconciler.okta.bounds import Bounds
from reconciler.okta.sign_in import ApiToken, PrivateKey
from reconciler.tenant import Tenant
from tests.tenants import BOTH, KEY, LOCAL, REAL, TOKEN, asked_by, signed, tenant


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "00aToken")
    monkeypatch.setenv("A_KEY", "-----BEGIN PRIVATE KEY-----")


@pytest.fixture
def real_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with which one can sign."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("A_KEY", pem)


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


@pytest.mark.usefixtures("real_key")
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
