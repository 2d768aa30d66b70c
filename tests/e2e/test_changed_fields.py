"""Whatever field somebody changes in the tenant, the comparison finds that one, and says where it is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from reconciler.definitions.model import Declaration
from reconciler.drift import Finding, Verdict
from reconciler.kinds import Kind, Spec, kinds
from reconciler.kinds.mapping import with_references
from reconciler.okta.client import OktaClient
from reconciler.okta.objects import Objects
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.e2e.tampering import FieldPath, Tampering, comparable, dotted
from tests.e2e.workspace import Comparison, Workspace
from tests.specimens import everything

pytestmark = pytest.mark.e2e

REFUSED = {
    ("network-zone", "type"): "Okta does not let the type of a zone be changed",
    ("authentication-policy-rules", "rules.type"): "there is only one way of choosing factors that can be declared",
}
DRAGS_ALONG = {("oidc-app", "refresh_token_rotation"): "refresh_token_leeway"}
"""Fields that Okta changes with another."""


@dataclass(frozen=True)
class Victim:
    """An object of which somebody changes one field."""

    declaration: Declaration
    item: LiveObject
    altered: Spec


@pytest.fixture(scope="module")
def applied(own_workspace: Workspace) -> Comparison:
    """Everything, with every field set, applied and settled."""
    own_workspace.declare(everything())
    own_workspace.up()
    comparison = own_workspace.comparison()
    assert comparison.findings() == []
    return comparison


@pytest.fixture(scope="module")
def before(applied: Comparison) -> Snapshot:
    return applied.live()


def cases() -> Iterator[ParameterSet]:
    for kind in kinds():
        for path in comparable(kind):
            reason = REFUSED.get((kind.kind, dotted(path)))
            marks = [pytest.mark.skip(reason=reason)] if reason else []
            yield pytest.param(kind, path, id=f"{kind.kind}-{dotted(path)}", marks=marks)


@pytest.mark.parametrize(("kind", "path"), list(cases()))
def test_a_changed_field_is_found_as_what_it_is(
    kind: type[Kind], path: FieldPath, applied: Comparison, before: Snapshot
):
    victims = list(_victims(kind, path, applied, before))
    assert victims, "no specimen sets this field"

    async def tampered(client: OktaClient) -> Snapshot:
        objects = Objects(client)
        try:
            for victim in victims:
                await objects.update(kind, victim.item.ids, victim.altered)
            return await applied.look(client)
        finally:
            for victim in victims:
                await objects.update(kind, victim.item.ids, victim.item.spec)

    findings = applied.findings(applied.workspace.tenant.do(tampered))

    if dragged := DRAGS_ALONG.get((kind.kind, dotted(path))):
        findings = [finding for finding in findings if finding.field != dragged]
    assert [(found.name, found.field) for found in findings] == [
        (victim.declaration.name, path[0].name) for victim in victims
    ]
    for finding, victim in zip(findings, victims, strict=True):
        _check(finding, victim, path, applied)


def test_all_is_as_it_was_when_the_fields_are_put_back(applied: Comparison):
    """Runs last: what the tests above put back is what was there."""
    assert applied.findings() == []


def _victims(kind: type[Kind], path: FieldPath, applied: Comparison, before: Snapshot) -> Iterator[Victim]:
    tampering = Tampering(path, before)
    for address, declaration in applied.reconciler.desired.declarations.items():
        if declaration.kind is kind:
            item = before.by_id[kind.kind, applied.state.resources[address].id]
            if altered := tampering.altered(item.spec):
                yield Victim(declaration, item, altered)


def _check(finding: Finding, victim: Victim, path: FieldPath, applied: Comparison) -> None:
    """A finding says what is declared, what is there instead, and where to look."""
    declaration = victim.declaration
    named = with_references(declaration.kind, victim.altered, applied.name_of)
    assert finding.verdict is Verdict.CHANGED
    assert (finding.kind, finding.okta_id, finding.label) == (
        declaration.kind.kind,
        victim.item.id,
        declaration.label,
    )
    assert finding.expected == finding.applied == declaration.spec[finding.field]
    assert _unordered(finding.actual) == _unordered(named[finding.field])
    assert finding.actual != finding.expected
    assert finding.differences
    assert finding.inherited is False
    assert finding.source is not None
    stated = applied.workspace.line(finding.source).strip().removeprefix("- ").partition(":")[0]
    assert stated in {"role", *(field.name for field in path)}, f"nothing of {dotted(path)} stands at {finding.source}"


def _unordered(value: Any) -> Any:
    """The value, with lists of names in one order: ids and names do not sort alike."""
    if isinstance(value, Mapping):
        return {name: _unordered(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=repr)
    return value
