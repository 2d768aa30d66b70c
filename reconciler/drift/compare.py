"""The three-way comparison: declared (YAML), applied (Pulumi's state) and live (the tenant).

References are translated to the names that definitions use, and fields are compared one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from reconciler.definitions.model import Address, Declaration
from reconciler.drift.differences import common_path, differences
from reconciler.drift.findings import Finding, Verdict
from reconciler.drift.order import Position, misplaced
from reconciler.drift.people import departed
from reconciler.drift.undeclared import undeclared
from reconciler.engine.state import Applied
from reconciler.kinds import Kind, Spec
from reconciler.kinds.entries import entry_keys, key_field
from reconciler.kinds.mapping import Field, schema
from reconciler.kinds.secret_fields import kept_secrets, secrets_in, without_secrets
from reconciler.matching import Match, Names
from reconciler.okta.snapshot import LiveObject, has_unknown_details


def compare(match: Match) -> list[Finding]:
    """Everything that is not as declared, in the order of the definitions. Unmanaged objects come last."""
    return list(_Comparison(match).findings())


@dataclass(frozen=True, slots=True)
class Overwritten:
    """What an `up` overwrites in an object, which the state alone does not show."""

    fields: frozenset[str]
    """The fields that are not as declared, secrets included."""
    drifted: frozenset[str]
    """Those of them that were changed in the tenant since they were applied."""
    lost: tuple[str, ...]
    """The items of a whole list that are not declared and that no `up` has added."""


def overwritten(match: Match, addresses: Iterable[Address]) -> dict[Address, Overwritten]:
    """What an `up` overwrites in these objects, which are in the state or about to be imported."""
    comparison = _Comparison(match)
    ranks = {} if match.imports else comparison.ranks()
    return {address: comparison.overwritten(match.desired.declarations[address], ranks) for address in addresses}


def undeclared_items(
    names: Names, item: LiveObject, declared: Declaration | None, applied: Applied | None
) -> tuple[str, ...]:
    """The keys of the items of a whole list that are neither declared nor applied, as definitions name them."""
    kind = item.kind
    if key_field(kind) is None:
        return ()
    known = {*entry_keys(kind, declared.spec if declared else None)}
    known.update(entry_keys(kind, names.in_definitions(kind, applied.spec) if applied else None))
    return tuple(key for key in entry_keys(kind, names.in_definitions(kind, item.spec)) if key not in known)


_OBSERVED = "only observed here: `repair` skips it"
_WITHOUT_STATE = "there is no state: this may also be an edit that is not applied yet"
_TO_IMPORT = "not in the state: the next `up` imports the object and sets the declared value"


Ranks = Mapping[Address, Position]
"""The positions of the objects that must move among their siblings."""


class _Comparison:
    def __init__(self, match: Match) -> None:
        self._match = match
        self._desired = match.desired
        self._live = match.live
        self._names = match.names
        self._unreadable = {(gap.kind.name, gap.owner_id) for gap in match.live.unreadable}
        self._unread_parts = {(gap.kind.name, gap.owner_id, gap.part) for gap in match.live.unreadable if gap.part}
        self._has_state = bool(match.state.resources)

    def findings(self) -> Iterator[Finding]:
        missing: set[Address] = set()
        ranks = self.ranks()
        for address, declaration in self._desired.declarations.items():
            identity = self._match.ids.get(address, "")
            if not identity and not self._desired.observes(address):
                yield self._not_applied(declaration)
                item = self._live.by_id.get((address.kind, self._match.unapplied.get(address, "")))
                if item is not None:
                    yield from self._fields(declaration, item, ranks)
                continue
            item = self._live.by_id.get((address.kind, identity))
            if item is not None:
                yield from self._fields(declaration, item, ranks)
            elif not self._is_unreadable(declaration):
                missing.add(address)
                if declaration.parent not in missing:
                    yield self._missing(declaration, identity)
        yield from undeclared(self._match)

    def overwritten(self, declaration: Declaration, ranks: Ranks) -> Overwritten:
        """What an `up` overwrites in an existing object.

        Secrets cannot be compared, so they always count; but the object is not replaced only to send one.
        """
        kind = declaration.kind
        item = self._live.by_id[kind.name, self._match.ids[declaration.address]]
        secrets = {path.partition(".")[0] for path, _ in secrets_in(kind.fields, declaration.spec)}
        findings = list(self._fields(declaration, item, ranks))
        differing = {finding.field for finding in findings}
        secrets -= kept_secrets(kind.fields, differing)
        applied = self._match.applied.get(declaration.address)
        return Overwritten(
            frozenset(differing | secrets),
            frozenset(finding.field for finding in findings if finding.verdict is not Verdict.PENDING),
            undeclared_items(self._names, item, declaration, applied),
        )

    def _not_applied(self, declaration: Declaration) -> Finding:
        there = self._match.unapplied.get(declaration.address)
        unknown = departed(self._names, declaration.kind, declaration.spec, {})
        return Finding(
            Verdict.PENDING,
            declaration.kind.name,
            declaration.name,
            declaration.label,
            okta_id=there or "",
            source=declaration.source,
            detail="declared, not applied yet"
            + ("; an object with this name exists: the next `up` imports it" if there else "")
            + (f"; {unknown}" if unknown else ""),
        )

    def _missing(self, declaration: Declaration, identity: str) -> Finding:
        owned = sum(other.parent == declaration.address for other in self._desired.declarations.values())
        return Finding(
            Verdict.MISSING,
            declaration.kind.name,
            declaration.name,
            declaration.label,
            okta_id=identity,
            source=declaration.source,
            detail=("deleted in the tenant" if identity else "not in the tenant")
            + (f", with the objects it owned ({owned})" if owned else "")
            + (f"; {_OBSERVED}" if self._desired.observes(declaration.address) else ""),
        )

    def _fields(self, declaration: Declaration, item: LiveObject, ranks: Ranks) -> Iterator[Finding]:
        kind = declaration.kind
        expected = declaration.spec
        by_id = item.spec
        actual = self._names.in_definitions(kind, by_id)
        observed = self._desired.observes(declaration.address)
        applied_object = self._match.applied.get(declaration.address)
        applied: Spec | None = expected if observed else None
        is_unapplied = not observed and applied_object is None
        detail = _OBSERVED if observed else ""
        if is_unapplied:
            detail = _TO_IMPORT if self._has_state else _WITHOUT_STATE
        for field in schema(kind.fields):
            if field.owns or field.secret:
                continue
            part = field.sub_list.path if field.sub_list else field.path if field.comparable else ""
            if (kind.name, item.id, part) in self._unread_parts:
                continue
            want = without_secrets(field, expected.get(field.name))
            if field.unread:  # the tenant does not have it: what was applied counts as unchanged
                if want is None or applied_object is None or observed:
                    continue
                applied = applied or self._names.in_definitions(kind, applied_object.spec)
                actual[field.name] = applied.get(field.name)
            have = field.compared(want, actual.get(field.name))
            is_priority = field.name == kind.shape.rank_field
            if declaration.address not in ranks if is_priority else want == have:
                continue
            if self._is_as_applied(field, applied_object, kind, by_id.get(field.name)):
                continue
            if applied is None:
                applied = self._names.in_definitions(kind, applied_object.spec) if applied_object else {}
            encrypted = applied_object is not None and field.name in applied_object.encrypted
            last = want if encrypted else field.compared(want, without_secrets(field, applied.get(field.name)))
            verdict = self._verdict(want, last, have)
            if verdict is Verdict.PENDING and self._names.refers_to_nothing(kind, {field.name: by_id[field.name]}):
                verdict = self._verdict(want, last, None)  # a referenced object was deleted
            users = departed(self._names, kind, {field.name: want}, {field.name: by_id.get(field.name)})
            if verdict is Verdict.PENDING and self._names.unknown_logins(kind, {field.name: want}):
                verdict = Verdict.CHANGED  # a user was deleted, or got another login
            if is_priority:
                position = ranks[declaration.address]
                want, last, have, verdict = position.declared, position.applied, position.live, position.verdict
            if is_unapplied:
                last, verdict = None, Verdict.PENDING if self._has_state else Verdict.CHANGED
            inherited = field.name not in declaration.declared
            found = differences(field, want, have)
            yield Finding(
                verdict,
                kind.name,
                declaration.name,
                declaration.label,
                okta_id=item.id,
                field=field.name,
                expected=want,
                applied=last,
                actual=have,
                inherited=inherited,
                differences=found,
                source=declaration.where(common_path(field, want, found)),
                detail="; ".join(filter(None, (detail, users))),
            )

    def _is_as_applied(self, field: Field, applied: Applied | None, kind: Kind, by_id: Any) -> bool:
        """Whether a field refers to objects without a known name (their kind could not be read), but is as applied.

        True if it was never applied, because it cannot be compared then.
        """
        is_unnamed = self._names.refers_to_unnamed(kind, {field.name: by_id})
        return is_unnamed and (applied is None or by_id == applied.spec.get(field.name))

    @staticmethod
    def _verdict(declared: Any, applied: Any, live: Any) -> Verdict:
        if applied == live:
            return Verdict.PENDING
        return Verdict.CHANGED if applied == declared else Verdict.CONFLICT

    def ranks(self) -> Ranks:
        """The positions of the objects that must move among their siblings.

        Objects that have the same priority in the tenant are taken to be in the wrong order: Okta may choose any.
        """
        siblings: dict[tuple[str, Address | None], list[tuple[Address, int, int, int]]] = defaultdict(list)
        for address, declaration in self._desired.declarations.items():
            identity = self._match.ids.get(address, "")
            if not self._has_state:
                identity = identity or self._match.unapplied.get(address, "")
            item = self._live.by_id.get((address.kind, identity))
            if declaration.kind.shape.ordered and item is not None:
                is_known = self._has_state and not self._desired.observes(address)
                applied = self._match.applied.get(address) if is_known else declaration
                rank = declaration.kind.shape.rank
                place = (address, rank(declaration.spec), rank(applied.spec) if applied else 0, item.rank)
                siblings[address.kind, declaration.parent].append(place)
        ranks: dict[Address, Position] = {}
        for places in siblings.values():
            declared, before = ([one[0] for one in sorted(places, key=itemgetter(each))] for each in (1, 2))
            now = [one[0] for one in sorted(places, key=lambda place: (place[3], -place[1]))]
            ranks |= misplaced(declared, before, now)
        return ranks

    def _is_unreadable(self, declaration: Declaration) -> bool:
        above: Declaration | None = declaration
        owner_read_from = declaration.owner_reference
        if owner_read_from and (owner_read_from.kind, None) in self._unreadable:
            return True
        while above is not None:
            owner_id = self._match.ids.get(above.parent) if above.parent else None
            if (above.kind.name, owner_id) in self._unreadable:
                return True
            owner = self._match.item(above.parent) if above.parent else None
            if owner is not None and has_unknown_details(owner, above.kind):
                return True
            above = self._desired.declarations[above.parent] if above.parent else None
        return False
