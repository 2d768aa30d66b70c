"""What a repair changes: the fields that findings name, and deleted objects. Everything else stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.definitions.order import in_creation_order
from reconciler.definitions.references import system_names
from reconciler.drift import Comparison, Finding, Verdict
from reconciler.engine.state import Applied
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import references_in, replacing, schema
from reconciler.kinds.secret_fields import fields_with_secrets, holds_secrets
from reconciler.matching import Match

IN_STATE = frozenset({Verdict.CHANGED, Verdict.CONFLICT})
"""The verdicts on a field that was changed in the tenant."""

Fields = Mapping[Address, Collection[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """The objects to repair, and which of their fields."""

    desired: Desired
    """The definitions. For objects to create or replace: without changes that are still pending."""
    objects: Collection[Address]
    gone: Mapping[Address, Applied]
    """Deleted objects, and the objects that they owned."""
    refreshed: Mapping[Address, Applied]
    """Objects changed in the tenant. The state must have the live values before they can be changed back."""
    chosen: Fields
    """The fields to restore, of existing objects."""
    skipped: Fields
    """Fields of these objects that differ from the definitions and stay as they are."""
    drifted: Fields
    """The skipped fields that were changed in the tenant; the next `drift` must report them again."""

    @classmethod
    def of(cls, comparison: Comparison, findings: Sequence[Finding]) -> Scope:
        """The scope of these findings; for deleted objects including owned objects and references to their ids."""
        match = comparison.match
        desired = match.desired
        changed = [finding for finding in findings if finding.verdict in IN_STATE]
        missing = deleted(findings, match)
        chosen: dict[Address, set[str]] = defaultdict(set)
        for address, field in _referring(missing.keys(), match):
            chosen[address].add(field)
        for finding in changed:
            chosen[Address(finding.kind, finding.name)].add(finding.field)
        for address in set(_siblings(chosen, match)) - missing.keys():
            chosen[address].add(kind_named(address.kind).shape.rank_field)
        for address in _moved_up(missing, match) & chosen.keys():
            chosen[address].add(kind_named(address.kind).shape.rank_field)
        replaced = _replaced(chosen, match)
        for address in replaced:
            chosen.setdefault(address, set())
        skipped, drifted = _skipped(comparison.findings, chosen)
        recreated = {address: _with_live_values(address, skipped[address], match) for address in replaced} | missing
        if any(one != desired.declarations[address] for address, one in recreated.items()):
            desired = replace(desired, declarations=in_creation_order({**desired.declarations, **recreated}))
        refreshed = {Address(finding.kind, finding.name) for finding in changed} | drifted.keys()
        return cls(
            desired,
            chosen.keys() | missing.keys(),
            {address: match.applied[address] for address in missing},
            {address: match.applied[address] for address in refreshed},
            chosen,
            skipped,
            drifted,
        )


def deleted(findings: Iterable[Finding], match: Match) -> dict[Address, Declaration]:
    """The deleted objects and the objects that they owned, as applied. Objects never applied are not included."""
    found = {Address(finding.kind, finding.name) for finding in findings if finding.verdict is Verdict.MISSING}
    missing: dict[Address, Declaration] = {}
    for address, declaration in match.desired.managed.items():
        if address in match.applied and (address in found or declaration.parent in missing):
            fields = {field.name for field in schema(declaration.kind.fields)}
            missing[address] = _with(match.applied[address].spec, fields, declaration, match)
    return missing


def _siblings(chosen: Fields, match: Match) -> list[Address]:
    """The siblings of objects whose priority is restored: priorities are only correct if all are set together."""
    groups = {
        (one.kind, match.desired.declarations[one].parent)
        for one, fields in chosen.items()
        if (rank := kind_named(one.kind).shape.rank_field) and rank in fields
    }
    return [
        address
        for address, declaration in match.desired.managed.items()
        if (address.kind, declaration.parent) in groups and address in match.applied
    ]


def _moved_up(missing: Collection[Address], match: Match) -> Set[Address]:
    """The siblings of deleted objects whose declared priority was applied.

    Okta has given them the numbers of the deleted ones. An update that kept these would put them before the objects
    that are created again.
    """
    groups = {(one.kind, match.desired.declarations[one].parent) for one in missing}
    return {
        address
        for address, declaration in match.desired.managed.items()
        if declaration.kind.shape.ordered and (address.kind, declaration.parent) in groups
        if address in match.applied and address not in missing
        if declaration.kind.shape.rank(match.applied[address].spec) == declaration.kind.shape.rank(declaration.spec)
    }


def _replaced(chosen: Fields, match: Match) -> set[Address]:
    """The objects that must be replaced to restore their fields, and the objects they own."""
    replaced: set[Address] = set()
    for address, declaration in match.desired.managed.items():
        is_replaced = declaration.parent in replaced or not replacing(declaration.kind.fields).isdisjoint(
            chosen.get(address, ())
        )
        if is_replaced and address in match.applied:
            replaced.add(address)
    return replaced


def _with_live_values(address: Address, skipped: Collection[str], match: Match) -> Declaration:
    """The declaration with live values for the skipped fields: a replacement would not keep them otherwise."""
    item = match.item(address)
    declaration = match.desired.declarations[address]
    return _with(item.spec, skipped, declaration, match) if item else declaration


def _with(spec: Spec, fields: Collection[str], declaration: Declaration, match: Match) -> Declaration:
    """The declaration with these fields taken from a spec with ids, except secrets and references not in the state."""
    kind, named = declaration.kind, match.names.in_definitions(declaration.kind, spec)
    kept = {
        field.name: named[field.name]
        for field in schema(kind.fields)
        if field.name in fields and not (field.owns or holds_secrets(field))
        if not unapplied(kind, {field.name: named[field.name]}, match)
    }
    return replace(declaration, spec={**declaration.spec, **kept})


def unapplied(kind: Kind, spec: Spec, match: Match) -> list[Address]:
    """The objects that a spec refers to and that are not in the state: only `up` can create them."""
    return [
        address
        for address in sorted(Address(*reference) for reference in references_in(kind.fields, spec))
        if address not in match.applied
        and not match.desired.observes(address)
        and address.name not in system_names(address.kind)
    ]


def _referring(missing: Set[Address], match: Match) -> Iterator[tuple[Address, str]]:
    """The applied fields that refer to a missing object, if their declared references can be restored."""
    ids = {(address.kind, match.applied[address].id) for address in missing}
    for address, applied in match.applied.items() if ids else ():
        if address in missing or address not in match.desired.managed:
            continue
        declared = match.desired.declarations[address].spec
        for name, value in applied.spec.items():
            refers = not ids.isdisjoint(references_in(applied.kind.fields, {name: value}))
            if refers and not unapplied(applied.kind, {name: declared[name]}, match):
                yield address, name


def _skipped(findings: Sequence[Finding], chosen: Fields) -> tuple[Fields, Fields]:
    """The fields of the chosen objects that differ and are not chosen; and those of them that drifted.

    Secrets are always among them, because they cannot be compared; so are priorities, which depend on the siblings.
    """
    skipped = {address: _never_compared(address) - set(fields) for address, fields in chosen.items()}
    drifted: dict[Address, set[str]] = defaultdict(set)
    for finding in findings:
        address = Address(finding.kind, finding.name)
        if address in chosen and finding.field not in chosen[address]:
            skipped[address].add(finding.field)
            if finding.verdict in IN_STATE:
                drifted[address].add(finding.field)
    return skipped, drifted


def _never_compared(address: Address) -> set[str]:
    kind = kind_named(address.kind)
    return {*fields_with_secrets(kind.fields), *filter(None, [kind.shape.rank_field])}
