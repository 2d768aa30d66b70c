"""What is no longer declared, where nothing is ever deleted."""

from __future__ import annotations

import pytest
import yaml

from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def group(name: str) -> dict[str, object]:
    return {"kind": "group", "name": name, "owner": "us", "purpose": "Try it.", "spec": {"name": name}}


def test_an_additive_kind_is_let_go_of_and_not_deleted(workspace: Workspace):
    environment = workspace.definitions / "environments" / "test.yaml"
    environment.write_text(yaml.safe_dump(yaml.safe_load(environment.read_text()) | {"modes": {"group": "additive"}}))
    zone = {"name": "Office", "type": "IP", "gateways": ["192.0.2.0/24"]}
    workspace.declare([group("kept"), group("dropped"), group("z") | {"kind": "network-zone", "spec": zone}])
    workspace.up()

    workspace.declare([group("kept")])
    assert "lets go of it" in workspace.expect(2, "drift").out
    preview = workspace.expect(0, "preview").out
    assert "1 let go" not in preview
    assert "/ group" in preview
    assert "- network-zone" in preview
    outcome = workspace.up().out

    assert "1 deleted" in outcome
    assert "1 let go" in outcome
    names = {item.label for item in workspace.tenant.read().objects["group"] if not item.built_in}
    assert {"kept", "dropped"} <= names
    assert "unmanaged" in workspace.expect(2, "drift").out
    workspace.expect(0, "preview", "--expect-no-changes")
