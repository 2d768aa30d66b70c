"""A document renamed without `previously`: what the preview says is true, with and without the remedy."""

from __future__ import annotations

import pytest

from tests.e2e.documents import bookmark, group, groups
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

STAFF, WIKI = group("staff", name="Staff"), bookmark("wiki", label="Wiki")
PEOPLE, HANDBOOK = group("people", name="Staff"), bookmark("handbook", label="Wiki", url=WIKI["spec"]["url"])
OTHERS = groups(9)


def ids(workspace: Workspace) -> dict[str, str]:
    live = workspace.tenant.read().objects
    return {one.label: one.id for kind in ("group", "bookmark-app") for one in live[kind] if not one.built_in}


def test_a_rename_is_refused_and_its_remedy_keeps_the_objects(workspace: Workspace):
    workspace.declare([*OTHERS, STAFF, WIKI])
    workspace.up()
    before = ids(workspace)
    workspace.guard()
    workspace.declare([*OTHERS, PEOPLE, HANDBOOK])

    refused = workspace.expect(4, "preview")

    said = " ".join(refused.out.split())
    for new, old in (("group people", "staff"), ("bookmark-app handbook", "wiki")):
        assert f"{new} looks like a rename of {old} add `previously: [{old}]` to {new} at" in said
        kind = new.partition(" ")[0]
        assert f"--allow 'renamed-without-previously:{kind} {old}' --reason" in said
    workspace.expect(4, "up", "--yes")
    assert ids(workspace) == before

    workspace.declare([*OTHERS, PEOPLE | {"previously": "staff"}, HANDBOOK | {"previously": "wiki"}])
    assert "No changes" in workspace.expect(0, "preview").out
    workspace.up()
    assert ids(workspace) == before


def test_without_the_remedy_an_app_gets_a_new_id_and_a_group_is_refused_by_okta(workspace: Workspace):
    workspace.declare([*OTHERS, STAFF, WIKI])
    workspace.up()
    before = ids(workspace)

    workspace.declare([*OTHERS, STAFF, HANDBOOK])
    assert "1 created, 1 deleted" in workspace.up().out
    assert ids(workspace)["Wiki"] != before["Wiki"]

    workspace.declare([*OTHERS, PEOPLE, HANDBOOK])
    assert "already exists" in workspace.expect(1, "up", "--yes").out
