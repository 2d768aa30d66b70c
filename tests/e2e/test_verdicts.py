"""For every kind: deleted, added and moved objects are found with the right verdict, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler import drift
from reconciler.definitions.model import Address, Declaration
from reconciler.definitions.references import references
from reconciler.drift import Finding, Verdict, behind
from reconciler.kinds import Kind, chain, kinds
from reconciler.kinds.mapping import joined_kinds
from reconciler.matching import StateMatch, owners
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.console import Console
from tests.e2e.tampering import another, known_as
from tests.e2e.workspace import Comparison, Workspace
from tests.matches import match_of
from tests.specimens import Specimen, bare

pytestmark = pytest.mark.e2e

SINGLE = [kind for kind in kinds() if not kind.shape.part_of_owner]
ADDED = [kind for kind in SINGLE if kind.shape.creatable and kind.shape.deletable]
STAYING = [kind for kind in SINGLE if kind.shape.creatable and not kind.shape.deletable]
BELOW_DEFAULT = [
    kind for kind in ADDED if kind.parents and any(known.name == "default" for known in chain(kind)[-1].system)
]
LISTS = [kind for kind in kinds() if kind.shape.list_key]
RANKED = [kind for kind in kinds() if kind.shape.ordered]


def named(kind: Kind) -> str:
    return kind.name


def managed(kind: Kind, applied: Comparison, live: Snapshot) -> list[LiveObject]:
    """The declared objects of a kind, in the order of the definitions."""
    return [
        live.by_id[kind.name, applied.state.resources[address].id]
        for address in applied.reconciler.desired.declarations
        if address.kind == kind.name
    ]


def verdicts(findings: list[Finding]) -> list[tuple[Verdict, str, str, str]]:
    return [(found.verdict, found.kind, found.name or found.okta_id, found.field) for found in findings]


@pytest.mark.parametrize("kind", ADDED, ids=named)
def test_an_added_object_is_unmanaged(kind: Kind, applied: Comparison, before: Snapshot):
    template = managed(kind, applied, before)[0]

    async def added(client: OktaClient) -> tuple[str, Snapshot]:
        objects = Console(client)
        ids = await objects.create(kind, template.ids[:-1], another(template, before))
        try:
            return known_as(kind, ids), await applied.look(client)
        finally:
            await objects.delete(kind, ids)

    okta_id, live = applied.workspace.tenant.do(added)

    (found,) = applied.findings(live)
    assert verdicts([found]) == [(Verdict.UNMANAGED, kind.name, okta_id, "")]
    if not joined_kinds(kind):
        assert found.label == kind.label_from(another(template, before)[kind.label_field])
    assert (found.name, found.source) == ("", None)
    if template.parent:
        assert applied.name_of(template.parent.kind.name, template.parent.id) in found.detail


@pytest.mark.parametrize("kind", STAYING, ids=named)
def test_an_added_object_that_nobody_can_delete_is_unmanaged(kind: Kind, workspace: Workspace):
    """It has a tenant of its own, with the first specimen and what that refers to: the object stays."""
    workspace.declare(with_references(kind, workspace.desired(bare()).declarations))
    workspace.up()
    applied = workspace.comparison()
    before = applied.live()
    template = managed(kind, applied, before)[0]

    async def added(client: OktaClient) -> str:
        return known_as(kind, await Console(client).create(kind, template.ids[:-1], another(template, before)))

    okta_id = workspace.tenant.do(added)

    (found,) = applied.findings()
    assert verdicts([found]) == [(Verdict.UNMANAGED, kind.name, okta_id, "")]
    assert (found.name, found.source) == ("", None)


def with_references(kind: Kind, declarations: Mapping[Address, Declaration]) -> list[Specimen]:
    """The first specimen of a kind and the documents that it needs."""
    documents = {Address(one.kind.name, one.name): one for one in bare()}
    first = next(one for one in declarations.values() if one.kind is kind)
    while first.parent:
        first = declarations[first.parent]
    needed = [first.address]
    for address in needed:
        inside = [one for one in declarations.values() if one.name.split("/")[0] == address.name]
        targets = {target for one in inside for _, target in references(one) if target in documents}
        needed += sorted(targets.difference(needed))
    return [documents[address] for address in needed]


@pytest.mark.parametrize("kind", BELOW_DEFAULT, ids=named)
def test_an_object_added_below_a_system_object_is_unmanaged(kind: Kind, applied: Comparison, before: Snapshot):
    """Rules of default policies, and children of the authorization server `default`, are as effective as ours."""
    template = managed(kind, applied, before)[0]
    default = before.system_item(chain(kind)[-1], "default")
    assert default
    (owner,) = [
        item
        for parent in kind.parents
        for item in before.objects[parent]
        if item.everywhere and chain_root(item).id == default.id
    ]

    async def added(client: OktaClient) -> tuple[str, Snapshot]:
        objects = Console(client)
        ids = await objects.create(kind, owner.ids, another(template, before))
        try:
            return known_as(kind, ids), await applied.look(client)
        finally:
            await objects.delete(kind, ids)

    okta_id, live = applied.workspace.tenant.do(added)

    assert verdicts(applied.findings(live)) == [(Verdict.UNMANAGED, kind.name, okta_id, "")]


def chain_root(item: LiveObject) -> LiveObject:
    return chain_root(item.parent) if item.parent else item


@pytest.mark.parametrize("kind", RANKED, ids=named)
def test_a_moved_object_is_found_by_its_priority(kind: Kind, applied: Comparison, before: Snapshot):
    siblings = managed(kind, applied, before)
    siblings = [item for item in siblings if item.ids[:-1] == siblings[0].ids[:-1]]
    last = siblings[-1]

    async def moved(client: OktaClient) -> Snapshot:
        objects = Console(client)
        try:
            await objects.update(kind, last.ids, {**last.spec, "priority": siblings[0].spec["priority"]})
            return await applied.look(client)
        finally:
            for item in siblings:
                await objects.update(kind, item.ids, item.spec)

    (found,) = applied.findings(applied.workspace.tenant.do(moved))

    name = applied.name_of(kind.name, last.id)
    assert verdicts([found]) == [(Verdict.CHANGED, kind.name, name, "priority")]
    assert (found.expected, found.actual) == (len(siblings), 1)


@pytest.mark.parametrize("kind", LISTS, ids=named)
@pytest.mark.parametrize("damage", ["last removed", "reversed"])
def test_a_damaged_list_is_one_change_that_says_where(kind: Kind, damage: str, applied: Comparison, before: Snapshot):
    victim = managed(kind, applied, before)[0]
    (name, items) = next(iter(victim.spec.items()))
    damaged = items[:-1] if damage == "last removed" else items[::-1]

    async def write(client: OktaClient) -> Snapshot:
        objects = Console(client)
        try:
            await objects.update(kind, victim.ids, {name: damaged})
            return await applied.look(client)
        finally:
            await objects.update(kind, victim.ids, {name: []})
            await objects.update(kind, victim.ids, victim.spec)

    (found,) = applied.findings(applied.workspace.tenant.do(write))

    owner = applied.name_of(chain(kind)[1].name, victim.id) if kind.name != "app-group-assignments" else found.name
    assert verdicts([found]) == [(Verdict.CHANGED, kind.name, owner, name)]
    (place,) = found.differences
    if damage == "reversed":
        assert place.path == f"{name} (order)"
        assert place.actual == place.expected[::-1]
    else:
        assert place.expected is not None
        assert place.actual is None


@pytest.mark.parametrize("kind", LISTS, ids=named)
def test_a_member_added_to_a_list_is_a_change_of_the_list(kind: Kind, applied: Comparison, before: Snapshot):
    victim = managed(kind, applied, before)[0]
    (name, items) = next(iter(victim.spec.items()))
    key = kind.shape.list_key
    added_key = before.system_id(_group(), "okta-administrators") if key == "group" else "Added by hand"
    extra = {**items[0], key: added_key}

    async def write(client: OktaClient) -> Snapshot:
        objects = Console(client)
        try:
            await objects.update(kind, victim.ids, {name: [*items, extra]})
            return await applied.look(client)
        finally:
            await objects.update(kind, victim.ids, victim.spec)

    (found,) = applied.findings(applied.workspace.tenant.do(write))

    assert found.verdict is Verdict.CHANGED
    assert (found.kind, found.field) == (kind.name, name)
    (place,) = found.differences
    assert place.expected is None
    assert place.actual[key] in ("okta-administrators", "Added by hand")


def _group() -> Kind:
    return next(kind for kind in kinds() if kind.name == "group")


def test_an_unchanged_tenant_never_has_findings(applied: Comparison):
    first, second = applied.live(), applied.live()

    assert applied.findings(first) == applied.findings(second) == []
    assert {kind: len(items) for kind, items in first.objects.items()} == {
        kind: len(items) for kind, items in second.objects.items()
    }


def read_with_owner(kind: Kind) -> bool:
    return any(detail.path == kind.shape.path for detail in chain(kind)[1].details)


def test_an_orphan_is_pending(applied: Comparison):
    """It was declared once and is removed now: the next `up` deletes it, as its preview says."""
    nothing = applied.workspace.desired([])
    live = applied.workspace.tenant.read(owners=owners(StateMatch.of(nothing, applied.state)))

    findings = applied.findings(live, nothing)

    assert {found.verdict for found in findings} == {Verdict.PENDING}
    not_read = {
        key
        for key, one in applied.state.resources.items()
        if "/" in key[1] and not read_with_owner(one.kind) and (one.kind.name, one.id) not in live.by_id
    }
    assert {(found.kind, found.name) for found in findings} == set(applied.state.resources) - not_read
    assert all("no longer declared" in found.detail for found in findings)


def test_a_state_that_was_just_written_is_not_behind(applied: Comparison):
    found = behind(drift.Comparison.of(match_of(applied.reconciler.desired, applied.state, applied.live())))
    assert (dict(found.outdated), dict(found.gone), list(found.unknown)) == ({}, {}, [])
