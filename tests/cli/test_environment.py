from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.environment import engine_settings
from reconciler.engine.passphrase import VARIABLES
from reconciler.errors import EngineError, FileNotWritten
from reconciler.tenant import Tenant


class Somewhere(Tenant):
    """A tenant that is local, or not."""

    def __init__(self, local: bool) -> None:
        self._local = local

    @property
    def is_local(self) -> bool:
        return self._local


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_BACKEND_URL", *VARIABLES):
        monkeypatch.delenv(name, raising=False)


def test_a_local_state_of_a_real_tenant_is_read_without_a_passphrase(tmp_path: Path):
    settings = engine_settings(tmp_path, Somewhere(local=False), changes=False)
    assert settings == {"PULUMI_BACKEND_URL": (tmp_path / ".state").as_uri()}
    assert not (tmp_path / ".state").exists()


@pytest.mark.parametrize(("backend", "changes"), [("", True), ("s3://states", True), ("s3://states", False)])
def test_all_else_needs_one(backend: str, changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    with pytest.raises(EngineError, match="needs a passphrase"):
        engine_settings(tmp_path, Somewhere(local=False), changes=changes)


def test_a_local_tenant_s_is_known(tmp_path: Path):
    assert engine_settings(tmp_path, Somewhere(local=True))["PULUMI_CONFIG_PASSPHRASE"] == "sandbox"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    root = tmp_path / "file"
    root.write_text("")
    with pytest.raises(FileNotWritten, match=str(root / ".state")):
        engine_settings(root, Somewhere(local=True))
