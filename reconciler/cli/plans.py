"""Adds to a plan its effects and the results of the guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.cli.circumstances import circumstances, notes
from reconciler.guard import GuardSettings, check
from reconciler.impact import with_effects
from reconciler.plan import Override, Plan
from reconciler.reconciler import Reconciler


def assessed(
    reconciler: Reconciler,
    plan: Plan,
    guards: GuardSettings,
    overrides: Sequence[Override],
    *,
    applies: bool,
    saved: bool = False,
) -> Plan:
    """The plan with its effects and the results of the guards; `applies` says whether the run changes the tenant.

    Raises `UnusedOverride`, unless the overrides are those of a `saved` plan.
    """
    plan = with_effects(plan, reconciler.tenant, reconciler.progress)
    there = circumstances(reconciler, plan.state, applies=applies)
    plan.changes.notes += notes(plan, there)
    guards = replace(guards, circumstances=there, key_id=reconciler.tenant.key_id)
    return plan.with_guards(check(plan, guards, overrides, all_used=not saved))
