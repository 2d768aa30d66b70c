"""The counting guards at their limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.commit import Commit
from reconciler.definitions.model import Address
from reconciler.guard import GuardSettings
from reconciler.guard.model import AnyGuard
from reconciler.guard.rules import everything_deleted, too_many_deleted
from reconciler.guard.rules.too_many_deleted import TooManyDeletedLimits
from reconciler.plan import Plan
from tests.guard.worlds import bookmark, document, groups, without, world_of

SETTINGS = GuardSettings(definitions=Path("/repo/definitions").as_posix(), commit=Commit("0123456789abcdef", True))


def objects(guard: AnyGuard, plan: Plan, settings: GuardSettings = SETTINGS) -> list[str]:
    return [one.object for one in guard.check(plan, settings.context(guard))]


def some_groups(there: int, gone: int) -> Plan:
    return without(world_of(groups(there)), *(Address("group", f"group-{n}") for n in range(gone)))


@pytest.mark.parametrize(
    ("there", "gone", "refused"),
    [(1, 1, True), (4, 3, True), (4, 2, False), (100, 75, True), (100, 74, False), (3, 0, False)],
)
def test_most_of_a_tenant(there: int, gone: int, refused: bool):
    assert objects(everything_deleted.GUARD, some_groups(there, gone)) == (["*"] if refused else [])


@pytest.mark.parametrize(
    ("there", "gone", "refused"),
    [(12, 3, False), (12, 4, True), (16, 4, False), (15, 4, True), (100, 25, False), (100, 26, True)],
)
def test_percentage_and_floor(there: int, gone: int, refused: bool):
    assert objects(too_many_deleted.GUARD, some_groups(there, gone)) == (["group"] if refused else [])


def test_the_total_counts_what_no_kind_explains():
    apps = [bookmark(f"app-{n}") for n in range(9)]
    world = world_of([*groups(9), *apps])
    gone = [Address("group", f"group-{n}") for n in range(3)] + [Address("bookmark-app", f"app-{n}") for n in range(3)]
    plan = without(world, *gone)
    assert objects(too_many_deleted.GUARD, plan) == ["*"]
    relaxed = GuardSettings({"too-many-deleted": TooManyDeletedLimits(total_floor=6)})
    assert objects(too_many_deleted.GUARD, plan, relaxed) == []


def test_owned_objects_count_only_if_their_owner_stays():
    listed = [{"name": name, "consent": "IMPLICIT"} for name in "abcdefgh"]
    fields = {"name": "API", "description": "Of tests.", "audiences": ["api://x"]}
    documents = [document("authorization-server", "api", **fields, scopes=listed), *groups(3)]
    server = Address("authorization-server", "api")
    assert objects(too_many_deleted.GUARD, without(world_of(documents), server)) == []
    scopes = [Address("authorization-server-scope", f"api/{name}") for name in "abcde"]
    assert objects(too_many_deleted.GUARD, without(world_of(documents), *scopes)) == ["authorization-server-scope"]


def test_released_objects_do_not_count():
    world = world_of(groups(12))
    environment = replace(world.desired.environment, modes={"group": "additive"})
    world.desired = replace(world.desired, environment=environment)
    plan = without(world, *(Address("group", f"group-{n}") for n in range(12)))
    assert len(plan.planned) == 12
    assert objects(everything_deleted.GUARD, plan) == objects(too_many_deleted.GUARD, plan) == []


def test_the_message_names_folder_and_commit():
    (result,) = everything_deleted.GUARD.check(some_groups(2, 2), SETTINGS.context(everything_deleted.GUARD))
    assert "/repo/definitions (commit 0123456789ab with uncommitted changes)" in result.hint
    assert "declares no objects for test" in result.hint
    assert result.detail == "all 2 managed objects would be deleted: group group-0, group group-1"


def test_only_the_first_of_many_are_named():
    (result,) = too_many_deleted.GUARD.check(some_groups(40, 14), SETTINGS.context(too_many_deleted.GUARD))
    assert result.detail.endswith(" and 4 more")
