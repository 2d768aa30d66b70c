"""Objects of a template, from the first `up` to the last row of the CSV file."""

from __future__ import annotations

import pytest

from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

TEMPLATE = """\
kind: group
name: team-${each.team}
owner: tests
purpose: Is there.
previously: ${each.previously}
foreach: {csv: teams.csv}
spec: {name: "Team ${each.team}"}
"""


def declare(workspace: Workspace, *rows: str) -> None:
    (workspace.definitions / "teams.yaml").write_text(TEMPLATE)
    (workspace.definitions / "teams.csv").write_text("\n".join(["team,previously", *rows, ""]))


def ids(workspace: Workspace) -> dict[str, str]:
    return {one.label: one.id for one in workspace.tenant.read().objects["group"] if one.label.startswith("Team ")}


def test_the_objects_of_a_template(workspace: Workspace):
    workspace.guard()
    declare(workspace, "ads,", "hr,", "web,", "ops,")
    workspace.up()
    workspace.expect_settled()
    first = ids(workspace)

    declare(workspace, "ops,", "people,team-hr", "web,", "ads,")
    workspace.up()
    renamed = ids(workspace)
    assert renamed == {("Team people" if label == "Team hr" else label): one for label, one in first.items()}

    change = {"profile": {"name": "Team ads", "description": "By hand"}}
    workspace.tenant.request("PUT", f"/api/v1/groups/{renamed['Team ads']}", change)
    template, rows = workspace.definitions / "teams.yaml", workspace.definitions / "teams.csv"
    assert f"{template}:1:1 (for the item at {rows}:5:1)" in workspace.expect(2, "drift").out.replace("\n", "")
    refused = workspace.expect(4, "accept", "--yes")
    assert (
        f"group team-ads is made by foreach at {template}:1:1 (for the item at {rows}:5:1)" in refused.err + refused.out
    )
    assert template.read_text() == TEMPLATE
    workspace.expect(0, "repair", "--yes")

    declare(workspace)
    assert "everything-deleted" in workspace.expect(4, "up", "--yes").out
    assert ids(workspace) == renamed
