"""Which steps the rotation of an API token takes, in every situation that it can find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.rotation.api_tokens import OldToken, steps
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Steps

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = Wanted(NOW, grace=7 * DAY)


def actions(found: Steps) -> list[Action]:
    return [step.action for step in found.steps]


def test_the_new_token_is_proved_and_the_old_one_kept_before_it_is_replaced():
    found = steps("old", None, "new", WANTED)
    assert actions(found) == [Action.PROVE_TOKEN, Action.KEEP_TOKEN, Action.STORE]
    assert found.again == NOW + 7 * DAY


def test_a_run_that_was_killed_before_the_token_was_replaced_is_repeated():
    assert actions(steps("old", OldToken(NOW - DAY, "old"), "new", WANTED))[-1] is Action.STORE


@pytest.mark.parametrize(("days", "expected"), [(6, []), (7, [Action.REVOKE_TOKEN, Action.FORGET_TOKEN])])
@pytest.mark.parametrize("new", [None, "new"], ids=["without", "repeated"])
def test_the_old_token_is_revoked_after_the_grace_period(days: int, expected: list[Action], new: str | None):
    assert actions(steps("new", OldToken(NOW - days * DAY, "old"), new, WANTED)) == expected


def test_without_a_grace_period_one_run_does_everything():
    found = steps("old", None, "new", Wanted(NOW, timedelta()))
    assert actions(found)[-3:] == [Action.STORE, Action.REVOKE_TOKEN, Action.FORGET_TOKEN]


def test_an_empty_store_is_filled_and_the_old_token_is_left_to_people():
    found = steps(None, None, "new", WANTED)
    assert actions(found) == [Action.PROVE_TOKEN, Action.STORE]
    assert "Admin Console" in found.then


def test_another_rotation_does_not_begin_before_the_last_is_complete():
    with pytest.raises(CannotRotate, match="not complete"):
        steps("new", OldToken(NOW, "old"), "newer", WANTED)
    assert actions(steps("new", OldToken(NOW - 30 * DAY), "newer", WANTED))


def test_nothing_is_done_without_a_new_token():
    with pytest.raises(CannotRotate, match="no API") as refused:
        steps("old", None, None, WANTED)
    assert "--new-token" in refused.value.hint
    assert steps("new", OldToken(NOW), "new", WANTED).complete


@pytest.mark.parametrize("one", [OldToken(NOW, "old"), OldToken(NOW)])
def test_what_waits_in_the_store_is_read_back(one: OldToken):
    assert OldToken.parsed(one.text, "file:token_old") == one
    assert "old" not in repr(one)


@pytest.mark.parametrize("text", ["", "a-token", "[]", "{}", '{"replaced": "x"}', '{"replaced": 1e99}'])
def test_something_else_in_its_place_is_refused(text: str):
    with pytest.raises(CannotRotate, match="that no rotation wrote"):
        OldToken.parsed(text, "file:token_old")
