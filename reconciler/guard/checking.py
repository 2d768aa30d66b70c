"""Checking a plan with all guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.guard.model import AnyGuard
from reconciler.guard.overrides import UnusedOverride
from reconciler.guard.registry import GUARDS
from reconciler.guard.settings import GuardSettings
from reconciler.plan import GuardResult, Override, Plan


def check(
    plan: Plan,
    settings: GuardSettings,
    overrides: Sequence[Override] = (),
    guards: Sequence[AnyGuard] = GUARDS,
    *,
    all_used: bool = True,
) -> list[GuardResult]:
    """What the guards refuse, with the overrides that allow it.

    Raises `UnusedOverride` unless `all_used` is false: the overrides of a saved plan may no longer be needed, and then
    the plan is refused because something changed.
    """
    left_out = {guard.id for guard in guards if guard.only_up and not settings.circumstances.applies}
    guards = [guard for guard in guards if guard.id not in left_out]
    found = {guard.id: _results(guard, plan, settings) for guard in guards if guard.id not in settings.off}
    covered = {rule for guard in guards if found.get(guard.id) for rule in guard.covers}
    given = {(one.rule, one.object): one for one in overrides if one.rule not in left_out}
    results = [
        replace(result, override=given.get((result.rule, result.object)))
        for rule, refused in found.items()
        if rule not in covered
        for result in refused
    ]
    used = {(one.rule, one.object) for one in results if one.override}
    if all_used and (unused := [one for key, one in given.items() if key not in used]):
        raise UnusedOverride(unused, results)
    return results


def _results(guard: AnyGuard, plan: Plan, settings: GuardSettings) -> list[GuardResult]:
    return sorted(guard.check(plan, settings.context(guard)), key=lambda one: (one.object, one.detail))
