"""Every changed field is found, with the location of its declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.drift import Finding, Verdict
from reconciler.kinds import Kind, Spec
from reconciler.kinds.mapping import Field, schema, with_references
from reconciler.kinds.secret_fields import without_secrets
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.console import Console
from tests.e2e.tampering import FieldPath, Tampering, comparable, dotted, with_fresh
from tests.e2e.workspace import Comparison
from tests.of_kinds import all_about
from tests.specimens import bare, updated

pytestmark = pytest.mark.e2e

REFUSED = {
    ("network-zone", "type"): "Okta does not let the type of a zone be changed",
    ("oidc-app", "client_id"): "Okta does not let the client id of an app be changed",
    ("saml-app", "preconfigured_app"): "Okta does not let the catalogue entry of an app be changed",
    ("authentication-policy-rules", "rules.type"): "the other fields of a rule follow from its type",
    ("saml-app", "saml_version"): "Okta does not let the sign-on mode of an app be changed",
}
DRAGS_ALONG = {
    ("oidc-app", "refresh_token_rotation"): "refresh_token_leeway",
    ("oidc-app", "type"): "authentication_policy",
    ("global-session-policy-rule", "identity_provider"): "identity_providers",
    ("password-policy-rule", "password_reset_access_control"): "password_reset_requirement",
    ("password-policy", "breached_password_logout_enabled"): "breached_password_expire_after_days",
}
"""Fields that Okta changes along with another."""
for about in all_about().values():
    REFUSED |= {(about.kind, path): reason for path, reason in {**about.unset, **about.fixed}.items()}
    DRAGS_ALONG |= {(about.kind, path): other for path, other in about.changes_along.items()}


@dataclass(frozen=True)
class Victim:
    """An object with one changed field."""

    declaration: Declaration
    item: LiveObject
    altered: Spec


@pytest.fixture(scope="module")
def bare_desired(applied_everything: Comparison) -> Desired:
    """The same objects with no field set: applied, but not what is declared now."""
    return applied_everything.workspace.desired(bare())


def cases() -> Iterator[ParameterSet]:
    for kind in updated():
        for path in comparable(kind.fields):
            reason = REFUSED.get((kind.name, dotted(path)))
            marks = [pytest.mark.skip(reason=reason)] if reason else []
            yield pytest.param(kind, path, id=f"{kind.name}-{dotted(path)}", marks=marks)


@pytest.mark.parametrize(("kind", "path"), list(cases()))
def test_a_changed_field_is_found_with_its_verdict(
    kind: Kind, path: FieldPath, applied_everything: Comparison, before: Snapshot, bare_desired: Desired
):
    applied = applied_everything
    victims = list(_victims(kind, path, applied, before))
    assert victims, "no specimen sets this field"

    async def tampered(client: OktaClient) -> Snapshot:
        objects = Console(client)
        try:
            for victim in victims:
                await objects.update(kind, victim.item.ids, victim.altered)
            return await applied.look(client, kind)
        finally:
            for victim in victims:
                await objects.update(kind, victim.item.ids, victim.item.spec)

    live = with_fresh(before, applied.workspace.tenant.do(tampered), kind)

    findings = applied.findings(live)
    if dragged := DRAGS_ALONG.get((kind.name, dotted(path))):
        findings = [finding for finding in findings if finding.field != dragged]
    assert [(found.name, found.field) for found in findings] == [
        (victim.declaration.name, path[0].name) for victim in victims
    ]
    for finding, victim in zip(findings, victims, strict=True):
        _check(finding, victim, path, applied, before)

    changed = _with_bare(kind, applied.reconciler.desired, bare_desired)
    by_field = {(found.name, found.field): found for found in applied.findings(live, changed)}
    for victim in victims:
        address, name = victim.declaration.address, path[0].name
        declared = _shown(bare_desired.declarations[address], name)
        also_changed = by_field.get((address.name, name))
        actual = _named(victim, applied, before)[name]
        if _unordered(path[0].compared(declared, actual)) == _unordered(declared):
            assert also_changed is None, "the declared change was made by hand: nothing is left to do"
        else:
            assert also_changed is not None
            was_declared = _shown(victim.declaration, name) == declared
            assert also_changed.verdict is (Verdict.CHANGED if was_declared else Verdict.CONFLICT)
            assert also_changed.expected == declared
            assert also_changed.applied == _shown(victim.declaration, name)


def test_nothing_is_found_when_the_fields_are_restored(applied: Comparison):
    """Runs last: the tests above restored everything."""
    assert applied.findings() == []


def test_a_changed_definition_is_pending(applied: Comparison, before: Snapshot, bare_desired: Desired):
    declared = applied.reconciler.desired.declarations
    expected = {
        (address.kind, address.name, field)
        for address, declaration in bare_desired.declarations.items()
        for field in declaration.spec
        if _shown(declaration, field) != _shown(declared[address], field)
        if field != "priority" and not _field(declaration.kind, field).is_left_to_okta(declaration.spec)
        if not (_field(declaration.kind, field).unread and declaration.spec[field] is None)
    }

    findings = applied.findings(before, bare_desired)

    assert {(found.kind, found.name, found.field) for found in findings} == expected
    for found in findings:
        was = _shown(declared[Address(found.kind, found.name)], found.field)
        assert (found.verdict, found.applied, found.actual) == (Verdict.PENDING, was, was)
        assert found.inherited == (
            found.field not in bare_desired.declarations[Address(found.kind, found.name)].declared
        )


def _with_bare(kind: Kind, desired: Desired, bare: Desired) -> Desired:
    """The definitions with all optional fields of one kind left out."""
    of_kind = {address: one for address, one in bare.declarations.items() if one.kind is kind}
    return replace(desired, declarations={**desired.declarations, **of_kind})


def _field(kind: Kind, name: str) -> Field:
    return next(field for field in schema(kind.fields) if field.name == name)


def _shown(declaration: Declaration, name: str) -> Any:
    """The declared value of a field, without secrets."""
    return without_secrets(_field(declaration.kind, name), declaration.spec[name])


def _victims(kind: Kind, path: FieldPath, applied: Comparison, before: Snapshot) -> Iterator[Victim]:
    tampering = Tampering(path, before)
    for address, declaration in applied.reconciler.desired.declarations.items():
        if declaration.kind is kind and not path[0].is_left_to_okta(declaration.spec):
            item = before.by_id[kind.name, applied.state.resources[address].id]
            if altered := tampering.altered(item.spec):
                yield Victim(declaration, item, altered)


def _check(finding: Finding, victim: Victim, path: FieldPath, applied: Comparison, before: Snapshot) -> None:
    """A finding has the declared value, the actual value, and the location."""
    declaration = victim.declaration
    named = _named(victim, applied, before)
    assert finding.verdict is Verdict.CHANGED
    assert (finding.kind, finding.okta_id, finding.label) == (
        declaration.kind.name,
        victim.item.id,
        declaration.label,
    )
    assert finding.expected == finding.applied == _shown(declaration, finding.field)
    assert _unordered(finding.actual) == _unordered(
        path[0].compared(declaration.spec[finding.field], named[finding.field])
    )
    assert finding.actual != finding.expected
    assert finding.differences
    assert finding.inherited is False
    assert finding.source is not None
    stated = applied.workspace.line(finding.source).strip().removeprefix("- ").partition(":")[0]
    assert stated in {"login", "role", *(field.name for field in path)}, (
        f"nothing of {dotted(path)} stands at {finding.source}"
    )


def _named(victim: Victim, applied: Comparison, before: Snapshot) -> Spec:
    names = partial(applied.name_of, live=before)  # reading the tenant for each name would take long
    return with_references(victim.declaration.kind.fields, victim.altered, names)


def _unordered(value: Any) -> Any:
    """The value with sorted lists: ids and names sort differently."""
    if isinstance(value, Mapping):
        return {name: _unordered(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=repr)
    return value
