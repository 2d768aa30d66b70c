"""Which steps the rotation of a client secret takes, in every situation that it can find."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from reconciler.rotation.client_secrets import steps
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Step, Steps
from reconciler.rotation.tenant_credentials import Credential

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = Wanted(NOW, grace=7 * DAY)


def secret(name: str, age: int, *, active: bool = True) -> Credential:
    return Credential(f"id-{name}", active, NOW - age * DAY, {"client_secret": name})


OLD, NEW = secret("old", 100), secret("new", 1)


def actions(found: Steps) -> list[tuple[Action, str]]:
    return [(step.action, step.id) for step in found.steps]


def test_begins_with_a_second_secret():
    found = steps([OLD], "old", None, WANTED)
    assert actions(found) == [(Action.CREATE_SECRET, ""), (Action.STORE, "")]
    assert found.again == NOW + 7 * DAY
    assert "2026-06-08 00:00 UTC" in found.then
    assert not found.complete


def test_deletes_the_inactive_secret_first_because_an_app_has_two_at_most():
    retired = replace(secret("retired", 300), active=False)
    found = steps([retired, OLD], "old", None, WANTED)
    assert actions(found) == [(Action.DELETE, "id-retired"), (Action.CREATE_SECRET, ""), (Action.STORE, "")]


def test_stores_the_newer_secret_if_a_run_was_interrupted_before():
    found = steps([OLD, NEW], "old", None, WANTED)
    assert actions(found) == [(Action.STORE, "id-new")]
    assert found.again == NOW + 7 * DAY


@pytest.mark.parametrize("written", [None, NOW - 2 * DAY, NOW - 6 * DAY], ids=["unknown", "later", "earlier"])
def test_waits_for_the_grace_period_since_the_new_secret_can_be_read(written: datetime | None):
    found = steps([OLD, NEW], "new", written, WANTED)
    assert actions(found) == []
    assert found.again == max(written or NEW.created, NEW.created) + 7 * DAY


def test_the_grace_period_begins_when_the_store_was_written_and_not_when_okta_made_the_secret():
    late = [secret("old", 100), secret("new", 20)]
    assert actions(steps(late, "new", None, WANTED)) == [(Action.DEACTIVATE, "id-old")]
    waiting = steps(late, "new", NOW - DAY, WANTED)
    assert actions(waiting) == []
    assert waiting.again == NOW + 6 * DAY


def test_deactivates_the_old_secret_after_the_grace_period():
    found = steps([OLD, secret("new", 8)], "new", None, WANTED)
    assert actions(found) == [(Action.DEACTIVATE, "id-old")]
    assert found.complete


@pytest.mark.parametrize("order", [["old", "new"], ["new", "old"]])
def test_of_two_secrets_of_one_second_the_stored_one_stays(order: list[str]):
    found = steps([secret(name, 8) for name in order], "new", None, WANTED)
    assert actions(found) == [(Action.DEACTIVATE, "id-old")]


def test_without_a_grace_period_one_run_does_everything():
    found = steps([OLD], "old", None, Wanted(NOW, timedelta()))
    assert [action for action, _ in actions(found)] == [Action.CREATE_SECRET, Action.STORE, Action.DEACTIVATE]
    assert actions(found)[-1] == (Action.DEACTIVATE, "id-old")


@pytest.mark.parametrize("active", [[OLD], [OLD, NEW]])
def test_refuses_to_overwrite_a_value_that_is_no_secret_of_the_app(active: list[Credential]):
    with pytest.raises(CannotRotate, match="no client secret of the app") as refused:
        steps(active, "of another app", None, WANTED)
    assert "--overwrite" in refused.value.hint
    assert "of another app" not in f"{refused.value} {refused.value.hint}"


def test_overwrites_if_asked_to():
    overwriting = replace(WANTED, overwrite=True)
    assert (Action.STORE, "") in actions(steps([OLD], "of another app", None, overwriting))
    assert actions(steps([OLD, NEW], "of another app", None, overwriting)) == [(Action.STORE, "id-new")]


def test_fills_a_store_that_has_nothing():
    assert [action for action, _ in actions(steps([OLD], None, None, WANTED))] == [Action.CREATE_SECRET, Action.STORE]


def test_repairs_a_store_that_has_a_retired_secret():
    found = steps([replace(OLD, active=False), NEW], "old", None, WANTED)
    assert actions(found) == [(Action.STORE, "id-new")]
    assert found.complete


def test_a_young_secret_is_not_due():
    wanted = replace(WANTED, at_least=90 * DAY)
    found = steps([NEW], "new", None, wanted)
    assert (actions(found), found.complete) == ([], True)
    assert "not due" in found.then
    assert actions(steps([OLD], "old", None, wanted)), "100 days old"
    assert actions(steps([OLD, NEW], "old", None, wanted)) == [(Action.STORE, "id-new")], "a rotation that has begun"


def test_an_app_without_an_active_secret_is_refused():
    with pytest.raises(CannotRotate, match="no active client secret"):
        steps([replace(OLD, active=False)], "old", None, WANTED)
    with pytest.raises(CannotRotate, match="no active client secret"):
        steps([], None, None, WANTED)


class _World:
    """Okta and a store, on which steps are carried out until a run is killed."""

    def __init__(self) -> None:
        self.secrets = [secret("first", 200)]
        self.stored = "first"
        self.written: datetime | None = None
        self.now = NOW
        self.made = 0

    def do(self, step: Step) -> None:
        match step.action:
            case Action.DELETE:
                (gone,) = [one for one in self.secrets if one.id == step.id]
                assert not gone.active
                self.secrets.remove(gone)
            case Action.CREATE_SECRET:
                assert len(self.secrets) < 2, "Okta refuses a third"
                self.made += 1
                self.new = f"made-{self.made}"
                self.secrets.append(Credential(f"id-{self.new}", True, self.now, {"client_secret": self.new}))
            case Action.STORE:
                self.stored = next((one.secret for one in self.secrets if one.id == step.id), "") or self.new
                self.written = self.now
            case Action.DEACTIVATE:
                (old,) = [one for one in self.secrets if one.id == step.id]
                self.secrets[self.secrets.index(old)] = replace(old, active=False)
        assert any(one.active and one.secret == self.stored for one in self.secrets), "what is stored always works"

    def run(self, killed_after: int) -> Steps:
        found = steps(self.secrets, self.stored, self.written, Wanted(self.now, grace=7 * DAY))
        for step in found.steps[:killed_after]:
            self.do(step)
        return found


@pytest.mark.parametrize("kills", [*product(range(4), repeat=3)])
def test_a_run_killed_anywhere_is_continued_by_the_next(kills: tuple[int, ...]):
    world = _World()
    for killed_after in kills:
        world.run(killed_after)
        world.now += timedelta(hours=1)
    for _ in range(6):
        found = world.run(9)
        if found.complete and world.made:
            break
        world.now += 8 * DAY
    assert found.complete
    assert [one.secret for one in world.secrets if one.active] == [world.stored]
    assert world.stored != "first"
    assert world.made == 1, "no run starts another rotation before the first is complete"
