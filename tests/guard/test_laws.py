"""Every guard has a plan that it refuses, one that it passes, and can be overridden for one object and one run.

The plans of a guard are in `tests/guard/cases/`, in a module with the name of the guard: `refused()` and `passed()`.
A module may have `SETTINGS` that the guard needs.
"""

from __future__ import annotations

import importlib
import re
from datetime import UTC, datetime

import pytest

from reconciler.guard import GUARDS, GuardSettings, check
from reconciler.guard.model import AnyGuard
from reconciler.plan import GuardResult, Override, Plan

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
ONE_BY_ONE = pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.id)


def case(guard: AnyGuard, name: str) -> tuple[Plan, GuardSettings]:
    module = importlib.import_module(f"tests.guard.cases.{guard.id.replace('-', '_')}")
    return getattr(module, name)(), getattr(module, "SETTINGS", GuardSettings())


def results(guard: AnyGuard, name: str) -> list[GuardResult]:
    plan, settings = case(guard, name)
    return [one for one in check(plan, settings, guards=[guard]) if one.rule == guard.id]


@ONE_BY_ONE
def test_it_refuses(guard: AnyGuard):
    found = results(guard, "refused")
    assert found
    for result in found:
        assert result.refuses
        assert result.object
        assert result.title == guard.title
        assert result.detail
        assert result.hint
        assert "\n" not in result.object + result.detail + result.hint


@ONE_BY_ONE
def test_it_passes(guard: AnyGuard):
    plan, _ = case(guard, "passed")
    assert plan.planned, "a plan without changes proves nothing"
    assert results(guard, "passed") == []


@ONE_BY_ONE
def test_an_override_allows_what_it_refuses_and_nothing_else(guard: AnyGuard):
    plan, settings = case(guard, "refused")
    first, *others = results(guard, "refused")
    allowed = Override(guard.id, first.object, "It was announced.", "ada", WHEN)
    found = check(plan, settings, [allowed], guards=[guard])
    assert next(one.override for one in found if one.object == first.object) is allowed
    assert [one.object for one in found if one.refuses] == [one.object for one in others if one.object != first.object]


@ONE_BY_ONE
def test_it_can_be_off(guard: AnyGuard):
    plan, settings = case(guard, "refused")
    off = GuardSettings(settings.limits, {guard.id: "We know."}, settings.owners)
    assert check(plan, off, guards=[guard]) == []


@ONE_BY_ONE
def test_its_words_are_fit_for_the_command_line_and_the_page(guard: AnyGuard):
    assert re.fullmatch("[a-z]+(-[a-z]+)*", guard.id)
    assert guard.title[0].isupper()
    assert not guard.title.endswith(".")
    assert guard.purpose[0].isupper()
    assert guard.purpose.endswith(".")
    assert {*guard.covers} <= {one.id for one in GUARDS} - {guard.id}


@ONE_BY_ONE
def test_the_same_plan_has_the_same_results(guard: AnyGuard):
    plan, settings = case(guard, "refused")
    assert check(plan, settings, guards=[guard]) == check(plan, settings, guards=[guard])


def test_ids_are_unique():
    assert len({guard.id for guard in GUARDS}) == len(GUARDS)
