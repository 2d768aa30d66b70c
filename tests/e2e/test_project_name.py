"""The Pulumi project may have any name: every command reads it from `Pulumi.yaml`."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.e2e.documents import group
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e


@pytest.fixture
def workspace(tenant: SandboxTenant, tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, tenant, project="acme-identity")


def put_description(workspace: Workspace, identity: str, description: str) -> None:
    profile = {"name": "People", "description": description}
    workspace.tenant.request("PUT", f"/api/v1/groups/{identity}", {"profile": profile})


def test_every_command_works_in_a_project_of_another_name(workspace: Workspace):
    workspace.declare([group("people", description="As declared."), group("others")])
    assert "2 to create" in workspace.expect(0, "preview").out
    workspace.up()
    workspace.expect_settled()
    identity = workspace.comparison().state.resources["group", "people"].id

    put_description(workspace, identity, "By hand.")
    workspace.expect(2, "drift")
    assert "1 updated" in workspace.expect(0, "repair", "--yes").out
    workspace.expect_settled()

    put_description(workspace, identity, "By hand again.")
    workspace.expect(0, "accept", "--yes")
    assert "By hand again." in (workspace.definitions / "all.yaml").read_text()
    workspace.expect_settled()


def test_the_lock_of_a_dead_run_is_found_in_a_renamed_project(workspace: Workspace):
    workspace.declare([group("people")])
    lock = workspace.root / ".state" / ".pulumi" / "locks" / "organization" / "acme-identity" / "test" / "0.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": 2**22 + 1, "hostname": socket.gethostname(), "timestamp": "then"}))

    workspace.up()

    assert not lock.exists()
