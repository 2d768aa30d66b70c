"""Repair restores every kind after any change in the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from reconciler.definitions.model import Address, Declaration
from reconciler.definitions.references import references
from reconciler.drift import Finding, Verdict
from reconciler.kinds import Kind, Spec, chain, kinds, relations
from reconciler.kinds.fields import OnDelete
from reconciler.kinds.secret_fields import with_required_secrets
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.console import Console
from tests.e2e.tampering import Tampering, another, comparable, decides_what_it_is, known_as
from tests.e2e.workspace import Comparison, StartTenant, Workspace
from tests.specimens import everything, updated

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def workspace(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Objects of every kind, for the tests of this module to change and repair."""
    with start_tenant() as tenant:
        workspace = Workspace(tmp_path_factory.mktemp("broken"), tenant)
        workspace.declare(everything())
        yield workspace


@pytest.fixture
def comparison(workspace: Workspace) -> Comparison:
    """The definitions applied again, so that tests do not depend on each other."""
    workspace.up()
    comparison = workspace.comparison()
    assert comparison.findings() == []
    return comparison


def live_object(comparison: Comparison, declaration: Declaration, live: Snapshot) -> LiveObject:
    return live.by_id[declaration.kind.name, comparison.state.resources[declaration.address].id]


async def delete(item: LiveObject, client: OktaClient) -> None:
    await Console(client).delete(item.kind, item.ids, item.spec)


def deepest_first() -> list[Kind]:
    return sorted(kinds(), key=lambda kind: -len(chain(kind)) - bool(kind.owned_by))


def test_repair_creates_deleted_objects_again(workspace: Workspace, comparison: Comparison):
    tenant, live = workspace.tenant, comparison.live()
    declarations = comparison.reconciler.desired.declarations.values()
    missing: set[tuple[str, str]] = set()
    in_use = {target for one in declarations if not one.kind.shape.deletable for _, target in references(one)}
    in_use |= {
        Address(one.kind, one.token)
        for declaration in declarations
        for one in relations.references(declaration.kind.fields, declaration.spec)
        if one.relates.on_delete in (OnDelete.REFUSED, OnDelete.KEEPS_ONE)
    }
    for kind in deepest_first():
        of_kind = (one for one in declarations if one.kind is kind and one.address not in in_use)
        declaration = next(of_kind, None)
        if declaration is None or not kind.shape.deletable:
            continue
        item = live_object(comparison, declaration, live)
        tenant.do(partial(delete, item))
        if not kind.shape.part_of_owner:
            missing -= {name for name in missing if name[1].startswith(f"{declaration.name}/")}
            missing.add(declaration.address)
        missing |= {one.address for one in declarations if one.owner_reference == declaration.address}

        findings = comparison.findings()

        assert {(found.kind, found.name) for found in findings if found.verdict is Verdict.MISSING} == missing
        gone = next(found for found in findings if (found.kind, found.name) == declaration.address)
        if kind.shape.part_of_owner:
            assert (gone.verdict, gone.actual) == (Verdict.CHANGED, [])
        else:
            owned = sum(one.parent == declaration.address for one in declarations)
            assert gone.source == declaration.source
            assert (f"({owned})" in gone.detail) == bool(owned)
        assert {found.verdict for found in findings} <= {Verdict.MISSING, Verdict.CHANGED}

    workspace.expect(0, "repair", "--yes")

    workspace.expect_settled()


def test_repair_restores_every_field_and_priority(workspace: Workspace, comparison: Comparison):
    workspace.tenant.do(partial(alter_all, comparison, comparison.live(), everything_altered))
    findings = comparison.findings()
    assert {found.kind for found in findings} == {kind.name for kind in updated()}
    assert {found.verdict for found in findings} == {Verdict.CHANGED}

    workspace.expect(0, "repair", "--yes")

    workspace.expect_settled()


async def alter_all(
    comparison: Comparison,
    live: Snapshot,
    altered: Callable[[LiveObject, Declaration, Snapshot], Spec],
    client: OktaClient,
) -> None:
    """Change every declared object, and move the last of each group of siblings to the first place."""
    objects, changeable = Console(client), set(updated())
    for declaration in comparison.reconciler.desired.declarations.values():
        item = live_object(comparison, declaration, live)
        if item.kind in changeable:
            await objects.update(item.kind, item.ids, altered(item, declaration, live))
    for siblings in ranked(comparison, live):
        await objects.update(siblings[-1].kind, siblings[-1].ids, {**siblings[-1].spec, "priority": 1})


def everything_altered(item: LiveObject, declaration: Declaration, live: Snapshot) -> Spec:
    """A spec with a different value in every field that the definition sets, as far as Okta accepts it."""
    spec = item.spec
    for path in comparable(item.kind.fields):
        if path[0].is_left_to_okta(declaration.spec):
            continue
        if decides_what_it_is(item.kind, path) or path[0].name in (
            "grant_types",
            "network_includes",
            "network_excludes",
        ):
            continue
        spec = Tampering(path, live).altered(spec) or spec
    return spec


def ranked(comparison: Comparison, live: Snapshot) -> Iterator[list[LiveObject]]:
    groups: dict[tuple[str, object], list[LiveObject]] = {}
    for declaration in comparison.reconciler.desired.declarations.values():
        if declaration.kind.shape.ordered:
            key = declaration.kind.name, declaration.parent
            groups.setdefault(key, []).append(live_object(comparison, declaration, live))
    yield from groups.values()


def test_repair_deletes_unmanaged_objects_only_with_remove_unmanaged(workspace: Workspace, comparison: Comparison):
    tenant, live = workspace.tenant, comparison.live()
    added: list[str] = []

    async def add(client: OktaClient) -> None:
        objects = Console(client)
        for kind in kinds():
            if kind.shape.creatable and kind.shape.deletable and not kind.shape.part_of_owner:
                declaration = next(
                    one for one in comparison.reconciler.desired.declarations.values() if one.kind is kind
                )
                item = live_object(comparison, declaration, live)
                spec = another(item, live, f"Added {kind.name.replace('-', ' ')}")
                spec = with_required_secrets(kind.fields, spec, lambda _: "the value in Okta")
                added.append(known_as(kind, await objects.create(kind, item.ids[:-1], spec)))

    tenant.do(add)
    assert verdicts(comparison.findings()) == {Verdict.UNMANAGED}

    workspace.expect(0, "repair", "--yes")
    assert {found.okta_id for found in comparison.findings()} == set(added)

    workspace.expect(0, "repair", "--yes", "--remove-unmanaged")
    workspace.expect_settled()
    assert comparison.live().objects.keys() == live.objects.keys()
    assert sorted(comparison.live().by_id) == sorted(live.by_id)


def verdicts(findings: list[Finding]) -> set[Verdict]:
    return {found.verdict for found in findings}
