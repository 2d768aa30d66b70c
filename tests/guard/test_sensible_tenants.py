"""What is sensible is not refused: the definitions of a company, and every field of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.commit import Commit
from reconciler.definitions import load, load_all
from reconciler.definitions.model import Desired
from reconciler.guard import GuardSettings, check, read_guard_settings
from reconciler.kinds.fields import is_active
from reconciler.kinds.mapping import schema
from reconciler.plan import GuardResult
from tests.guard.worlds import without
from tests.plan.plans import plan_of
from tests.settled import all_declared, barely_declared, desired_of, settled
from tests.specimens import values

DEFINITIONS = Path(__file__).parents[1] / "company/definitions"
ENVIRONMENTS = sorted(load_all(DEFINITIONS))


def applied_to_an_empty_tenant(desired: Desired, settings: GuardSettings) -> list[GuardResult]:
    world = settled(desired_of([]))
    world.desired = desired
    plan = plan_of(world)
    assert len(plan.planned) == len(desired.declarations)
    return check(plan, settings)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_definitions_of_a_company_are_not_refused_in_an_empty_tenant(environment: str):
    settings = read_guard_settings(DEFINITIONS, environment, ENVIRONMENTS, DEFINITIONS, Commit())
    assert applied_to_an_empty_tenant(load(DEFINITIONS, environment), settings) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_without_their_limits_they_are_only_refused_for_what_is_for_everyone(environment: str):
    found = applied_to_an_empty_tenant(load(DEFINITIONS, environment), GuardSettings())
    assert {one.rule for one in found} == {"assigned-to-everyone"}


def test_every_field_of_every_kind_can_be_declared_without_a_refusal():
    assert applied_to_an_empty_tenant(all_declared(), GuardSettings()) == []


def test_only_obsolete_grants_and_endless_tokens_are_refused_if_little_is_declared():
    desired = barely_declared()
    found = applied_to_an_empty_tenant(desired, GuardSettings())
    specs = {str(address): one.spec for address, one in desired.declarations.items()}
    implicit = {name for name, spec in specs.items() if "implicit" in (spec.get("grant_types") or ())}
    endless = {name for name, spec in specs.items() if spec.get("refresh_token_lifetime_minutes") == 0}
    assert {one.object for one in found if one.rule == "implicit-flow"} == implicit
    assert {one.object for one in found if one.rule == "token-lifetime"} == endless
    assert {one.rule for one in found} == {"implicit-flow", "token-lifetime"}


def test_what_is_there_already_is_not_refused_when_it_changes_otherwise():
    """Each object of a tenant in which nothing is sensible gets another description, or another name."""
    for desired in (all_declared(), barely_declared()):
        for address, declaration in desired.declarations.items():
            field = next((name for name in ("description", "admin_note") if name in declaration.spec), None)
            if field is None or not is_active(declaration.spec):
                continue
            world = settled(desired)
            world.edit(address, **{field: "Another."})
            plan = plan_of(world)
            assert plan.planned
            assert check(plan, GuardSettings()) == [], address


def test_no_change_of_a_field_makes_a_guard_fail():
    """Each field of each kind, with a value that the kind may not even allow beside the others."""
    desired, seen = all_declared(), set()
    for address, declaration in desired.declarations.items():
        for field in schema(declaration.kind.fields):
            options = () if field.owns or field.secret or field.part else values(field)
            value = next((one for one in options if one != declaration.spec.get(field.name)), None)
            if value is None or (address.kind, field.name) in seen:
                continue
            seen.add((address.kind, field.name))
            world = settled(desired)
            world.edit(address, **{field.name: value})
            plan = plan_of(world)
            assert all(one.object and one.detail for one in check(plan, GuardSettings()))
    assert len(seen) > 200


def test_no_deletion_makes_a_guard_fail():
    desired = all_declared()
    for address in desired.declarations:
        plan = without(settled(desired), address)
        assert plan.planned
        assert all(one.object and one.detail for one in check(plan, GuardSettings()))
