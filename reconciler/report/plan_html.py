"""A preview, or the report of a run, as one HTML page without network requests, in the style of the drift page."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from reconciler.engine.changes import Outcome
from reconciler.plan import PlannedChange
from reconciler.report.objects import Side
from reconciler.report.pages import page
from reconciler.report.plan import CHANGED_SECRET, DRIFTED, MEANING, NOT_DONE, ORDER, PlanReport
from reconciler.report.plan_values import (
    PLANNED_MEANINGS,
    SECRET,
    PlannedValue,
    affected,
    by_cause,
    counted,
    how_to_override,
    override_of,
    planned_values,
)
from reconciler.report.values import UNCOMMITTED, contrast, shown_in_lines

LONGEST = 20_000
"""Characters of a value that are shown."""
MOST_VALUES = 100
"""Values of one object that are shown."""
MOST_NAMES = 100
"""Names of objects in one list."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that changes. Each side is the text before, in and after the difference, or None without a value."""

    path: str
    old: tuple[str, str, str] | None
    new: tuple[str, str, str] | None
    drifted: bool
    remark: str


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """A change, prepared for the template."""

    change: PlannedChange
    rows: list[ValueRow]
    more: int
    """How many values are not shown."""
    outcome: str
    """The outcome of a change that was not carried out."""


def render(plan: PlanReport) -> str:
    """The plan as HTML. Values are escaped, and only the page's own script may run."""
    cards = [_card(change, None) for change in plan.in_order]
    cards += [_card(change, outcome) for outcome, changes in plan.not_done for change in changes]
    found = Counter(card.change.operation for card in cards)
    severities = Counter(card.change.severity for card in cards)
    return page(
        "plan.html",
        "plan.css",
        filters={
            "affected": affected,
            "anchor": anchor,
            "counted": counted,
            "how_to_override": how_to_override,
            "override_of": override_of,
        },
        plan=plan,
        state=_state(plan),
        uncommitted=UNCOMMITTED,
        meaning=MEANING,
        rules=PLANNED_MEANINGS,
        effects=by_cause(plan.effects),
        drifted=DRIFTED,
        remarks={SECRET: CHANGED_SECRET} if plan.compares_secrets else {},
        guards=(("Refused by guards", "", plan.refused), ("Overridden", "allowed", plan.overridden)),
        operations={operation: found[operation] for operation in ORDER},
        severities={severity: severities[severity] for severity in plan.severities},
        kinds=Counter(card.change.address.kind for card in cards),
        most=MOST_NAMES,
        cards=cards,
    )


def anchor(change: PlannedChange) -> str:
    """The id of a change in the page: the same on every run."""
    text = "\n".join((change.operation, *change.address))
    return "change-" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


def _state(plan: PlanReport) -> str:
    if plan.refused or plan.failures or plan.changes.interrupted:
        return "refused"
    return "changes" if plan.in_order or plan.not_done else "clean"


def _card(change: PlannedChange, outcome: Outcome | None) -> ChangeCard:
    values = list(planned_values(change))
    return ChangeCard(
        change,
        [_row(value) for value in values[:MOST_VALUES]],
        max(0, len(values) - MOST_VALUES),
        NOT_DONE[outcome] if outcome else "",
    )


def _row(value: PlannedValue) -> ValueRow:
    old, new = (shown_in_lines(one, LONGEST) for one in (value.old, value.new))
    before: tuple[str, str, str] | None = None
    after: tuple[str, str, str] | None = None
    match value.side:
        case Side.DECLARED:
            before = (old, "", "")
        case Side.LIVE:
            after = (new, "", "")
        case Side.BOTH:
            before, after = contrast(old, new)
    return ValueRow(value.path, before, after, value.drifted, value.remark)
