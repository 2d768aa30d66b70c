"""What an `up` never got to, by the definitions and the state."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconciler.definitions import load
from reconciler.definitions.model import Address
from reconciler.drift import Overwritten
from reconciler.engine.changes import Change, Changes, Operation, Outcome
from reconciler.engine.state import Applied, State
from reconciler.foresight import Foresight
from reconciler.kinds import kind_named
from reconciler.program import Found
from reconciler.unfinished import add_unfinished
from tests.e2e.documents import group

ENVIRONMENT = {"tenant": {"url": "https://acme.okta.com", "credentials": {"token": "env:TOKEN"}}}
FRESH = Address("group", "fresh")


def urn(name: str) -> str:
    return f"urn:pulumi:test::okta::okta:group/group:Group::{name}"


@pytest.fixture
def foresight(tmp_path: Path) -> Foresight:
    """A group is as it was applied, one has another description, one is new, and one is no longer declared."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "test.yaml").write_text(yaml.safe_dump(ENVIRONMENT))
    documents = [group("same"), group("other", description="New."), group("fresh")]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(documents))
    desired = load(tmp_path, "test")
    state = {
        ("group", name): Applied(kind_named("group"), name, urn(name), f"00g{name}", {"name": name.capitalize()})
        for name in ("same", "other", "old")
    }
    return Foresight(desired, State(state, {}, False), {address: urn(address.name) for address in desired.managed})


def outcomes(foresight: Foresight, changes: Changes, **more: object) -> dict[tuple[str, str, str], str]:
    given = {"second": Changes(), "found": Found(), "there": {}, "targets": None, "left": {}} | more
    add_unfinished(changes, foresight=foresight, **given)  # type: ignore[arg-type]
    return {(change.operation, change.name, ",".join(change.fields)): became for change, became in changes.outcomes}


def test_an_up_that_began_nothing_has_tried_nothing(foresight: Foresight):
    assert outcomes(foresight, Changes(interrupted=True)) == {
        ("create", "fresh", ""): "not tried",
        ("update", "other", "description"): "not tried",
        ("delete", "old", ""): "not tried",
    }


def test_what_the_engine_got_to_was_tried(foresight: Foresight):
    begun = Changes({urn("fresh"): Change(Operation.CREATE, "group", "fresh")}, completed={urn("fresh")})
    begun.seen = {urn("fresh"), urn("other")}
    assert outcomes(foresight, begun) == {("create", "fresh", ""): "done", ("delete", "old", ""): "not tried"}


def test_what_is_refused_before_any_step_has_failed(foresight: Foresight):
    refused = Changes(failures=["group fresh: no"], failed={urn("fresh")}, seen={urn("other")})
    assert outcomes(foresight, refused)["create", "fresh", ""] == Outcome.FAILED


def test_only_what_was_to_be_changed_counts(foresight: Foresight):
    other = Address("group", "other")
    assert outcomes(foresight, Changes(), targets=[urn("fresh")]) == {("create", "fresh", ""): "not tried"}
    left = outcomes(foresight, Changes(), left={other: ["description"]})
    assert ("update", "other", "description") not in left


def test_what_is_imported_and_was_not_made_as_declared_is_not_tried(foresight: Foresight):
    imported = Changes({urn("fresh"): Change(Operation.IMPORT, "group", "fresh")}, completed={urn("fresh")})
    imported.seen = {urn("fresh"), urn("other")}
    there = {FRESH: Overwritten(frozenset({"description"}), frozenset(), ())}
    found = Found(imports={FRESH: "00g1"})
    assert outcomes(foresight, imported, found=found, there=there) == {
        ("import", "fresh", ""): "done",
        ("update", "fresh", "description"): "not tried",
        ("delete", "old", ""): "not tried",
    }
    second = Changes(seen={urn("fresh")})
    again = Changes(imported.changes, completed=imported.completed, seen=imported.seen)
    assert ("update", "fresh", "description") not in outcomes(foresight, again, found=found, there=there, second=second)
