"""Whether a saved plan is still valid: compares it with a plan that is made now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from reconciler.definitions.model import Address, Desired, Source
from reconciler.engine.changes import Operation
from reconciler.errors import Refused
from reconciler.kinds import kind_of_resource
from reconciler.plan.documents import ChangeDocument
from reconciler.plan.file import DigestsDocument, SavedPlan

_SHOWN = 20
"""How many differences of one source are listed."""
_Uncompared = Mapping[Address, Set[str]]
"""The fields with secrets that a saved plan could not compare."""


class StalePlan(Refused):
    """Raised when something changed since a plan was made. Nothing was applied."""


class StateChanged(StalePlan):
    """Raised when another run changed the state after the plan was made."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"another run changed the state since the plan was made: {location}",
            hint="nothing was changed; run the same command again to see the new plan",
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs from a saved plan: in the definitions, the state, the tenant, the tool or the result."""

    source: str
    what: str
    name: str = ""
    """The name of the object or change, if it still exists."""

    def at(self, places: Mapping[str, Source]) -> Difference:
        """The same difference with the location of the definition."""
        place = places.get(self.name) if self.source == "definitions" else None
        return replace(self, what=f"{self.what}: {place}") if place else self


class PlanDiffers(StalePlan):
    """Raised when a saved plan is not what would be planned now."""

    def __init__(self, plan: SavedPlan, differences: Sequence[Difference]) -> None:
        made = f"{plan.created:%Y-%m-%d %H:%M:%S} UTC by {plan.author}"
        super().__init__(
            f"the plan of {made} is stale: nothing was changed",
            hint="make a new plan with `preview --save-plan`, and have it reviewed",
        )
        self.differences = differences

    def explanations(self) -> Iterator[tuple[str, str]]:
        """The message, and each difference."""
        for source in dict.fromkeys(one.source for one in self.differences):
            found = [one.what for one in self.differences if one.source == source]
            for what in found[:_SHOWN]:
                yield f"{source}: {what}", ""
            if len(found) > _SHOWN:
                yield f"{source}: and {len(found) - _SHOWN:,} more", ""
        yield self.message, self.hint


def check_same(saved: SavedPlan, now: SavedPlan, desired: Desired) -> None:
    """Raise `PlanDiffers` if the plan of `desired` that was made now differs from a saved one in what matters."""
    if found := list(differences(saved, now)):
        places = {str(address): one.source for address, one in desired.declarations.items()}
        raise PlanDiffers(saved, [one.at(places) for one in found])


def differences(saved: SavedPlan, now: SavedPlan) -> Iterator[Difference]:
    """What differs. The engine's plan is compared if nothing else differs: it says the same in its own words."""
    unknown = _uncompared(saved)
    found = list(_differences(saved, now, unknown))
    yield from found or _keys("engine", _engine(saved, unknown), _engine(now, unknown))


def _differences(saved: SavedPlan, now: SavedPlan, unknown: _Uncompared) -> Iterator[Difference]:
    """What differs. Who made a plan, when, at which commit and where in a file an object stands does not matter.

    Neither do secrets that the saved plan could not compare (`unknown`): it says that they may be updated.

    Neither does how many people an effect concerns: memberships change all the time, and guards count again. What
    guards refuse is not compared, because they check the new plan, with the overrides of the saved one.
    """
    for name in ("environment", "url", "stack", "refresh"):
        yield from _values(name, getattr(saved, name), getattr(now, name))
    for name in ("reconciler", "engine", "provider"):
        yield from _values(f"tool: {name}", getattr(saved.tool, name), getattr(now.tool, name))
    yield from _objects("definitions", saved.definitions, now.definitions)
    yield from _objects("state", saved.state, now.state)
    yield from _objects("tenant", saved.tenant, now.tenant)
    yield from _keys("policy", saved.policy, now.policy)
    yield from _keys("plan", _changes(saved, unknown), _changes(now, unknown))
    yield from _keys("effects", _effects(saved), _effects(now))


def _values(name: str, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(name, f"{before or '(none)'} → {after or '(none)'}")


def _objects(source: str, before: DigestsDocument, after: DigestsDocument) -> Iterator[Difference]:
    found = list(_keys(source, before.objects, after.objects))
    yield from found
    if not found and before.digest != after.digest:
        yield Difference(source, "changed")


def _keys(source: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        if key not in before:
            yield Difference(source, f"{key} is new", key)
        elif key not in after:
            yield Difference(source, f"{key} is gone")
        elif before[key] != after[key]:
            yield Difference(source, f"{key} changed", key)


def _uncompared(plan: SavedPlan) -> _Uncompared:
    fields: dict[Address, set[str]] = defaultdict(set)
    for one in plan.not_compared:
        fields[Address(one.kind, one.name)].add(one.field.partition(".")[0])
    return fields


def _changes(plan: SavedPlan, unknown: _Uncompared) -> dict[str, Any]:
    changes = (_without(one, unknown.get(Address(one.kind, one.name), ())) for one in plan.changes)
    return {_name(one): one.model_dump(mode="json", exclude={"source"}) for one in changes if one}


def _without(change: ChangeDocument, fields: Collection[str]) -> ChangeDocument | None:
    """The change without the updates of these fields; None if it updates nothing else."""
    if not fields or change.operation is not Operation.UPDATE:
        return change
    kept = [one for one in change.values if one.field not in fields]
    if not kept:
        return None
    rest = {name: [one for one in getattr(change, name) if one not in fields] for name in ("fields", "drifted")}
    return change.model_copy(update={**rest, "values": kept, "severity": "", "rules": []})


def _engine(plan: SavedPlan, unknown: _Uncompared) -> dict[str, Any]:
    """The engine's plan, without the resources whose secrets are unknown: an update may be all of a change."""
    return {urn: one for urn, one in plan.engine.items() if _address(urn) not in unknown}


def _address(urn: str) -> Address | None:
    kind = kind_of_resource(urn.split("::")[2].rpartition("$")[2])
    return Address(kind.name, urn.split("::", 3)[3]) if kind else None


def _name(change: ChangeDocument) -> str:
    what = f"{change.operation} {change.kind} {change.name}"
    return f"{what} in {change.list_of.name}" if change.list_of else what


def _effects(plan: SavedPlan) -> dict[str, Any]:
    """The effects by name. Those of one change are numbered; the engine reports the changes in any order."""
    found: dict[str, Any] = {}
    numbers = Counter[str]()
    for one in plan.effects:
        name = f"{one.id} of {one.cause.kind} {one.cause.name}"
        numbers[name] += 1
        found[f"{name} {numbers[name]}"] = [
            sorted((each.kind, each.name, each.okta_id, each.managed) for each in one.objects),
            one.becomes,
            one.weaker,
        ]
    return found
