"""Which steps the rotation of a key pair takes, in every situation that it can find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler.okta.private_keys import SigningKey
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.key_pairs import Keys, steps
from reconciler.rotation.next_key import NextKey
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Step, Steps
from reconciler.rotation.tenant_credentials import Credential

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = Wanted(NOW, grace=7 * DAY)


@cache
def key(number: int) -> SigningKey:
    """A different key for each number."""
    made = ec.derive_private_key(1000 + number, ec.SECP256R1())
    return SigningKey.parsed(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def kid(number: int) -> str:
    return f"key-{number}"


def live(number: int, age: int = 100, *, active: bool = True) -> Credential:
    return Credential(f"pks-{number}", active, NOW - age * DAY, key(number).public_jwk(kid(number)))


def waiting(number: int, replaces: int) -> NextKey:
    return NextKey(kid(number), kid(replaces), key(number))


def in_use(number: int, replaces: int, days: int) -> NextKey:
    return NextKey(kid(number), kid(replaces), since=NOW - days * DAY)


def actions(found: Steps) -> list[Action]:
    return [step.action for step in found.steps]


def test_in_the_tenant_one_run_brings_the_key_to_okta_and_puts_it_to_use():
    found = steps(Keys([live(1)]), key(1), None, WANTED, proves=True)
    assert actions(found) == [Action.GENERATE, Action.ADD_KEY, Action.PROVE, Action.STORE, Action.FORGET]
    assert found.again == NOW + 7 * DAY
    assert "key-1 stays valid until 2026-06-08" in found.then


def test_a_declared_key_waits_until_up_has_applied_it():
    begun = steps(Keys([live(1)], [kid(1)]), key(1), None, WANTED, proves=False)
    assert actions(begun) == [Action.GENERATE, Action.DECLARE_KEY]
    pending = steps(Keys([live(1)], [kid(1), kid(2)]), key(1), waiting(2, 1), WANTED, proves=False)
    assert actions(pending) == []
    assert "`up`" in pending.then
    applied = steps(Keys([live(1), live(2, 0)], [kid(1), kid(2)]), key(1), waiting(2, 1), WANTED, proves=False)
    assert actions(applied) == [Action.STORE, Action.FORGET]


def test_the_old_key_is_removed_from_the_definition_after_the_grace_period():
    both = Keys([live(1), live(2, 3)], [kid(1), kid(2)])
    assert actions(steps(both, key(2), in_use(2, 1, 6), WANTED, proves=False)) == []
    over = steps(both, key(2), in_use(2, 1, 7), WANTED, proves=False)
    assert [(one.action, one.name) for one in over.steps] == [(Action.WITHDRAW_KEY, kid(1))]
    withdrawn = steps(Keys(both.live, [kid(2)]), key(2), in_use(2, 1, 7), WANTED, proves=False)
    assert (actions(withdrawn), withdrawn.complete) == ([], True)
    assert "`up` has removed" in withdrawn.then


def test_in_the_tenant_the_old_key_is_deactivated_after_the_grace_period():
    both = Keys([live(1), live(2, 3)])
    assert actions(steps(both, key(2), in_use(2, 1, 6), WANTED, proves=True)) == []
    over = steps(both, key(2), in_use(2, 1, 7), WANTED, proves=True)
    assert [(one.action, one.id) for one in over.steps] == [(Action.DEACTIVATE, "pks-1")]
    assert over.complete


def test_without_a_grace_period_one_run_does_everything():
    found = steps(Keys([live(1)]), key(1), None, Wanted(NOW, timedelta()), proves=False)
    assert actions(found) == [Action.GENERATE, Action.ADD_KEY, Action.STORE, Action.FORGET, Action.DEACTIVATE]
    assert found.steps[-1].id == "pks-1"


def test_keys_of_others_stay():
    """An app may have keys that other services use: only the key that was replaced is retired."""
    keys = Keys([live(1), live(2), live(3)], [kid(1), kid(2), kid(3)])
    found = steps(keys, key(3), in_use(3, 1, 30), WANTED, proves=False)
    assert [one.name for one in found.steps] == [kid(1)]


def test_refuses_to_overwrite_a_key_that_the_app_does_not_have():
    with pytest.raises(CannotRotate, match="does not have") as refused:
        steps(Keys([live(1)]), key(9), None, WANTED, proves=False)
    assert "--overwrite" in refused.value.hint
    found = steps(Keys([live(1)]), key(9), None, replace(WANTED, overwrite=True), proves=False)
    assert actions(found)[:2] == [Action.GENERATE, Action.ADD_KEY]
    assert "by hand" in found.then, "it is not known which key is replaced"


def test_a_young_key_is_not_due():
    found = steps(Keys([live(1, 10)]), key(1), None, replace(WANTED, at_least=90 * DAY), proves=False)
    assert (actions(found), found.complete) == ([], True)


def test_the_next_rotation_deletes_the_key_that_the_last_one_deactivated():
    keys = Keys([live(1, 300, active=False), live(2)])
    found = steps(keys, key(2), in_use(2, 1, 100), WANTED, proves=False)
    assert [(one.action, one.id) for one in found.steps][:2] == [(Action.DELETE, "pks-1"), (Action.GENERATE, "")]


@pytest.mark.parametrize("one", [waiting(1, 2), in_use(1, 2, 3), NextKey("a", "", key(5))])
def test_what_waits_in_the_store_is_read_back(one: NextKey):
    again = NextKey.parsed(one.text, "vault:kv/app#key_next")
    assert (again.kid, again.replaces, again.since) == (one.kid, one.replaces, one.since)
    assert (again.key and again.key.thumbprint) == (one.key and one.key.thumbprint)
    assert "d" not in json.loads(one.text) or one.key


@pytest.mark.parametrize(
    "text", ["", "secret", "[]", "null", '{"kid": "a"}', '{"kid": "a", "replaces": "b", "d": "x"}']
)
def test_something_else_in_the_place_of_the_next_key_is_refused(text: str):
    with pytest.raises(CannotRotate, match="that no rotation wrote") as refused:
        NextKey.parsed(text, "vault:kv/app#key_next")
    assert "secret" not in str(refused.value)


class _World:
    """Okta, the definition and a store, on which steps are carried out until a run is killed."""

    def __init__(self, *, declared: bool) -> None:
        self.live = [live(1, 200), live(7, 500)]
        self.declared = [kid(1), kid(7)] if declared else None
        self.stored = key(1)
        self.next: NextKey | None = None
        self.now = NOW
        self.made = 1

    def up(self) -> None:
        """What `up` does with the definition."""
        for one in self.declared or ():
            if all(other.kid != one for other in self.live):
                self._add(one)
        if self.declared:
            self.live = [one for one in self.live if one.kid in self.declared]

    def _add(self, name: str) -> None:
        number = int(name.removeprefix("key-"))
        self.live.append(Credential(f"pks-{number}", True, self.now, key(number).public_jwk(name)))

    def do(self, step: Step) -> None:
        match step.action:
            case Action.GENERATE:
                self.made += 1
                current = next(one.kid for one in self.live if self.stored.matches(one.content))
                self.next = NextKey(kid(self.made), current, key(self.made))
            case Action.ADD_KEY:
                assert self.next
                self._add(self.next.kid)
            case Action.DECLARE_KEY:
                assert self.next
                assert self.declared is not None
                self.declared.append(self.next.kid)
            case Action.STORE:
                assert self.next
                assert self.next.key
                self.stored = self.next.key
            case Action.FORGET:
                assert self.next
                self.next = replace(self.next, key=None, since=self.next.since or self.now)
            case Action.DEACTIVATE:
                (old,) = [one for one in self.live if one.id == step.id]
                self.live[self.live.index(old)] = replace(old, active=False)
            case Action.WITHDRAW_KEY:
                assert self.declared
                self.declared.remove(step.name)
        assert any(one.active and self.stored.matches(one.content) for one in self.live), "what is stored works"

    def run(self, killed_after: int) -> Steps:
        keys = Keys(self.live, self.declared)
        found = steps(keys, self.stored, self.next, Wanted(self.now, grace=7 * DAY), proves=False)
        for step in found.steps[:killed_after]:
            self.do(step)
        return found


def _killed() -> Iterator[tuple[int, ...]]:
    return product(range(5), repeat=3)


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in the tenant"])
@pytest.mark.parametrize("kills", [*_killed()])
def test_a_run_killed_anywhere_is_continued_by_the_next(kills: tuple[int, ...], *, declared: bool):
    world = _World(declared=declared)
    for number, killed_after in enumerate(kills):
        world.run(killed_after)
        if number % 2:
            world.up()
        world.now += timedelta(hours=1)
    for _ in range(8):
        found = world.run(9)
        world.up()
        if found.complete and world.made > 1:
            break
        world.now += 8 * DAY
    assert found.complete
    assert {one.kid for one in world.live if one.active} == {kid(2), kid(7)}, "the key of another service stays"
    assert world.stored.thumbprint == key(2).thumbprint
    assert world.next
    assert world.next.key is None, "one copy of the private key"
