from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.environment import BackendNotSet, engine_settings
from reconciler.definitions.model import Credentials, Environment
from reconciler.engine.passphrase import VARIABLES
from reconciler.errors import EngineError, FileNotWritten
from reconciler.tenant import Tenant


def tenant(local: bool) -> Tenant:
    """A tenant that is local, or not."""
    url = "http://127.0.0.1:7701" if local else "https://acme.okta.com"
    return Tenant(Environment("production", url, Credentials()))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_BACKEND_URL", *VARIABLES):
        monkeypatch.delenv(name, raising=False)


def test_a_local_state_of_a_real_tenant_is_read_without_a_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    settings = engine_settings(tmp_path, tenant(local=False), changes=False)
    assert settings == {"PULUMI_BACKEND_URL": tmp_path.as_uri()}


@pytest.mark.parametrize("backend", [None, ""], ids=["unset", "empty"])
@pytest.mark.parametrize("changes", [True, False])
def test_a_real_tenant_has_no_state_in_the_checkout(
    backend: str | None, changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A variable that a workflow does not set is empty there."""
    if backend is not None:
        monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hush")
    with pytest.raises(BackendNotSet) as refused:
        engine_settings(tmp_path, tenant(local=False), changes=changes)
    assert "the state of production" in refused.value.message
    assert "file:///" in refused.value.hint
    assert not (tmp_path / ".state").exists()


def test_a_command_without_a_state_needs_no_location(tmp_path: Path):
    settings = engine_settings(tmp_path, tenant(local=False), changes=False, stateless=True)
    assert settings == {"PULUMI_BACKEND_URL": (tmp_path / ".state").as_uri()}
    assert not (tmp_path / ".state").exists()


@pytest.mark.parametrize("backend", ["file:///srv", "s3://states"])
def test_a_change_needs_one(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    with pytest.raises(EngineError, match="needs a passphrase"):
        engine_settings(tmp_path, tenant(local=False))


def test_a_local_tenant_s_is_known(tmp_path: Path):
    assert engine_settings(tmp_path, tenant(local=True))["PULUMI_CONFIG_PASSPHRASE"] == "sandbox"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    root = tmp_path / "file"
    root.write_text("")
    with pytest.raises(FileNotWritten, match=str(root / ".state")):
        engine_settings(root, tenant(local=True))
