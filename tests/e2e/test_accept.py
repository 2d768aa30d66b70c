"""Accept edits the definitions to match any change in the tenant, and changes nothing there that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest

from reconciler.definitions.model import Address, Declaration
from reconciler.definitions.references import references
from reconciler.definitions.validation import validate
from reconciler.kinds import Kind, Part, Spec, kinds
from reconciler.kinds.mapping import schema, with_references
from reconciler.kinds.people import USER
from reconciler.kinds.secret_fields import fields_with_secrets, keeping_secrets, with_required_secrets
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.console import Console
from tests.e2e.tampering import Tampering, another, comparable, decides_what_it_is, known_as
from tests.e2e.test_repair import alter_all, deepest_first, live_object
from tests.e2e.workspace import Outcome, StartTenant, Workspace
from tests.specimens import everything, updated

pytestmark = pytest.mark.e2e


@pytest.fixture
def workspace(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with start_tenant() as tenant:
        workspace = Workspace(tmp_path_factory.mktemp("accepting"), tenant)
        workspace.declare_by_kind(everything())
        workspace.up()
        yield workspace


def accept(workspace: Workspace, *findings: str) -> Outcome:
    """Accept, and check that no request changes the tenant."""
    workspace.tenant.clear_stats()
    outcome = workspace.expect(0, "accept", "--yes", *findings)
    changing = {key: count for key, count in workspace.tenant.stats().items() if key[0] not in ("GET", "HEAD")}
    assert {key for key in changing if not key[1].startswith("/_sandbox")} == set()
    return outcome


def altered(item: LiveObject, declaration: Declaration, live: Snapshot) -> Spec:
    """A spec with a different value in every field, as far as definitions can express it."""
    spec = item.spec
    for path in comparable(item.kind.fields):
        if not decides_what_it_is(item.kind, path):
            other = Tampering(path, live).altered(spec)
            if other and validate(
                item.kind.fields, _stated(declaration, other, live.people.logins), ("", 0, 0), "", []
            ):
                spec = other
    return spec


def _stated(declaration: Declaration, spec: Spec, logins: Mapping[str, str]) -> Spec:
    """The spec as declared: with the secrets of the definition, and with logins of users."""
    fields = {field.name for field in schema(declaration.kind.fields) if not field.owns}
    named = with_references(declaration.kind.fields, spec, lambda kind, known: logins[known] if kind == USER else known)
    stated = keeping_secrets(declaration.kind.fields, named, declaration.spec)
    return {name: value for name, value in stated.items() if name in fields}


def test_changed_fields_and_priorities_of_every_kind_are_accepted(workspace: Workspace):
    comparison = workspace.comparison()
    live = comparison.live()

    workspace.tenant.do(partial(alter_all, comparison, live, altered))
    assert {found.kind for found in comparison.findings()} == {kind.name for kind in updated()}

    accept(workspace)

    workspace.expect_settled()
    assert workspace.comparison().live().objects.keys() == live.objects.keys()


def unused(declarations: Sequence[Declaration]) -> Iterator[Declaration]:
    """The last object of each kind that can be deleted and that no remaining one refers to, the innermost first.

    Whole lists go with their owners: some must not be empty.
    """
    deleted: list[Declaration] = []
    deletable = _deletable()
    for kind in deepest_first():
        used = {
            target
            for one in declarations
            if not any(_is_of(one, gone) for gone in deleted)
            for _, target in references(one)
        }
        of_kind = [one for one in declarations if one.kind is kind and kind in deletable]
        if free := [one for one in of_kind if one.address not in used]:
            deleted.append(free[-1])
            yield free[-1]


def _deletable() -> list[Kind]:
    return [kind for kind in kinds() if kind.shape.deletable and not kind.shape.part_of_owner]


def _is_of(declaration: Declaration, owner: Declaration) -> bool:
    """Whether a declaration is another one or belongs to it."""
    return declaration is owner or declaration.name.startswith(f"{owner.name}/")


def test_deleted_objects_of_every_kind_are_accepted(workspace: Workspace):
    comparison = workspace.comparison()
    live = comparison.live()
    declarations = list(comparison.reconciler.desired.declarations.values())
    chosen = list(unused(declarations))
    kept = {kind.name for kind in _deletable()} - {one.kind.name for one in chosen}
    assert kept <= {one.kind.name for one in declarations if one.address in _referred_to(declarations)}

    async def delete(client: OktaClient) -> None:
        for one in chosen:
            await Console(client).delete(one.kind, live_object(comparison, one, live).ids)

    workspace.tenant.do(delete)

    accept(workspace)

    workspace.expect_settled()

    used = _referred_to([one for one in declarations if one not in chosen])
    pushed = _referred_to([one for one in declarations if one.kind.name == "push-group"])  # Okta keeps these
    group = next(one for one in declarations if one.kind.name == "group" and one.address in used - pushed)
    ids = live_object(comparison, group, live).ids
    workspace.tenant.do(lambda client: Console(client).delete(group.kind, ids))
    refused = workspace.expect(4, "accept", "--yes", f"group {group.name}")
    assert f"group {group.name} is not declared" in refused.err  # a rule would have another meaning without it
    assert str(workspace.definitions) in refused.err


def _referred_to(declarations: Sequence[Declaration]) -> set[Address]:
    return {target for one in declarations for _, target in references(one)}


def secret_paths(model: type[Part]) -> Iterator[str]:
    """The dotted paths of the secret fields of a model."""
    for field in schema(model):
        if field.secret:
            yield field.name
        elif field.part and field.name in fields_with_secrets(model):
            yield from (f"{field.name}.{inner}" for inner in secret_paths(field.part))


def is_taken_over(kind: Kind, spec: Spec, live: Snapshot) -> bool:
    """Whether an object exists that would be changed instead of creating another one."""
    return any(kind.provider.takes_over(spec, kind.read_api(dict(one.json))) for one in live.objects[kind.name])


def test_added_objects_of_every_kind_are_accepted(workspace: Workspace):
    comparison = workspace.comparison()
    live = comparison.live()
    added: list[str] = []

    async def add(client: OktaClient) -> None:
        for kind in kinds():
            if kind.shape.creatable and kind.shape.deletable and not kind.shape.part_of_owner:
                declarations = comparison.reconciler.desired.declarations.values()
                item = live_object(comparison, [one for one in declarations if one.kind is kind][-1], live)
                spec = another(item, live, f"Added {kind.name.replace('-', ' ')}")
                spec = with_required_secrets(kind.fields, spec, lambda path: "the value in Okta")
                added.append(known_as(kind, await Console(client).create(kind, item.ids[:-1], spec)))

    workspace.tenant.do(add)
    assert {found.okta_id for found in comparison.findings()} == set(added)
    secrets = {
        re.sub(r"\W", "_", f"added_{kind.name}_{path}").upper(): "the value in Okta"
        for kind in kinds()
        for path in secret_paths(kind.fields)
    }
    workspace = replace(workspace, secrets={**workspace.secrets, **secrets})

    before = {key: item.spec for key, item in comparison.live().by_id.items()}
    workspace.tenant.clear_stats()
    workspace.expect(0, "accept", "--yes")
    assert {method for method, _ in workspace.tenant.writes()} <= {"PUT"}, "sets what Okta does not return"
    now = {key: item.spec for key, item in comparison.live().by_id.items()}
    assert {key: (spec, now.get(key)) for key, spec in before.items() if spec != now.get(key)} == {}

    workspace.expect_settled()
    assert set(added) <= {applied.id for applied in workspace.comparison().state.resources.values()}
