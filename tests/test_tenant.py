from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler import stand_in
from reconciler.definitions.environments import LimitsFields
from reconciler.definitions.model import Credentials, Environment
from reconciler.definitions.secrets import SecretMissing
from reconciler.engine.toolchain.plugin import PLUGIN_VERSION, official_plugin
from reconciler.errors import EngineError, Unauthorised
from reconciler.kinds import scopes
from reconciler.okta.bounds import Bounds
from reconciler.okta.sign_in import ApiToken, PrivateKey
from reconciler.tenant import Tenant

TOKEN = Credentials(token="env:A_TOKEN")
KEY = Credentials(client_id="0oa1", private_key="env:A_KEY", private_key_id="key-1")
BOTH = Credentials("env:A_TOKEN", "0oa1", "env:A_KEY")
REAL = "https://acme.oktapreview.com"
LOCAL = "http://127.0.0.1:7701"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "00aToken")
    monkeypatch.setenv("A_KEY", "-----BEGIN PRIVATE KEY-----")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The official plugin, as `pulumi plugin install` leaves it."""
    folder = tmp_path / "plugins" / f"resource-okta-v{PLUGIN_VERSION}"
    folder.mkdir(parents=True)
    (folder / "pulumi-resource-okta").touch()
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    return folder


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No plugin, even where the run of the tests has it."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))


@pytest.fixture
def real_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with which one can sign."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("A_KEY", pem)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, httpx.Auth]]:
    """For whom the stand-in provider was started."""
    calls: list[tuple[str, httpx.Auth]] = []

    @contextmanager
    def serving(url: str, auth: httpx.Auth) -> Iterator[int]:
        calls.append((url, auth))
        yield 4711

    monkeypatch.setattr(stand_in, "serving", serving)
    return calls


def tenant(url: str = REAL, credentials: Credentials = TOKEN) -> Tenant:
    return Tenant(Environment("production", url, credentials))


def settings_of(which: Tenant, choice: str = "auto") -> Mapping[str, str]:
    with which.provider(choice) as settings:
        return dict(settings)


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


def signed(auth: httpx.Auth) -> str:
    request = next(auth.auth_flow(httpx.Request("GET", REAL)))
    return str(request.headers["Authorization"])


def test_a_token_is_used_without_a_key():
    auth = tenant().auth()
    assert isinstance(auth, ApiToken)
    assert signed(auth) == "SSWS 00aToken"


@pytest.mark.parametrize("credentials", [KEY, BOTH])
def test_a_key_is_preferred(credentials: Credentials):
    assert isinstance(tenant(credentials=credentials).auth(), PrivateKey)


def asked_by(auth: httpx.Auth) -> list[str]:
    """The scopes for which a way to sign in asks."""
    assert isinstance(auth, PrivateKey)
    (form,) = [parse_qs(next(auth.auth_flow(httpx.Request("GET", REAL))).content.decode())]
    return form["scope"][0].split(" ")


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


@pytest.mark.usefixtures("not_installed", "real_key")
@pytest.mark.parametrize(("changes", "expected"), [(True, scopes.to_change()), (False, scopes.to_read())])
def test_the_stand_in_asks_for_write_scopes_only_for_changes(served: list[Any], changes: bool, expected: set[str]):
    with tenant(LOCAL, KEY).provider(changes=changes):
        ((_, auth),) = served
        assert asked_by(auth) == sorted(expected)


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


# The provider


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("url", [REAL, LOCAL])
def test_the_official_plugin_is_used_if_installed(url: str, served: list[Any]):
    assert "OKTA_API_TOKEN" in settings_of(tenant(url))
    assert served == []


@pytest.mark.usefixtures("not_installed")
def test_a_sandbox_gets_the_stand_in_without_the_plugin(served: list[Any]):
    assert settings_of(tenant(LOCAL)) == {"PULUMI_DEBUG_PROVIDERS": "okta:4711"}
    ((url, auth),) = served
    assert url == LOCAL
    assert signed(auth) == "SSWS 00aToken"


@pytest.mark.usefixtures("not_installed")
@pytest.mark.parametrize("choice", ["auto", "official"])
def test_a_real_tenant_is_only_changed_by_the_official_plugin(choice: str, served: list[Any]):
    with pytest.raises(EngineError, match="only it may change a real tenant") as caught:
        settings_of(tenant(REAL), choice)
    assert "reconciler doctor --install" in caught.value.hint
    assert served == []


def test_the_stand_in_refuses_a_real_tenant_by_itself():
    with pytest.raises(EngineError, match="serves only a sandbox on this machine"):
        settings_of(tenant(REAL), "stand-in")


@pytest.mark.usefixtures("installed")
def test_the_stand_in_can_be_chosen(served: list[Any]):
    assert settings_of(tenant(LOCAL), "stand-in") == {"PULUMI_DEBUG_PROVIDERS": "okta:4711"}
    assert len(served) == 1


@pytest.mark.usefixtures("installed")
def test_the_plugin_asks_for_read_scopes_in_a_preview():
    with tenant(credentials=KEY).provider(changes=False) as settings:
        assert settings["OKTA_API_SCOPES"].split(",") == sorted(scopes.to_read())


def given(settings: Mapping[str, str]) -> dict[str, str]:
    """What the plugin is told: for it an empty variable is none."""
    return {name: value for name, value in settings.items() if value}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (REAL, {"OKTA_ORG_NAME": "acme", "OKTA_BASE_URL": "oktapreview.com"}),
        ("https://id.acme.example.com", {"OKTA_ORG_NAME": "id", "OKTA_BASE_URL": "acme.example.com"}),
        (LOCAL, {"OKTA_HTTP_PROXY": LOCAL, "OKTA_ORG_NAME": "sandbox", "OKTA_BASE_URL": "okta.com"}),
    ],
)
def test_the_plugin_gets_the_address_of_the_tenant(url: str, settings: dict[str, str]):
    assert given(settings_of(tenant(url))) == settings | {"OKTA_API_TOKEN": "00aToken"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("credentials", [TOKEN, KEY])
def test_variables_of_the_user_do_not_reach_the_plugin(credentials: Credentials):
    """It takes an empty variable for none; of several ways to sign in it would take the one that it likes best."""
    settings = settings_of(tenant(REAL, credentials))
    ours = given(settings)
    assert settings.keys() - ours.keys() >= {"OKTA_ACCESS_TOKEN", "OKTA_HTTP_PROXY"}
    assert ("OKTA_API_TOKEN" in ours) != ("OKTA_API_PRIVATE_KEY" in ours)
    assert {"OKTA_API_TOKEN", "OKTA_API_PRIVATE_KEY"} <= settings.keys()


@pytest.mark.usefixtures("installed")
def test_the_plugin_signs_in_with_the_key_and_write_scopes():
    settings = given(settings_of(tenant(credentials=KEY)))
    assert settings.pop("OKTA_API_SCOPES").split(",") == sorted(scopes.to_change())
    assert settings == {
        "OKTA_ORG_NAME": "acme",
        "OKTA_BASE_URL": "oktapreview.com",
        "OKTA_API_CLIENT_ID": "0oa1",
        "OKTA_API_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----",
        "OKTA_API_PRIVATE_KEY_ID": "key-1",
    }


def test_the_plugin_is_found_where_pulumi_installs_it(installed: Path):
    assert official_plugin() == installed
    (installed / "pulumi-resource-okta").unlink()
    assert official_plugin() is None


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


def test_the_app_that_signs_in_may_be_named_by_a_variable(
    real_key: None, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the jobs of one environment can use an app that reads and another one that changes."""
    named = Credentials(client_id="env:AN_APP_ID", private_key="env:A_KEY", private_key_id="env:A_KEY_ID")
    for app in ("0oaRead", "0oaUp"):
        monkeypatch.setenv("AN_APP_ID", app)
        monkeypatch.setenv("A_KEY_ID", f"{app}-key")
        auth = tenant(credentials=named).auth()
        assert isinstance(auth, PrivateKey)
        assert auth._client_id == app
        with tenant(credentials=named).provider() as settings:
            assert (settings["OKTA_API_CLIENT_ID"], settings["OKTA_API_PRIVATE_KEY_ID"]) == (app, f"{app}-key")
