"""Definitions matched with the state: renames, orphans, and the ids of observed objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address, Desired, Mode
from reconciler.engine.state import EMPTY, State
from reconciler.matching import StateMatch
from tests.settled import desired_of, document, settled
from tests.specimens import SECRET

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


SPLUNK = {"type": "splunk_cloud_logstreaming", "host": "acme.splunkcloud.com", "edition": "aws"}
STREAM = document("log-stream", "events", name="Events", **SPLUNK, token=f"env:{SECRET}")


def imported(desired: Desired) -> State:
    """The state after an import, which cannot read the token."""
    state = settled(desired).state
    ((key, one),) = state.resources.items()
    settings = {name: value for name, value in one.inputs["settings"].items() if name != "token"}
    return replace(state, resources={key: replace(one, inputs={**one.inputs, "settings": settings})})


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        (STREAM, {"token"}),
        (
            document("log-stream", "events", name="Events", **SPLUNK | {"host": "a.splunkcloud.com"}, token="env:B"),
            {"token"},
        ),
    ],
    ids=["imported", "changed-in-place"],
)
def test_a_secret_that_would_replace_an_imported_object_is_kept(now: Mapping[str, Any], kept: set[str]):
    state = imported(desired_of([STREAM]))
    assert StateMatch.of(desired_of([now]), state).kept_secrets == {Address("log-stream", "events"): kept}


def test_a_known_secret_and_that_of_a_replaced_object_are_sent():
    desired = desired_of([STREAM])
    assert StateMatch.of(desired, settled(desired).state).kept_secrets == {}
    aws = {"account_id": "123456789012", "event_source_name": "okta", "region": "eu-west-1"}
    before = desired_of([document("log-stream", "events", name="Events", type="aws_eventbridge", **aws)])
    assert StateMatch.of(desired, settled(before).state).kept_secrets == {}
