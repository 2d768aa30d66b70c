"""The three-way comparison: declared (YAML), applied (Pulumi's state) and live (the tenant).

Objects are matched first: a declaration with its live object by the id in the state. Then references are
translated to the names of the definitions, so that all three speak of the same things, and fields are compared
one by one. Equal objects cost one comparison of two dictionaries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.drift.differences import common_path, differences
from reconciler.drift.findings import Finding, Verdict
from reconciler.drift.order import moved
from reconciler.engine.state import Applied, State
from reconciler.kinds import Kind, Part, Spec, kind_named
from reconciler.kinds.mapping import Field, in_order, schema, with_references
from reconciler.lookup import Managed, recognised
from reconciler.okta.snapshot import LiveObject, Snapshot


def compare(desired: Desired, state: State, live: Snapshot) -> list[Finding]:
    """Everything that is not as declared, in the order of the definitions; what nobody declared comes last."""
    return list(_Comparison(desired, state, live).findings())


def differing(
    desired: Desired, state: State, live: Snapshot, imports: Mapping[Address, str]
) -> dict[Address, set[str]]:
    """The fields in which objects that are about to be imported are not as declared, secrets included."""
    comparison = _Comparison(desired, state, live, imports)
    return {address: comparison.differing(desired.declarations[address]) for address in imports}


def owners(desired: Desired, state: State) -> Callable[[LiveObject, type[Kind]], bool]:
    """Which objects to ask for what they own: what is managed, and what every tenant has.

    A whole list (the assignments of an app) is only asked for where somebody declared it.
    """
    ids = Managed.of(desired, state).ids
    names = {(address.kind, identity): address.name for address, identity in ids.items()}
    observed = {
        (address.kind, declaration.label): address.name
        for address, declaration in desired.declarations.items()
        if address not in ids and desired.observes(address)
    }

    def asks(owner: LiveObject, owned: type[Kind]) -> bool:
        name = names.get((owner.kind.kind, owner.id)) or observed.get((owner.kind.kind, owner.label))
        if owned.collection.list_key:
            return name is not None and Address(owned.kind, name) in desired.declarations
        return name is not None or owner.built_in

    return asks


_OBSERVED = "only observed here: repair leaves it as it is"


class _Comparison:
    def __init__(
        self, desired: Desired, state: State, live: Snapshot, imports: Mapping[Address, str] | None = None
    ) -> None:
        self._desired = desired
        self._state = state
        self._live = live
        managed = Managed.of(desired, state)
        fresh = [d for address, d in desired.declarations.items() if address not in managed.ids]
        self._recognised = recognised(fresh, managed, live)
        self._orphaned = managed.orphans
        imported = {address: path.rpartition("/")[2] for address, path in (imports or {}).items()}
        self._ids = self._with_observed({**managed.ids, **imported})
        self._names = {(address.kind, identity): address.name for address, identity in self._ids.items()}
        self._unnamed: set[str] = set()
        """The ids of what is referred to and could not be read."""
        self._unreadable = {(gap.kind.kind, gap.owner_id) for gap in live.unreadable}

    def findings(self) -> Iterator[Finding]:
        missing: set[Address] = set()
        ranks = self._ranks()
        for address, declaration in self._desired.declarations.items():
            identity = self._ids.get(address, "")
            if not identity and not self._desired.observes(address):
                yield from self._not_applied(declaration)
                continue
            item = self._live.by_id.get((address.kind, identity))
            if item is not None:
                yield from self._fields(declaration, item, ranks)
            elif not self._is_unreadable(declaration):
                missing.add(address)
                if declaration.parent not in missing:
                    yield self._missing(declaration, identity)
        yield from self._orphans()
        yield from self._unmanaged()
        yield from self._gaps()

    def differing(self, declaration: Declaration) -> set[str]:
        """The fields of an object that is there and are not as declared; secrets, which nobody can read, always."""
        item = self._live.by_id[declaration.kind.kind, self._ids[declaration.address]]
        secrets = {field.name for field in schema(declaration.kind) if field.secret and declaration.spec[field.name]}
        return {finding.field for finding in self._fields(declaration, item, {})} | secrets

    def _with_observed(self, ids: Mapping[Address, str]) -> dict[Address, str]:
        """And the ids of what is only observed: known by name, or, for a whole list, by its owner."""
        found = dict(ids)
        for address, declaration in self._desired.declarations.items():
            if address in found or not self._desired.observes(address):
                continue
            if declaration.kind.collection.list_key and declaration.parent:
                identity = found.get(declaration.parent, "")
            else:
                identity = self._recognised.get(address, "").rpartition("/")[2]
            if identity:
                found[address] = identity
        return found

    # Declared objects

    def _not_applied(self, declaration: Declaration) -> Iterator[Finding]:
        there = self._recognised.get(declaration.address)
        yield Finding(
            Verdict.PENDING,
            declaration.kind.kind,
            declaration.name,
            declaration.label,
            okta_id=there or "",
            source=declaration.source,
            detail="declared and not applied yet"
            + ("; an object of this name is there, and would be taken into the state" if there else ""),
        )

    def _missing(self, declaration: Declaration, identity: str) -> Finding:
        owned = sum(other.parent == declaration.address for other in self._desired.declarations.values())
        return Finding(
            Verdict.MISSING,
            declaration.kind.kind,
            declaration.name,
            declaration.label,
            okta_id=identity,
            source=declaration.source,
            detail=("deleted in the tenant" if identity else "not in the tenant")
            + (f", and with it what it owned ({owned})" if owned else "")
            + (f"; {_OBSERVED}" if self._desired.observes(declaration.address) else ""),
        )

    def _fields(
        self, declaration: Declaration, item: LiveObject, ranks: Mapping[Address, tuple[int, int, int]]
    ) -> Iterator[Finding]:
        kind = declaration.kind
        expected = declaration.spec
        actual = self._named(kind, item.spec)
        observed = self._desired.observes(declaration.address)
        applied_object = self._applied(declaration)
        applied: Spec | None = expected if observed else None
        for field in schema(kind):
            if field.owns or field.secret:
                continue
            want, have = expected.get(field.name), actual.get(field.name)
            is_place = field.name == "priority" and kind.collection.prioritised
            if declaration.address not in ranks if is_place else want == have:
                continue
            if self._unnamed and applied_object and self._same_unnamed(field, applied_object.spec, item.spec):
                continue
            if applied is None:
                applied = self._named(kind, applied_object.spec) if applied_object else {}
            last = applied.get(field.name)
            if is_place:
                want, last, have = ranks[declaration.address]
            inherited = field.name not in declaration.declared
            places = differences(field, want, have)
            yield Finding(
                self._verdict(want, last, have),
                kind.kind,
                declaration.name,
                declaration.label,
                okta_id=item.id,
                field=field.name,
                expected=want,
                applied=last,
                actual=have,
                inherited=inherited,
                differences=places,
                source=declaration.where(common_path(field, want, places)),
                detail=_OBSERVED if observed else "",
            )

    @staticmethod
    def _verdict(declared: Any, applied: Any, live: Any) -> Verdict:
        if applied == live:
            return Verdict.PENDING
        return Verdict.CHANGED if applied == declared else Verdict.CONFLICT

    def _applied(self, declaration: Declaration) -> Applied | None:
        for name in (declaration.name, *declaration.previously):
            if applied := self._state.resources.get((declaration.kind.kind, name)):
                return applied
        return None

    def _ranks(self) -> dict[Address, tuple[int, int, int]]:
        """Declared, applied and live position of what stands at the wrong place among its siblings."""
        siblings: dict[tuple[str, Address | None], list[tuple[Address, int, int, int]]] = defaultdict(list)
        for address, declaration in self._desired.declarations.items():
            item = self._live.by_id.get((address.kind, self._ids.get(address, "")))
            if declaration.kind.collection.prioritised and item is not None:
                applied = declaration if self._desired.observes(address) else self._applied(declaration)
                last = int(applied.spec["priority"] or 0) if applied else 0
                place = (address, declaration.spec["priority"], last, int(item.json.get("priority") or 0))
                siblings[address.kind, declaration.parent].append(place)
        ranks: dict[Address, tuple[int, int, int]] = {}
        for places in siblings.values():
            expected = [place[0] for place in sorted(places, key=lambda place: place[1])]
            applied_order = [place[0] for place in sorted(places, key=lambda place: place[2])]
            actual = [place[0] for place in sorted(places, key=lambda place: place[3])]
            for address in moved(expected, actual):
                first, second, third = (order.index(address) + 1 for order in (expected, applied_order, actual))
                ranks[address] = (first, second, third)
        return ranks

    # What is not declared

    def _orphans(self) -> Iterator[Finding]:
        for address, identity in sorted(self._orphaned.items()):
            item = self._live.by_id.get((address.kind, identity)) or self._owner_of_list(address, identity)
            if item is not None:
                yield Finding(
                    Verdict.PENDING,
                    address.kind,
                    address.name,
                    item.label,
                    okta_id=identity,
                    detail=f"no longer declared; the next up {self._fate(address)}",
                )

    def _fate(self, address: Address) -> str:
        mode = self._desired.environment.mode(self._state.resources[address].levels)
        return "deletes it" if mode == "authoritative" else "lets go of it"

    def _owner_of_list(self, address: Address, identity: str) -> LiveObject | None:
        """The owner of a whole list, which has the same id; the list of somebody who declares none is not read."""
        kind = kind_named(address.kind)
        owners = (self._live.by_id.get((owner, identity)) for owner in kind.parents if kind.collection.list_key)
        return next(filter(None, owners), None)

    def _unmanaged(self) -> Iterator[Finding]:
        known = set(self._names) | {(a.kind, identity) for a, identity in self._orphaned.items()}
        known |= {(a.kind, identity.rsplit("/", 1)[-1]) for a, identity in self._recognised.items()}
        for items in self._live.objects.values():
            for item in items:
                if (item.kind.kind, item.id) in known or item.built_in or item.kind.collection.list_key:
                    continue
                if item.parent and self._belongs_to_unmanaged(item.parent, known):
                    continue
                owner = f" of {self._owner_name(item.parent)}" if item.parent else ""
                yield Finding(
                    Verdict.UNMANAGED,
                    item.kind.kind,
                    "",
                    item.label,
                    okta_id=item.id,
                    detail=f"nobody declared it{owner}",
                )

    def _belongs_to_unmanaged(self, owner: LiveObject, known: set[tuple[str, str]]) -> bool:
        return (owner.kind.kind, owner.id) not in known and not owner.built_in

    def _owner_name(self, owner: LiveObject) -> str:
        return f"{owner.kind.kind} {self._names.get((owner.kind.kind, owner.id), owner.label)}"

    # What could not be read

    def _is_unreadable(self, declaration: Declaration) -> bool:
        above: Declaration | None = declaration
        while above is not None:
            owner_id = self._ids.get(above.parent) if above.parent else None
            if (above.kind.kind, owner_id) in self._unreadable:
                return True
            above = self._desired.declarations[above.parent] if above.parent else None
        return False

    def _gaps(self) -> Iterable[Finding]:
        for gap in self._live.unreadable:
            owner = ""
            if gap.owner_id:
                kinds = gap.kind.parents
                owner = next(
                    (self._names[k, gap.owner_id] for k in kinds if (k, gap.owner_id) in self._names), gap.owner_id
                )
            yield Finding(
                Verdict.UNREADABLE, gap.kind.kind, owner, owner, okta_id=gap.owner_id or "", detail=gap.reason
            )

    # References

    def _named(self, kind: type[Kind], spec: Spec) -> Spec:
        """The spec with ids replaced by the names that definitions use."""
        return _sorted_sets(kind, with_references(kind, spec, self._name_of))

    def _name_of(self, kind: str, identity: str) -> str:
        if (kind, identity) in self._names:
            return self._names[kind, identity]
        item = self._live.by_id.get((kind, identity))
        if item is None:
            name = self._system_name(kind, identity)
            if name is None and (kind, None) in self._unreadable:
                self._unnamed.add(identity)
            return name or identity
        return self._live.system_name(item) or f"{item.label} ({identity})"

    def _same_unnamed(self, field: Field, applied: Spec, live: Spec) -> bool:
        """Whether a field refers to what could not be read, and so has no name, but is as it was applied."""
        value = live.get(field.name)
        return value == applied.get(field.name) and not self._unnamed.isdisjoint(_texts(value))

    def _system_name(self, kind: str, identity: str) -> str | None:
        for known in kind_named(kind).system:
            if self._live.system_id(kind_named(kind), known.name) == identity:
                return known.name
        return None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for item in value.values() for text in _texts(item))
        case list():
            yield from (text for item in value for text in _texts(item))


def _sorted_sets(kind: type[Part], spec: Spec) -> Spec:
    """Ids were sorted as ids; sets of names are sorted as names."""
    result = dict(spec)
    for field in schema(kind):
        value = result.get(field.name)
        if value and field.part:
            part = field.part
            result[field.name] = (
                _sorted_sets(part, value) if field.shape == "one" else [_sorted_sets(part, item) for item in value]
            )
        if value and field.shape == "set" and field.ref:
            result[field.name] = in_order(value)
    return result
