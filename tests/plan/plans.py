"""Plans of a settled world that was changed, without the engine: the changes follow from definitions and state."""

from __future__ import annotations

from reconciler import drift
from reconciler.definitions.model import Address
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.kinds.mapping import replacing, schema
from reconciler.kinds.secret_fields import without_secrets
from reconciler.plan import Plan, planned_changes
from reconciler.program import urn
from tests.settled import World


def plan_of(world: World) -> Plan:
    """What `up` would change in this world, drift that it reverts included."""
    changes = changes_of(world)
    match = world.match
    return Plan(match, changes, planned_changes(match, changes))


def changes_of(world: World) -> Changes:
    match = world.match
    desired, state, live, names = match.desired, match.state, match.live, match.names
    changes = Changes()
    replaced: set[Address] = set()
    for address, declaration in desired.managed.items():
        kind, applied, where = declaration.kind, match.applied.get(address), urn(desired, address, "test", "okta")
        if applied is None:
            changes.changes[where] = Change(Operation.CREATE, *address)
            continue
        item = live.by_id.get((kind.name, applied.id))
        if item is None:
            changes.changes[where] = Change(Operation.CREATE, *address, deleted=True)
            continue
        before, now = names.in_definitions(kind, applied.spec), names.in_definitions(kind, item.spec)
        own, drifted = set(), set()
        for field in schema(kind.fields):
            if field.owns:
                continue
            want = declaration.spec.get(field.name)
            if field.compared(want, before.get(field.name)) != want:
                own.add(field.name)
            elif field.comparable and not field.secret:
                public = without_secrets(field, want)
                if field.compared(public, without_secrets(field, now.get(field.name))) != public:
                    drifted.add(field.name)
        if own & replacing(kind.fields) or declaration.parent in replaced:
            replaced.add(address)
        if own or drifted or address in replaced:
            operation = Operation.REPLACE if address in replaced else Operation.UPDATE
            changes.changes[where] = Change(operation, *address, tuple(sorted(own)), tuple(sorted(drifted)))
            if kind.shape.part_of_owner:
                changes.add_lost_items(where, address, drift.undeclared_items(names, item, declaration, applied))
    for address in match.orphans:
        one = state.resources[address]
        release = desired.environment.mode(one.levels) == "additive"
        changes.changes[one.urn] = Change(Operation.RELEASE if release else Operation.DELETE, *address)
    return changes
