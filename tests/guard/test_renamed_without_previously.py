"""Documents that were renamed without `previously`: each object would get a new id, if Okta creates it at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.guard import GuardSettings
from reconciler.guard.rules.renamed_without_previously import GUARD
from reconciler.plan import Plan
from tests.guard.worlds import document, plan_of, world_of
from tests.settled import desired_of

ORIGIN = {"name": "Portal", "origin": "https://portal.example", "scopes": ["CORS"]}


def refused(plan: Plan) -> list[str]:
    return [f"{one.object}: {one.detail}" for one in GUARD.check(plan, GuardSettings().context(GUARD))]


@pytest.mark.parametrize(
    ("kind", "spec", "lost"),
    [
        ("trusted-origin", ORIGIN, "its id"),
        ("group", {"name": "Staff"}, "its id, assignments to apps that are not managed, admin roles, members"),
    ],
)
def test_a_rename_is_refused_also_if_only_the_id_is_lost(kind, spec, lost):
    world = world_of([document(kind, "before", **spec)])
    world.desired = desired_of([document(kind, "after", **spec)])
    assert refused(plan_of(world)) == [
        f"{kind} before: {kind} after looks like a rename of before: it would be deleted and created again, "
        f"and lose {lost}"
    ]


def test_a_released_object_keeps_its_id():
    world = world_of([document("group", "before", name="Staff")])
    desired = desired_of([document("group", "after", name="Staff")])
    world.desired = replace(desired, environment=replace(desired.environment, modes={"group": "additive"}))
    assert refused(plan_of(world)) == []
