"""The values of planned changes, and the words around them: the same in every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from reconciler.definitions.model import Address
from reconciler.drift.severity import RULES
from reconciler.engine.changes import Operation
from reconciler.plan import AffectedObject, Effect, FieldChange, GuardResult, Override, PlannedChange
from reconciler.report.objects import Side, values_inside
from reconciler.report.values import plural

PLANNED_MEANINGS = {rule.id: rule.planned for rule in RULES}
"""What each rule means in a plan, by its id."""
SECRET = "changed (secret)"
NEW_SECRET = "set (secret)"
SAME = "already so in the tenant"


@dataclass(frozen=True, slots=True)
class PlannedValue:
    """A value that changes. Without a side, only a remark is known, or nothing."""

    path: str
    """The field, or the path inside it."""
    side: Side | None = None
    """`DECLARED` for a value that only the tenant has and that goes, `LIVE` for one that is added."""
    old: Any = None
    new: Any = None
    drifted: bool = False
    remark: str = ""

    @property
    def title(self) -> str:
        """The path, and whether the field drifted."""
        return f"{self.path} (drifted)" if self.drifted else self.path


def planned_values(change: PlannedChange) -> Iterator[PlannedValue]:
    """The values that change, in the order of the fields."""
    for field in change.fields:
        yield from _values_of(field, is_new=change.operation is Operation.CREATE)


def _values_of(field: FieldChange, is_new: bool) -> Iterator[PlannedValue]:
    name, drifted = field.field, field.drifted
    if field.secret:
        yield PlannedValue(name, drifted=drifted, remark=NEW_SECRET if is_new else SECRET)
    elif field.old is None and field.new is None:
        yield PlannedValue(name, drifted=drifted)
    elif is_new:
        yield PlannedValue(name, Side.LIVE, None, field.new)
    elif field.old == field.new:
        yield PlannedValue(name, drifted=drifted, remark=SAME)
    else:
        for value in values_inside(name, field.old, field.new, field.differences):
            yield PlannedValue(value.path or name, value.side, value.expected, value.actual, drifted)


def reasons(change: PlannedChange) -> str:
    """`critical: redirects-widened, app-moved`."""
    rules = ", ".join(change.rules)
    return f"{change.severity.word}: {rules}" if rules else change.severity.word


def affected(one: AffectedObject) -> str:
    """`oidc-app Wiki (not managed)`."""
    return f"{one.kind} {one.name}" + ("" if one.managed else " (not managed)")


def people(effect: Effect) -> str:
    """`30 people`, `up to 1 person`; empty if the number is not known."""
    if effect.people is None:
        return ""
    return f"{'up to ' * effect.at_most}{effect.people:,} {'person' if effect.people == 1 else 'people'}"


def counted(effect: Effect) -> str:
    """How many people and objects an effect is about: `30 people, 2 objects, 1 not managed`."""
    unmanaged = sum(not one.managed for one in effect.objects)
    parts = (
        people(effect),
        plural(len(effect.objects), "object") if effect.objects else "",
        f"{unmanaged:,} not managed" if unmanaged else "",
    )
    return ", ".join(filter(None, parts))


def how_to_override(result: GuardResult) -> str:
    """The options that override a guard: `--allow 'too-many-deleted:*' --reason "..."`."""
    return f'--allow {result.option} --reason "..."'


def override_of(override: Override) -> str:
    """`by kim on 2026-03-01 12:00 UTC: The branch office closed.`."""
    return f"by {override.by} on {override.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {override.reason}"


def by_cause(effects: Iterable[Effect]) -> Mapping[Address, list[Effect]]:
    """The effects of each change."""
    found: dict[Address, list[Effect]] = {}
    for effect in effects:
        found.setdefault(effect.cause, []).append(effect)
    return found
