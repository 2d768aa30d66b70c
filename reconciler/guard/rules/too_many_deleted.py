"""Many objects of a kind, or in total, are deleted or replaced at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.guard.counting import (
    documents_applied,
    documents_removed,
    is_too_much,
    names_of,
    removed_alone,
    would_be,
)
from reconciler.guard.model import TOTAL, Guard, GuardContext, Limits
from reconciler.kinds.fields import Int
from reconciler.plan import GuardResult, Plan, PlannedChange


class TooManyDeletedLimits(Limits):
    """The limits of `too-many-deleted`."""

    percent: Annotated[Int, Field(ge=0, le=100)] = 25
    """Share of the managed objects that may be deleted or replaced, in percent: of each kind, and of all."""
    floor: Annotated[Int, Field(ge=0)] = 3
    """Number of objects of a kind that may always be deleted or replaced."""
    total_floor: Annotated[Int, Field(ge=0)] = 5
    """Number of objects of all kinds together that may always be deleted or replaced."""


def check(plan: Plan, context: GuardContext[TooManyDeletedLimits]) -> Iterator[GuardResult]:
    """Refuses each kind with too many, and the total unless the refused kinds explain it."""
    limits = context.limits
    there = Counter(one.kind.name for one in plan.state.resources.values())
    removed: dict[str, list[PlannedChange]] = defaultdict(list)
    for change in removed_alone(plan):
        if not change.kind.shape.part_of_owner:
            removed[change.address.kind].append(change)
    refused = set()
    for kind, changes in sorted(removed.items()):
        if is_too_much(len(changes), there[kind], floor=limits.floor, percent=limits.percent):
            refused.add(kind)
            yield _result(kind, f"of kind {kind}", changes, there[kind], limits)
    documents, all_there = documents_removed(plan), len(documents_applied(plan))
    too_much = is_too_much(len(documents), all_there, floor=limits.total_floor, percent=limits.percent)
    if too_much and not {one.address.kind for one in documents} <= refused:
        yield _result(TOTAL, "of all kinds", documents, all_there, limits)


def _result(
    what: str, word: str, changes: list[PlannedChange], there: int, limits: TooManyDeletedLimits
) -> GuardResult:
    return GUARD.result(
        what,
        f"{len(changes)} of {there} managed objects {word} {would_be(changes)}: {names_of(changes)}",
        f"delete them in several steps of at most {limits.percent} %; if objects were only renamed, state their "
        "earlier names with `previously`",
    )


GUARD = Guard(
    id="too-many-deleted",
    title="Many objects would be deleted",
    purpose="Limits how many objects one run deletes or replaces, of each kind and in total.",
    check=check,
    limits=TooManyDeletedLimits(),
)
