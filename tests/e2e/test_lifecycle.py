"""Renames keep the object, removals delete it, and the preview says so beforehand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pytest

from reconciler.definitions.model import Declaration
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.fields import OnDelete
from reconciler.kinds.mapping import joined_kinds, schema
from reconciler.kinds.relations import references
from tests.e2e.documents import document, group
from tests.e2e.test_repair import deepest_first, delete, live_object
from tests.e2e.workspace import Workspace
from tests.specimens import Specimen, bare, closed, everything, leaving, staying

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
    assert ids(workspace) == {renamed_address(name): identity for name, identity in before.items()}
    assert changes(workspace.tenant.stats()) == changes(requests)
    workspace.expect_settled()


def test_a_renamed_part_keeps_its_object_where_okta_can_rename_it(workspace: Workspace):
    server, *_ = [each.document for each in everything() if each.kind.name == "authorization-server"]
    others = [each.document for each in bare() if each.kind.name != "authorization-server"]
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
    workspace.declare(leaving())
    workspace.up()
    kept = [f"{one.kind.name} {one.name}" for one in staying()]
    gone = [name for name in ids(workspace) if name not in kept]
    applied = [name for name in gone if kind_named(name.partition(" ")[0]).shape.deletable]

    workspace.declare(staying())
    preview = workspace.expect(0, "preview")
    assert f"{len(applied)} to delete" in preview.out
    assert len(applied) == len(gone) or f"{len(gone) - len(applied)} to release" in preview.out
    for name in applied:
        assert name.split(" ", 1)[1] in preview.out
    workspace.expect(2, "preview", "--expect-no-changes")
    workspace.up()
    assert sorted(ids(workspace)) == sorted(kept)

    workspace.declare([])
    preview = workspace.expect(0, "preview")
    assert f"{len(kept)} to release" in preview.out
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
            if field.owns and len(each["spec"].get(field.name, ())) > 1:
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


def renamed(specimens: Iterable[Specimen]) -> list[dict[str, Any]]:
    """The same documents and references under other names, except where Okta fixes the name."""
    documents = [each.document for each in specimens]
    text = json.dumps(documents)
    for name in {each["name"] for each in documents if not kind_named(each["kind"]).shape.sole}:
        text = re.sub(rf'(?<=["{{ ]){re.escape(name)}(?=["}}])', f"new-{name}", text)
    return [with_previously(new, old) for new, old in zip(json.loads(text), documents, strict=True)]


def with_previously(new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """The document with its earlier name and those of its items that are named after others. Its label is no name."""
    kind = kind_named(old["kind"])
    if kind.label_field and not joined_kinds(kind):
        new["spec"][kind.label_field] = old["spec"][kind.label_field]
    for field in schema(kind.fields):
        label = kind_named(field.owns.kind).label_field if field.owns else ""
        owned = (one["spec"].get(field.name, ()) if label else () for one in (new, old))
        for item, earlier in zip(*owned, strict=True):
            if isinstance(item, dict) and item.get(label) != earlier.get(label):
                item["previously"] = earlier[label]
    return new if new["name"] == old["name"] else {**new, "previously": old["name"]}


def renamed_address(address: str) -> str:
    """The kind and name of something applied, after its document was renamed and the one that it is named after."""
    names = {each.name for each in everything() if not each.kind.shape.sole}
    kind, name = address.split(" ", 1)
    return f"{kind} {'/'.join(f'new-{part}' if part in names else part for part in name.split('/'))}"


def test_an_orphan_already_deleted_in_the_tenant_is_removed_from_the_state(workspace: Workspace):
    """Also for an additive kind, which would release it: it no longer exists."""
    workspace.declare(closed([*(one for one in everything() if one.kind.shape.deletable), *staying()]))
    workspace.up()
    comparison = workspace.comparison()
    live = comparison.live()
    deleted: list[str] = []
    declarations = comparison.reconciler.desired.declarations.values()
    in_use = {
        (reference.kind, reference.token)
        for one in declarations
        for reference in references(one.kind.fields, one.spec)
        if reference.relates.on_delete is OnDelete.REFUSED
    }
    found: dict[Kind, Declaration] = {}
    for one in declarations:
        if one.kind.shape.deletable and (one.kind.name, one.name) not in in_use:
            found.setdefault(one.kind, one)
    kept = {kind for kind in kinds() if kind.shape.deletable} - found.keys()
    assert kept <= {kind_named(kind) for kind, _ in in_use}
    for kind, declaration in sorted(found.items(), key=lambda each: deepest_first().index(each[0])):
        item = live_object(comparison, declaration, live)
        workspace.tenant.do(partial(delete, item))
        if not kind.shape.part_of_owner:
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
