from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler import stand_in
from reconciler.definitions.model import Credentials
from reconciler.engine.toolchain.plugin import PLUGIN_VERSION, official_plugin
from reconciler.errors import EngineError
from reconciler.kinds import scopes
from reconciler.okta.private_keys import SigningKey
from reconciler.okta.sign_in import PrivateKey
from reconciler.provider import provider_of
from reconciler.tenant import Tenant
from tests.tenants import KEY, LOCAL, REAL, TOKEN, asked_by, pem, signed, tenant


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "00aToken")
    monkeypatch.setenv("A_KEY", pem())


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
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, httpx.Auth]]:
    """For whom the stand-in provider was started."""
    calls: list[tuple[str, httpx.Auth]] = []

    @contextmanager
    def serving(url: str, auth: httpx.Auth) -> Iterator[int]:
        calls.append((url, auth))
        yield 4711

    monkeypatch.setattr(stand_in, "serving", serving)
    return calls


def settings_of(which: Tenant, choice: str = "auto") -> Mapping[str, str]:
    with provider_of(which, choice) as settings:
        return dict(settings)


# Which provider


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
    with provider_of(tenant(credentials=KEY), changes=False) as settings:
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
        "OKTA_API_PRIVATE_KEY": pem().strip(),
        "OKTA_API_PRIVATE_KEY_ID": "key-1",
    }


@pytest.mark.usefixtures("installed")
def test_the_plugin_gets_a_jwk_as_pem_with_its_kid(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_KEY", SigningKey.parsed(pem()).jwk_text("its-kid"))
    settings = settings_of(tenant(credentials=Credentials(client_id="0oa1", private_key="env:A_KEY")))
    assert (settings["OKTA_API_PRIVATE_KEY"], settings["OKTA_API_PRIVATE_KEY_ID"]) == (pem(), "its-kid")


def test_the_plugin_is_found_where_pulumi_installs_it(installed: Path):
    assert official_plugin() == installed
    (installed / "pulumi-resource-okta").unlink()
    assert official_plugin() is None


@pytest.mark.usefixtures("not_installed")
@pytest.mark.parametrize(("changes", "expected"), [(True, scopes.to_change()), (False, scopes.to_read())])
def test_the_stand_in_asks_for_write_scopes_only_for_changes(served: list[Any], changes: bool, expected: set[str]):
    with provider_of(tenant(LOCAL, KEY), changes=changes):
        ((_, auth),) = served
        assert asked_by(auth) == sorted(expected)


def test_the_app_that_signs_in_may_be_named_by_a_variable(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the jobs of one environment can use an app that reads and another one that changes."""
    named = Credentials(client_id="env:AN_APP_ID", private_key="env:A_KEY", private_key_id="env:A_KEY_ID")
    for app in ("0oaRead", "0oaUp"):
        monkeypatch.setenv("AN_APP_ID", app)
        monkeypatch.setenv("A_KEY_ID", f"{app}-key")
        auth = tenant(credentials=named).auth()
        assert isinstance(auth, PrivateKey)
        assert auth._client_id == app
        with provider_of(tenant(credentials=named)) as settings:
            assert (settings["OKTA_API_CLIENT_ID"], settings["OKTA_API_PRIVATE_KEY_ID"]) == (app, f"{app}-key")
