"""Definitions matched with the state: renames, orphans, and the ids of observed objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from reconciler.definitions.model import Address, Desired, Mode
from reconciler.engine.state import EMPTY
from reconciler.matching import StateMatch
from tests.settled import desired_of, document, settled

PEOPLE = Address("group", "people")
STAFF = Address("group", "staff")
DOCUMENT = document("group", "people", name="People")


def names(found: Iterable[Address]) -> list[str]:
    return sorted(str(address) for address in found)


def renamed(*previously: str) -> Desired:
    return desired_of([document("group", "staff", previously=previously, name="People")])


@pytest.mark.parametrize(
    ("desired", "ids", "orphans"),
    [
        (renamed("people"), ["group staff"], []),
        (renamed("x", "people"), ["group staff"], []),
        (renamed(), [], ["group people"]),
    ],
)
def test_renames_are_followed(desired: Desired, ids: list[str], orphans: list[str]):
    state = settled(desired_of([DOCUMENT])).state
    match = StateMatch.of(desired, state)
    assert (names(match.ids), names(match.orphans)) == (ids, orphans)
    assert {*match.ids.values(), *match.orphans.values()} == {"group:people"}
    assert names(match.applied) == ids
    assert names(one.address for one in match.without_id) == ([] if ids else ["group staff"])


def test_the_current_name_takes_precedence_over_an_earlier_one():
    world = settled(desired_of([DOCUMENT, document("group", "staff", name="Staff")]))
    match = StateMatch.of(renamed("people"), world.state)
    assert match.ids == {STAFF: "group:staff"}
    assert match.orphans == {PEOPLE: "group:people"}


@pytest.mark.parametrize(("mode", "ids"), [("observe", {STAFF: "00g1"}), ("authoritative", {})])
def test_only_an_observed_object_has_the_id_of_its_import(mode: Mode, ids: dict[Address, str]):
    desired = renamed()
    environment = replace(desired.environment, imports={STAFF: "00g1"}, modes={"group": mode})
    assert StateMatch.of(replace(desired, environment=environment), EMPTY).ids == ids
