"""The tenant becomes as declared, for every kind, with every field set and with none."""

from __future__ import annotations

import re

import pytest

from tests.e2e.workspace import Workspace
from tests.specimens import bare, everything

pytestmark = pytest.mark.e2e


def test_every_field_converges_when_it_is_set_left_out_and_set_again(workspace: Workspace):
    for documents in (everything(), bare(), everything()):
        workspace.declare(documents)
        workspace.up()
        workspace.expect_settled()


def test_a_fresh_tenant_takes_definitions_that_leave_everything_out(workspace: Workspace):
    workspace.declare(bare())

    outcome = workspace.up()

    assert re.search(r" created\b.*; 0 unchanged", outcome.out)
    workspace.expect_settled()


def test_a_list_that_is_declared_empty_is_emptied_and_stays_so(workspace: Workspace):
    def app(**spec: object) -> dict[str, object]:
        spec = {"label": "App", "url": "https://app.example.com", **spec}
        return {"kind": "bookmark-app", "name": "app", "owner": "tests", "purpose": "Is opened.", "spec": spec}

    group = {"kind": "group", "name": "people", "owner": "tests", "purpose": "Open it.", "spec": {"name": "People"}}
    for groups in ([{"group": "people"}], [], [{"group": "everyone"}, {"group": "people"}]):
        workspace.declare([group, app(groups=groups)])
        workspace.up()
        workspace.expect_settled()
        assert assigned(workspace) == [item["group"] for item in groups]


def assigned(workspace: Workspace) -> list[str]:
    """The groups of the only app, in order."""
    comparison = workspace.comparison()
    (assignments,) = comparison.live().objects["app-group-assignments"]
    return [comparison.name_of("group", item["group"]) for item in assignments.spec["groups"]]
