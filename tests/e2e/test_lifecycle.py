"""Renames keep the object, removals delete it, and the preview says so beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from reconciler.kinds import kind_named
from reconciler.kinds.mapping import schema
from tests.e2e.documents import document, group
from tests.e2e.test_repair import deepest_first, delete, live_object
from tests.e2e.workspace import Workspace
from tests.specimens import everything

pytestmark = pytest.mark.e2e


def test_a_renamed_definition_keeps_its_object_and_its_children(workspace: Workspace):
    workspace.declare(everything())
    workspace.up()
    before = ids(workspace)
    requests = workspace.tenant.stats()

    workspace.declare(renamed(everything()))
    preview = workspace.expect(0, "preview")
    workspace.up()

    assert "No changes" in preview.out
    assert ids(workspace) == {name.replace(" ", " new-", 1): identity for name, identity in before.items()}
    assert changes(workspace.tenant.stats()) == changes(requests)
    workspace.expect_settled()


def test_a_renamed_part_keeps_its_object_where_okta_can_rename_it(workspace: Workspace):
    server, *_ = [each.document for each in everything() if each.kind.name == "authorization-server"]
    others = [
        each.document
        for each in everything()
        if each.kind.name in ("group", "oidc-app", "authentication-policy", "network-zone")
    ]
    workspace.declare([*others, server])
    workspace.up()
    before = ids(workspace)

    for part in ("scopes", "claims", "policies"):
        for item in server["spec"][part]:
            item["previously"] = item["name"]
            item["name"] += " renamed"
    workspace.declare([*others, server])
    outcome = workspace.up()

    assert sorted(before.values()) == sorted(ids(workspace).values())
    assert " created" not in outcome.out
    assert " deleted" not in outcome.out
    workspace.expect_settled()


@pytest.mark.parametrize("kind", ["global-session-policy", "password-policy"])
def test_a_renamed_rule_that_has_to_be_replaced_is_one_replacement(workspace: Workspace, kind: str):
    """The engine deletes it under its earlier name and creates it under the new one."""
    rules = [{"name": "First"}, {"name": "Last"}]
    policy = document(kind, "strict", name="Strict", groups_included=["everyone"], priority=1, rules=rules)
    workspace.declare([policy])
    workspace.up()
    policy["spec"]["rules"] = [{"name": "Renamed", "previously": "First"}, rules[1]]
    workspace.declare([policy])

    for outcome in (workspace.expect(0, "preview"), workspace.up()):
        assert "Destructive: 1 " in outcome.out
        assert f"+- {kind}-rule  strict/Renamed" in outcome.out
        assert "strict/First" not in outcome.out

    live = workspace.tenant.read().objects[f"{kind}-rule"]
    assert sorted(rule.label for rule in live if not rule.built_in) == ["Last", "Renamed"]
    workspace.expect_settled()


@pytest.mark.both_sign_ins
def test_a_removed_definition_is_deleted_as_the_preview_said(workspace: Workspace):
    fresh = sorted(workspace.tenant.read().by_id)
    workspace.declare(everything())
    workspace.up()
    applied = ids(workspace)

    workspace.declare([])
    preview = workspace.expect(0, "preview")
    assert f"{len(applied)} to delete" in preview.out
    for name in applied:
        assert name.split(" ", 1)[1] in preview.out
    workspace.expect(2, "preview", "--expect-no-changes")
    workspace.up()

    assert ids(workspace) == {}
    assert sorted(workspace.tenant.read().by_id) == fresh
    workspace.expect_settled()


def test_removed_children_are_deleted_and_their_siblings_stay(workspace: Workspace):
    workspace.declare(everything())
    workspace.up()
    before = ids(workspace)

    documents = [each.document for each in everything()]
    removed = 0
    for each in documents:
        for field in schema(kind_named(each["kind"]).fields):
            if field.owns and len(each["spec"][field.name]) > 1:
                del each["spec"][field.name][0]
                removed += 1
    workspace.declare(documents)
    workspace.up()

    after = ids(workspace)
    assert removed > 5
    assert after.items() <= before.items()
    assert len(after) < len(before)
    workspace.expect_settled()


def ids(workspace: Workspace) -> dict[str, str]:
    """The ids of everything applied, by kind and name."""
    return {f"{kind} {name}": one.id for (kind, name), one in workspace.comparison().state.resources.items()}


def changes(stats: Mapping[tuple[str, str], int]) -> int:
    """The number of requests that changed something."""
    return sum(count for (method, path), count in stats.items() if method != "GET" and "/_sandbox" not in path)


def renamed(specimens: Any) -> list[dict[str, Any]]:
    """The same documents and references under other names."""
    text = json.dumps([each.document for each in specimens])
    for each in specimens:
        text = text.replace(f'"{each.name}"', f'"new-{each.name}"')
    return [{**document, "previously": document["name"].removeprefix("new-")} for document in json.loads(text)]


def test_an_orphan_already_deleted_in_the_tenant_is_removed_from_the_state(workspace: Workspace):
    """Also for an additive kind, which would release it: it no longer exists."""
    workspace.declare(everything())
    workspace.up()
    comparison = workspace.comparison()
    live = comparison.live()
    deleted: list[str] = []
    for kind in deepest_first():
        declaration = next(one for one in comparison.reconciler.desired.declarations.values() if one.kind is kind)
        item = live_object(comparison, declaration, live)
        workspace.tenant.do(partial(delete, item))
        if not kind.shape.list_key:
            deleted.append(f"{kind.name} {declaration.name}")
    workspace.declare([])

    preview = workspace.expect(0, "preview").out
    up = workspace.up().out

    for name in deleted:
        assert f"Note: {name} is no longer declared" in up
    assert set(plan_of(preview)) == set(plan_of(up))
    assert not set(plan_of(preview)) & set(deleted)
    assert ids(workspace) == {}
    workspace.expect_settled()


def plan_of(text: str) -> list[str]:
    """Kind and name of the deleted objects."""
    return [" ".join(line.split()[1:]) for line in text.splitlines() if line.startswith(" - ")]


def test_an_unreadable_orphan_stays_in_the_state(workspace: Workspace):
    workspace.declare([group("people"), group("others")])
    workspace.up()
    workspace.declare([group("others")])
    workspace.tenant.order_fault(method="GET", path="/api/v1/groups", status=403)

    workspace.run("up", "--yes")

    workspace.tenant.clear_faults()
    workspace.up()
    assert [label for label in workspace.tenant.labels() if "group" in label] == ["group  Others"]
