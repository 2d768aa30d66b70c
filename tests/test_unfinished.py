"""Changes that an `up` never started."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconciler.definitions import load
from reconciler.definitions.model import Address
from reconciler.drift import Overwritten
from reconciler.engine.changes import Change, Changes, Operation, Outcome
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.live_effects import LiveEffects
from reconciler.okta.snapshot import Snapshot
from reconciler.program import Found
from reconciler.unfinished import add_unfinished
from tests.e2e.documents import group
from tests.matches import match_of

ENVIRONMENT = {"tenant": {"url": "https://acme.okta.com", "credentials": {"token": "env:TOKEN"}}}
FRESH = Address("group", "fresh")


def urn(name: str) -> str:
    return f"urn:pulumi:test::okta::okta:group/group:Group::{name}"


@pytest.fixture
def effects(tmp_path: Path) -> LiveEffects:
    """One group is unchanged, one has a new description, one is new, and one is no longer declared."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "test.yaml").write_text(yaml.safe_dump(ENVIRONMENT))
    documents = [group("same"), group("other", description="New."), group("fresh")]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(documents))
    desired = load(tmp_path, "test")
    state = {
        ("group", name): Applied(kind_named("group"), name, urn(name), f"00g{name}", {"name": name.capitalize()})
        for name in ("same", "other", "old")
    }
    match = match_of(desired, State(state, {}, False), Snapshot({}))
    return LiveEffects(match, {address: urn(address.name) for address in desired.managed})


def outcomes(effects: LiveEffects, changes: Changes, **more: object) -> dict[tuple[str, str, str], str]:
    given = {"second": Changes(), "found": Found(), "existing": {}, "targets": None, "skipped": {}} | more
    add_unfinished(changes, effects=effects, **given)  # type: ignore[arg-type]
    return {(change.operation, change.name, ",".join(change.fields)): became for change, became in changes.outcomes}


def test_an_up_that_started_nothing_lists_every_change_as_not_tried(effects: LiveEffects):
    assert outcomes(effects, Changes(interrupted=True)) == {
        ("create", "fresh", ""): "not tried",
        ("update", "other", "description"): "not tried",
        ("delete", "old", ""): "not tried",
    }


def test_objects_the_engine_reached_are_not_listed(effects: LiveEffects):
    begun = Changes({urn("fresh"): Change(Operation.CREATE, "group", "fresh")}, completed={urn("fresh")})
    begun.seen = {urn("fresh"), urn("other")}
    assert outcomes(effects, begun) == {("create", "fresh", ""): "done", ("delete", "old", ""): "not tried"}


def test_a_change_refused_before_its_first_step_has_failed(effects: LiveEffects):
    refused = Changes(failures=["group fresh: no"], failed={urn("fresh")}, seen={urn("other")})
    assert outcomes(effects, refused)["create", "fresh", ""] == Outcome.FAILED


def test_objects_outside_the_targets_and_skipped_fields_are_not_listed(effects: LiveEffects):
    other = Address("group", "other")
    assert outcomes(effects, Changes(), targets=[urn("fresh")]) == {("create", "fresh", ""): "not tried"}
    skipped = outcomes(effects, Changes(), skipped={other: ["description"]})
    assert ("update", "other", "description") not in skipped


def test_the_update_after_an_import_is_listed_if_the_second_pass_never_started_it(effects: LiveEffects):
    imported = Changes({urn("fresh"): Change(Operation.IMPORT, "group", "fresh")}, completed={urn("fresh")})
    imported.seen = {urn("fresh"), urn("other")}
    existing = {FRESH: Overwritten(frozenset({"description"}), frozenset(), ())}
    found = Found(imports={FRESH: "00g1"})
    assert outcomes(effects, imported, found=found, existing=existing) == {
        ("import", "fresh", ""): "done",
        ("update", "fresh", "description"): "not tried",
        ("delete", "old", ""): "not tried",
    }
    second = Changes(seen={urn("fresh")})
    again = Changes(imported.changes, completed=imported.completed, seen=imported.seen)
    assert ("update", "fresh", "description") not in outcomes(
        effects, again, found=found, existing=existing, second=second
    )
