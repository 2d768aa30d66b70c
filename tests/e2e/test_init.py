"""A repository that `reconciler init` creates from a tenant, or for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli import run
from tests.e2e.documents import group
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.only_by_token("a new repository for a local tenant has a token")]


def in_repository(folder: Path, *arguments: str) -> int:
    return run(["--definitions", str(folder / "definitions"), *arguments])


@pytest.fixture
def signed_in(tenant: SandboxTenant, monkeypatch: pytest.MonkeyPatch) -> SandboxTenant:
    """A tenant, and the variable with its token."""
    monkeypatch.setenv("OKTA_LOCAL_TOKEN", tenant.token)
    return tenant


def test_the_objects_of_the_tenant_are_adopted(signed_in: SandboxTenant, workspace: Workspace, tmp_path, capsys):
    workspace.declare([group("people"), group("sales")])
    workspace.up()
    folder = tmp_path / "okta"
    arguments = ["--environment", f"local={signed_in.url}", "--adopt", "local"]
    assert run(["init", str(folder), *arguments]) == 0
    shown = capsys.readouterr().out
    assert "      2 group\n" in shown
    assert "/tmp" not in shown.partition("created ")[0], "the adoption works in a temporary folder"
    assert not (folder / "definitions/example.yaml").exists()
    assert "owner: unassigned" in (folder / "definitions/groups/people.yaml").read_text()

    assert in_repository(folder, "validate") == 0
    assert in_repository(folder, "up", "local", "--yes") == 0
    assert "imported; " in capsys.readouterr().out
    assert in_repository(folder, "drift", "local") == 0


def test_what_cannot_be_read_is_said_by_the_exit_code(signed_in: SandboxTenant, tmp_path, capsys):
    signed_in.order_fault(method="GET", path="/api/v1/zones", status=403)
    folder = tmp_path / "okta"
    assert run(["init", str(folder), "--environment", f"local={signed_in.url}", "--adopt", "local"]) == 3
    signed_in.clear_faults()
    assert in_repository(folder, "validate") == 0


def test_a_tenant_that_cannot_be_read_leaves_nothing_behind(signed_in: SandboxTenant, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OKTA_LOCAL_TOKEN", "wrong")
    folder = tmp_path / "okta"
    assert run(["init", str(folder), "--environment", f"local={signed_in.url}", "--adopt", "local"]) == 3
    assert not folder.exists()
