"""The severity of findings, from the risks that their kinds declare.

The severity is that of the most severe rule that applies. If no rule applies, it depends on the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Protocol

from reconciler.drift.findings import Finding, Verdict
from reconciler.kinds import Kind, Part, kind_named, kinds, risks_of
from reconciler.kinds.entries import entry_model, inside_entry, is_entry, key_field, list_field
from reconciler.kinds.mapping import Field, Vocabulary, decoded, schema, with_references
from reconciler.kinds.risks import Change, KnownObject, Occurrence, OtherObjects, Rule, Severity
from reconciler.kinds.threats import RULES as RULES_OF_KINDS
from reconciler.okta.malformed import MALFORMED
from reconciler.watched import RULES_OF_ROWS, row_of_word, rows_of

__all__ = ["RULES", "EmptyView", "Rule", "View", "rate", "rated"]

RULES = (*RULES_OF_KINDS, *RULES_OF_ROWS)
"""All rules, in display order."""
_BY_VERDICT = {
    Verdict.CHANGED: Severity.MEDIUM,
    Verdict.MISSING: Severity.HIGH,
    Verdict.UNMANAGED: Severity.MEDIUM,
    Verdict.PENDING: Severity.INFO,
    Verdict.CONFLICT: Severity.HIGH,
    Verdict.UNREADABLE: Severity.MEDIUM,
    Verdict.BEYOND: Severity.LOW,
    Verdict.EXPIRED: Severity.LOW,
}
_OCCURRENCES = {
    Verdict.CHANGED: Occurrence.CHANGED,
    Verdict.CONFLICT: Occurrence.CHANGED,
    Verdict.BEYOND: Occurrence.CHANGED,
    Verdict.MISSING: Occurrence.GONE,
    Verdict.UNMANAGED: Occurrence.APPEARED,
}
"""What happened in the tenant. The other verdicts are not about changes in the tenant."""
_KINDS = frozenset(kind.name for kind in kinds())
_RISKS_OF_OTHERS = {kind.shape.others: kind.risks_of_others for kind in kinds() if kind.risks_of_others}
"""The risks of items of lists that are of no kind, by their word."""


class View(OtherObjects, Protocol):
    """The objects that findings are about, and the objects around them."""

    def about(self, finding: Finding) -> KnownObject:
        """The object of a finding."""

    def name_of(self, kind: str, identity: str) -> str:
        """The name of an object in definitions."""


class EmptyView:
    """A view without objects: only the findings themselves are known."""

    def about(self, finding: Finding) -> KnownObject:
        """An object with only its name."""
        return KnownObject(finding.name or finding.label)

    def name_of(self, kind: str, identity: str) -> str:
        """Its id."""
        return identity

    def named(self, kind: str, name: str) -> KnownObject | None:
        """None: no object is known."""
        return None

    def restricts(self, kind: str, name: str) -> bool:
        """False: no object is known."""
        return False


def rated(findings: Iterable[Finding], view: View) -> list[Finding]:
    """The findings, each with its severity and the rules that apply to it."""
    return [rate(finding, view) for finding in findings]


def rate(finding: Finding, view: View | None = None) -> Finding:
    """The finding with its severity and the rules that apply to it."""
    held = _rules(finding, view or EmptyView())
    severity = _BY_VERDICT[finding.verdict]
    if finding.verdict is Verdict.BEYOND and not finding.field:
        severity = Severity.MEDIUM  # the whole object was added or removed
    if finding.inherited and finding.verdict is Verdict.CHANGED:
        severity = severity.less
    return replace(
        finding,
        severity=max([severity, *(rule.severity for rule in held)]),
        rules=tuple(rule.id for rule in held),
    )


def _rules(finding: Finding, view: View) -> list[Rule]:
    """The rules that apply, in display order."""
    occurrence = _occurrence(finding)
    row = row_of_word(finding.kind)
    held: set[Rule] = set()
    if occurrence and (others := row.all_risks if row else _RISKS_OF_OTHERS.get(finding.kind)):
        change = Change(view.about(finding), view, finding.field, finding.expected, finding.actual)
        held.update(risk.rule for risk in others if risk.is_about(occurrence, finding.field) and risk.when(change))
        return [rule for rule in RULES if rule in held]
    if occurrence is None or finding.kind not in _KINDS:
        return []
    if not finding.name and (finding.verdict is Verdict.BEYOND or finding.new):
        change = Change(view.about(finding), view, finding.field, finding.expected, finding.actual)
        of_rows = (risk for row in rows_of(kind_named(finding.kind)) for risk in row.all_risks)
        held.update(risk.rule for risk in of_rows if risk.is_about(occurrence, finding.field) and risk.when(change))
    for model, field, expected, actual in _readings(finding, view):
        risks = [risk for risk in risks_of(model) if risk.is_about(occurrence, field)]
        if risks:
            change = Change(view.about(finding), view, field, expected, actual)
            held.update(risk.rule for risk in risks if risk.when(change))
    return [rule for rule in RULES if rule in held]


def _occurrence(finding: Finding) -> Occurrence | None:
    """What happened in the tenant. An object that Okta created can also be added or removed."""
    if finding.verdict is Verdict.BEYOND and not finding.field:
        return Occurrence.APPEARED if finding.expected is None else Occurrence.GONE
    return _OCCURRENCES.get(finding.verdict)


_Reading = tuple[type[Part], str, Any, Any]
"""The model whose risks apply, the field, and its expected and actual value."""


def _readings(finding: Finding, view: View) -> Iterator[_Reading]:
    """The finding itself. If it is about a path of the API that a field covers, also a reading about that field.

    The same risks apply to objects that Okta created as to declared ones.
    """
    kind = kind_named(finding.kind)
    yield kind.fields, finding.field, finding.expected, finding.actual
    if finding.verdict is not Verdict.BEYOND:
        return
    key = key_field(kind)
    if key and is_entry(kind, finding.field):
        yield _entry(kind, key, finding, view)
        return
    model, path = _model_and_path(kind, finding.field)
    field, below = _field_at(model, path)
    if field is None:
        return
    try:
        values = [_in_definitions(model, field, below, one, view) for one in (finding.expected, finding.actual)]
    except MALFORMED:  # an object that Okta created can have a shape that the kind does not support
        return
    yield model, field.name, *values


def _entry(kind: Kind, key: Field, finding: Finding, view: View) -> _Reading:
    """A finding about the list for an added or removed item, with only the key of the item."""
    value = finding.field.partition("[")[2][:-1]
    item = {key.name: view.name_of(key.ref.kinds[0], value) if key.ref else value}
    before, now = ([] if value is None else [item] for value in (finding.expected, finding.actual))
    return kind.fields, f"{list_field(kind)}[]", before, now


def _model_and_path(kind: Kind, path: str) -> tuple[type[Part], str]:
    """The model that a path leads through. For `rules[Contractors].conditions`, that of an item of the list."""
    _, inside = inside_entry(kind, path)
    return (entry_model(kind), inside) if inside else (kind.fields, path)


def _field_at(model: type[Part], path: str) -> tuple[Field | None, list[str]]:
    """The field that contains a path of the API, and the rest of the path."""
    fields, parts = _by_path(model), path.split(".")
    for length in range(len(parts), 0, -1):
        field = fields.get(".".join(parts[:length]))
        if field is not None and (length == len(parts) or (field.part and field.shape == "one")):
            return field, parts[length:]
    return None, []


@cache
def _by_path(model: type[Part]) -> dict[str, Field]:
    fields = (field for field in schema(model) if Vocabulary.API in field.places and field.comparable)
    return {field.path: field for field in fields}


def _in_definitions(model: type[Part], field: Field, below: list[str], value: Any, view: View) -> Any:
    for key in reversed(below):
        value = {key: value}
    spec = with_references(model, {field.name: decoded(field, value)}, view.name_of)
    return spec[field.name]
