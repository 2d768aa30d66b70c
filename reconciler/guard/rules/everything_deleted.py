"""A plan that deletes all that is managed, or most of it, comes from the wrong folder or the wrong branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.guard.counting import documents_applied, documents_removed, names_of, percent_of, would_be
from reconciler.guard.model import TOTAL, Guard, GuardContext, Limits
from reconciler.kinds.fields import Int
from reconciler.plan import GuardResult, Plan


class EverythingDeletedLimits(Limits):
    """The limits of `everything-deleted`."""

    percent: Annotated[Int, Field(ge=1, le=100)] = 75
    """A plan is refused if it deletes or replaces at least this share of the managed objects, in percent."""


def check(plan: Plan, context: GuardContext[EverythingDeletedLimits]) -> Iterator[GuardResult]:
    """Refuses the plan as a whole."""
    applied, removed = documents_applied(plan), documents_removed(plan)
    if not removed or percent_of(len(removed), len(applied)) < context.limits.percent:
        return
    what = "all" if len(removed) >= len(applied) else f"{len(removed)} of"
    yield GUARD.result(
        TOTAL,
        f"{what} {len(applied)} managed objects {would_be(removed)}: {names_of(removed)}",
        f"check that this is the right folder and the right branch: {_where(context)} declares "
        f"{_declared(plan)} for {plan.desired.environment.name}",
    )


def _where(context: GuardContext[EverythingDeletedLimits]) -> str:
    commit = f"commit {context.commit.id[:12]}" if context.commit.id else "not in a git repository"
    changed = " with uncommitted changes" if context.commit.dirty else ""
    return f"{context.definitions or 'the definitions folder'} ({commit}{changed})"


def _declared(plan: Plan) -> str:
    number = len(plan.desired.declarations)
    return "no objects" if number == 0 else "1 object" if number == 1 else f"{number} objects"


GUARD = Guard(
    id="everything-deleted",
    title="Most of the tenant would be deleted",
    purpose="Refuses an empty folder, the wrong folder and the wrong branch, however small the tenant is.",
    check=check,
    limits=EverythingDeletedLimits(),
    covers=("too-many-deleted",),
)
