"""Carrying out an acceptance: files first, state last. If it fails, everything is restored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from reconciler.accept import Acceptance, accept, prepare
from reconciler.definitions import Address, Desired, load
from reconciler.drift import Comparison
from reconciler.drift.baseline_values import words_of
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.set_aside import SetAside
from reconciler.engine.state import Applied, State
from reconciler.errors import FileNotWritten, ReconcilerError, Refused
from reconciler.kinds import kind_named, kinds
from reconciler.kinds.mapping import Vocabulary, encode
from reconciler.matching import Match, StateMatch
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.program import Found
from reconciler.progress import SILENT
from reconciler.reconciler import Reconciler
from tests.definitions.folder import Folder, group
from tests.faults import Full, contents, fault
from tests.matches import match_of


def urn(name: str) -> str:
    return f"urn:pulumi:staging::okta::okta:index/group:Group::{name}"


@dataclass
class FakeStack:
    """Records each operation on the state, and the contents of the files at that moment."""

    known: State
    folder: Path
    done: list[tuple[str, dict[str, bytes]]] = field(default_factory=list)
    kept: SetAside | None = None
    planned: Changes = field(default_factory=Changes)

    def state(self) -> State:
        return self.known

    def export(self) -> dict[str, Any]:
        resources = [
            {"urn": one.urn, "type": "okta:index/group:Group", "id": one.id, "inputs": dict(one.inputs)}
            for one in self.known.resources.values()
        ]
        return {"resources": resources}

    def clear_pending(self) -> None:
        pass

    def set_aside(self, kept: SetAside, urns: Collection[str]) -> None:
        self.kept = kept
        self._did(f"set aside {', '.join(_names(urns))}")

    def refresh(self, urns: Sequence[str]) -> None:
        self._did(f"refresh {', '.join(_names(urns))}")

    def put_back(self, set_aside: Callable[[], SetAside]) -> None:
        if self.kept:
            self._did("put back" if set_aside() == self.kept else "drop the record")

    def preview(self, program: None) -> Changes:
        return self.planned

    def up(self, program: object, *, targets: Sequence[str]) -> Changes:
        self._did(f"up {', '.join(_names(targets))}")
        return Changes()

    def forget_priorities(self, urns: Collection[str]) -> None:
        assert not urns

    def _did(self, what: str) -> None:
        self.done.append((what, contents(self.folder)))


@dataclass
class FakeBaselines:
    kept: list[Any] = field(default_factory=list)

    def load(self, environment: str) -> dict[str, Any]:
        return {word: {} for kind in kinds() for word in words_of(kind)}

    def renew(self, *_: object) -> None:
        """Nothing is kept."""

    def accept(self, environment: str, values: Iterable[Any]) -> None:
        self.kept += values


@dataclass
class FakeReconciler:
    desired: Desired
    stack: FakeStack
    live: Snapshot
    baselines: FakeBaselines = field(default_factory=FakeBaselines)
    progress: Any = SILENT

    def urns(self, addresses: Iterable[Address]) -> set[str]:
        return {urn(address.name) for address in addresses}

    def urn_of(self, address: Address) -> str:
        return urn(address.name)

    def in_state(self) -> StateMatch:
        return StateMatch.of(self.desired, self.stack.state())

    def look_up(self, in_state: StateMatch, only: Collection[Address]) -> tuple[Match, Found]:
        return Match.of(in_state, self.live), Found()

    def read(self, *_: object, people: bool = True) -> Snapshot:
        return self.live

    def program(self, *_: object) -> None:
        """The stack does not run it."""


@dataclass
class Case:
    """A group that was changed in the tenant and one that was deleted, each declared in a separate file."""

    folder: Path
    reconciler: FakeReconciler
    live: Snapshot
    acceptance: Acceptance

    def accept(self) -> int:
        return accept(cast(Reconciler, self.reconciler), self.acceptance)

    @property
    def done(self) -> list[str]:
        return [what for what, _ in self.reconciler.stack.done]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    folder = Folder(tmp_path)
    for name in ("changed", "deleted"):
        folder.write(group(name), f"{name}.yaml")
    desired = load(folder.path, "staging")
    resources = {
        address: Applied(one.kind, one.name, urn(one.name), f"00g-{one.name}", _inputs(one.spec))
        for address, one in desired.declarations.items()
    }
    json = {"id": "00g-changed", "type": "OKTA_GROUP", "profile": {"name": "Changed", "description": "By hand."}}
    item = LiveObject(kind_named("group"), "00g-changed", json)
    live = Snapshot({"group": [item]}, by_id={("group", item.id): item})
    stack = FakeStack(State({(key.kind, key.name): one for key, one in resources.items()}, {}, False), folder.path)
    reconciler = FakeReconciler(desired, stack, live)
    comparison = Comparison.of(match_of(desired, stack.known, live))
    made = prepare(folder.path, comparison, comparison.findings)
    assert len(made.accepted) == 2
    return Case(folder.path, reconciler, live, made)


def _names(urns: Iterable[str]) -> list[str]:
    return sorted(one.rpartition("::")[2] for one in urns)


def _inputs(spec: Any) -> dict[str, Any]:
    return encode(kind_named("group").fields, spec, Vocabulary.INPUTS)


def test_the_files_are_written_before_the_state_is_updated(case: Case) -> None:
    before = contents(case.folder)
    case.accept()
    assert case.done == ["set aside deleted", "refresh changed", "up changed", "drop the record"]
    after = contents(case.folder)
    assert after.keys() == before.keys() - {"deleted.yaml"}
    assert [files for _, files in case.reconciler.stack.done] == [before, before, after, after]
    assert case.reconciler.stack.kept
    assert [one["urn"] for one in case.reconciler.stack.kept.resources] == [urn("deleted")]
    assert case.reconciler.stack.kept.arguments[urn("changed")]["inputs"] == {
        "name": "Changed",
        "description": "",
    }


def test_a_refused_acceptance_changes_nothing(case: Case) -> None:
    before = contents(case.folder)
    case.reconciler.stack.planned.changes[urn("changed")] = Change(Operation.UPDATE, "group", "changed", ("name",))
    with pytest.raises(Refused, match=r"the next up would change group changed \(name\)"):
        case.accept()
    assert contents(case.folder) == before
    assert case.done[-1] == "put back"
    assert case.reconciler.baselines.kept == []


def test_an_acceptance_that_cannot_be_written_changes_nothing(case: Case) -> None:
    before = contents(case.folder)
    with pytest.raises(FileNotWritten, match="No space left on device"), fault(6, Full, case.folder, lasting=False):
        case.accept()
    assert contents(case.folder) == before
    assert case.done[-1] == "put back"


def test_a_file_edited_during_the_run_is_not_overwritten(case: Case) -> None:
    edited = case.folder / "changed.yaml"
    edited.write_text(edited.read_text() + "# edited by hand\n")
    with pytest.raises(ReconcilerError, match=r"changed\.yaml was edited during this run"):
        case.accept()
    assert edited.read_text().endswith("# edited by hand\n")
    assert (case.folder / "deleted.yaml").exists()
    assert case.done[-1] == "put back"


def test_a_second_acceptance_completes_an_interrupted_one(case: Case) -> None:
    """The first one was interrupted after it had written the files."""
    (case.folder / "deleted.yaml").unlink()
    text = (case.folder / "changed.yaml").read_text()
    (case.folder / "changed.yaml").write_text(text.replace("{name: Changed}", "{name: Changed, description: By hand.}"))
    desired = load(case.folder, "staging")
    case.reconciler.desired = desired
    comparison = Comparison.of(match_of(desired, case.reconciler.stack.known, case.live))
    assert comparison.findings == []
    case.acceptance = prepare(case.folder, comparison, [])
    assert case.accept() == 2
    assert case.done == ["set aside deleted", "refresh changed", "drop the record"]
