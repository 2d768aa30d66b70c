"""All guards together: what covers what, and overrides that allow nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.definitions.model import Address
from reconciler.errors import Refused
from reconciler.guard import GuardSettings, InvalidOverride, UnusedOverride, check, guard_ids, read_override
from reconciler.plan import Override
from tests.guard.worlds import groups, without, world_of

ALL = GuardSettings()
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def allow(text: str) -> Override:
    return read_override(text, "It was announced.", "ada", WHEN)


def empty(number: int):
    return without(world_of(groups(number)), *(Address("group", f"group-{n}") for n in range(number)))


def test_one_message_for_an_empty_folder():
    assert [(one.rule, one.object) for one in check(empty(12), ALL)] == [("everything-deleted", "*")]


def test_an_override_of_the_stronger_guard_also_covers_the_weaker_one():
    (only,) = check(empty(12), ALL, [allow("everything-deleted:*")])
    assert not only.refuses
    assert only.override is not None
    assert (only.override.reason, only.override.by, only.override.at) == ("It was announced.", "ada", WHEN)


def test_a_guard_that_is_off_covers_nothing():
    settings = GuardSettings(off={"everything-deleted": "We know."})
    assert [(one.rule, one.object) for one in check(empty(12), settings)] == [("too-many-deleted", "group")]


def test_an_override_that_allows_nothing_is_refused_and_says_what_could_be_allowed():
    with pytest.raises(UnusedOverride) as caught:
        check(empty(12), ALL, [allow("everything-deleted:group"), allow("too-many-deleted:group")])
    assert isinstance(caught.value, Refused)
    assert list(caught.value.explanations()) == [
        ("--allow everything-deleted:group allows nothing", "everything-deleted refuses: 'everything-deleted:*'"),
        ("--allow too-many-deleted:group allows nothing", "too-many-deleted refuses nothing: remove the option"),
    ]


def test_an_override_of_a_saved_plan_may_be_needless():
    unneeded = allow("too-many-deleted:group")
    (only,) = check(empty(12), ALL, [allow("everything-deleted:*"), unneeded], all_used=False)
    assert (only.rule, only.refuses) == ("everything-deleted", False)


@pytest.mark.parametrize("text", ["too-many-delete:*", "nothing", ":x", ""])
def test_an_unknown_guard_is_refused_with_the_list_of_guards(text: str):
    with pytest.raises(InvalidOverride) as caught:
        allow(text)
    assert all(rule in caught.value.message for rule in guard_ids())


@pytest.mark.parametrize("text", ["too-many-deleted", "too-many-deleted:", "too-many-deleted: "])
def test_an_override_needs_an_object(text: str):
    with pytest.raises(InvalidOverride, match="names no object"):
        allow(text)


def test_an_object_may_contain_a_colon():
    assert allow("too-many-deleted:authorization-server-scope payments/read:all").object == (
        "authorization-server-scope payments/read:all"
    )
