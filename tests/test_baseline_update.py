"""Which objects an `up` reads to update the baseline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reconciler.baseline import Baselines
from reconciler.baseline_update import update_baseline
from reconciler.definitions.model import Address
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import State
from reconciler.matching import StateMatch
from reconciler.okta.snapshot import Owners, Snapshot
from reconciler.okta.watching import Watched
from reconciler.watched import Watch
from tests.settled import World, desired_of, document, settled

PEOPLE, OTHERS = Address("group", "people"), Address("group", "others")
APP = Address("bookmark-app", "wiki")
DOCUMENTS = [
    document("group", "people", name="People"),
    document("group", "others", name="Others"),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
]


@dataclass
class Up:
    """The end of an `up` in a settled world."""

    world: World
    baselines: Baselines
    reads: list[Collection[str] | None] = field(default_factory=list)

    def end(self, *changes: Change, before: State | None = None) -> None:
        state = self.world.state
        made = Changes({f"{one.kind} {one.name}": one for one in changes})
        update_baseline(self.baselines, StateMatch.of(self.world.desired, state), before or state, made, self._read)

    def _read(self, owners: Owners, kinds: Collection[str] | None, watch: Watch) -> Snapshot:
        self.reads.append(kinds)
        nothing: dict[str, dict[str, tuple[()]]] = {row.address: {"": ()} for row in watch.rows if not row.below}
        return replace(self.world.live, watched=Watched(watch.rows, nothing))

    @property
    def groups(self) -> set[str]:
        return set((self.baselines.load("test") or {})["group"])


@pytest.fixture
def up(tmp_path: Path) -> Up:
    return Up(settled(desired_of(DOCUMENTS)), Baselines(str(tmp_path)))


def test_without_a_baseline_the_whole_tenant_is_read(up: Up):
    up.end()
    assert up.reads == [None]
    assert {up.world.applied[PEOPLE].id, up.world.applied[OTHERS].id} <= up.groups


def test_an_unreadable_baseline_is_written_again(up: Up, tmp_path: Path):
    (tmp_path / "test.json.gz").write_bytes(b"not a baseline")
    up.end()
    assert up.reads == [None]
    assert up.world.applied[PEOPLE].id in up.groups


def test_nothing_is_read_if_nothing_is_new(up: Up):
    up.end()
    up.end(Change(Operation.DELETE, *OTHERS))
    assert up.reads == [None]


def test_only_the_kinds_of_new_objects_are_read(up: Up):
    applied = up.world.applied.pop(OTHERS)
    item = up.world.items.pop((OTHERS.kind, applied.id))
    up.end()
    assert applied.id not in up.groups
    up.world.applied[OTHERS] = applied
    up.world.put(item)
    up.end(Change(Operation.CREATE, *OTHERS))
    assert up.reads == [None, {"group", "group-memberships"}], "a new group has members, if it declares some"
    assert applied.id in up.groups


def test_an_object_that_an_earlier_run_did_not_record_is_added(up: Up):
    applied = up.world.applied[OTHERS]
    item = up.world.items.pop((OTHERS.kind, applied.id))
    up.end()
    up.world.put(item)
    up.end()
    assert up.reads == [None, {"group"}]
    assert applied.id in up.groups


def test_a_released_object_is_recorded_as_an_undeclared_one(up: Up):
    up.end()
    before, released = up.world.state, up.world.applied[OTHERS]
    up.world.desired = desired_of([one for one in DOCUMENTS if one["name"] != "others"])
    del up.world.applied[OTHERS]
    up.end(before=before)
    assert up.reads == [None, {"group"}]
    kept = up.baselines.load("test") or {}
    assert released.id in kept["group?"]


def test_a_deleted_object_is_not(up: Up):
    up.end()
    before = up.world.state
    del up.world.applied[OTHERS]
    up.end(Change(Operation.DELETE, *OTHERS), before=before)
    assert up.reads == [None]


def test_without_declarations_no_baseline_is_written(tmp_path: Path):
    up = Up(settled(desired_of([])), Baselines(str(tmp_path)))
    up.end()
    assert up.reads == []
    assert up.baselines.load("test") is None
