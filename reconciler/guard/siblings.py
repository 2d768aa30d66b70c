"""All objects of a kind in the tenant, managed or not, as they are before and after the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.definitions.model import Address
from reconciler.engine.changes import Operation
from reconciler.kinds import Kind, Spec
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import Plan, PlannedChange

Owner = tuple[str, str]
"""Kind and id of the owner; the name instead of the id, if the owner does not exist yet."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """One object before and after the plan. References are names."""

    identity: Owner
    """Kind and id; the name instead of the id, if it does not exist yet."""
    name: str
    """The name in definitions; if it is not managed, the name that Okta shows, with the id."""
    before: Spec | None
    """None if the plan creates it."""
    after: Spec | None
    """None if the plan deletes it."""
    change: PlannedChange | None = None

    @property
    def kind(self) -> str:
        """The word of its kind."""
        return self.identity[0]


def siblings(plan: Plan, kind: Kind) -> Mapping[Owner | None, list[Sibling]]:
    """The objects of a kind, by owner."""
    found: dict[Owner | None, list[Sibling]] = defaultdict(list)
    for item in plan.live.objects.get(kind.name, ()):
        owner = (item.parent.kind.name, item.parent.id) if item.parent else None
        found[owner].append(_existing(plan, item))
    for change in plan.planned:
        if change.kind is kind and change.list_of is None and change.item is None and change.after is not None:
            created = Sibling((*change.address,), change.address.name, None, change.after, change)
            found[_owner(plan, change)].append(created)
    return found


def all_of(plan: Plan, kind: Kind) -> Iterator[Sibling]:
    """The objects of a kind, of all owners."""
    return (one for members in siblings(plan, kind).values() for one in members)


def change_of_owner(plan: Plan, owner: Owner) -> PlannedChange | None:
    """The change of an owner; None if it does not change."""
    return plan.by_id.get(owner) or plan.by_address.get(Address(*owner))


def name_of_owner(plan: Plan, owner: Owner) -> str:
    """Kind and name of an owner."""
    change = change_of_owner(plan, owner)
    return str(change.address) if change else f"{owner[0]} {plan.names.of(*owner)}"


def _existing(plan: Plan, item: LiveObject) -> Sibling:
    change = plan.by_id.get((item.kind.name, item.id))
    identity = (item.kind.name, item.id)
    if change is None or change.before is None:
        spec = _spec(plan, item)
        return Sibling(identity, plan.names.of(*identity), spec, spec)
    if change.operation is Operation.RELEASE:
        return Sibling(identity, change.address.name, change.before, change.before, change)
    return Sibling(identity, change.address.name, change.before, change.after, change)


def _spec(plan: Plan, item: LiveObject) -> Spec:
    """The fields of an object; none if its shape is not one that the kind supports."""
    try:
        return plan.names.in_definitions(item.kind, item.spec)
    except MALFORMED:
        return {}


def _owner(plan: Plan, change: PlannedChange) -> Owner | None:
    parent = change.declaration.parent if change.declaration else None
    return (parent.kind, plan.match.ids.get(parent, parent.name)) if parent else None


def owners_with(plan: Plan, kind: Kind) -> Iterator[tuple[Owner, list[Sibling]]]:
    """The owners that stay, with their objects of a kind, where the plan changes any of these."""
    for owner, members in siblings(plan, kind).items():
        if owner is None or not any(one.change for one in members):
            continue
        change = change_of_owner(plan, owner)
        if change is None or not change.removes:
            yield owner, members
