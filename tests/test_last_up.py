"""The record of the last `up` in the outputs of a stack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.actor import Actor
from reconciler.commit import Commit
from reconciler.definitions import load, load_all
from reconciler.definitions.model import Credentials
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import EMPTY
from reconciler.errors import EngineError
from reconciler.last_up import LastUp, last_up_in, mark_clean
from tests.settled import ENVIRONMENT, desired_of, document

UP = LastUp("d1", "s1", Commit("abc", dirty=True), datetime(2026, 1, 2, tzinfo=UTC), "alice", "https://ci/1", "0.1.0")


def exported(last: LastUp) -> dict[str, Any]:
    """What the program exports."""
    return {"definitions": last.definitions, **last.outputs}


def test_the_program_never_exports_a_clean_end():
    assert LastUp.recorded(exported(replace(UP, clean=True))) == UP
    assert LastUp.recorded(exported(UP) | {"clean": True}) == replace(UP, clean=True)


@pytest.mark.parametrize("outputs", [{}, {"definitions": 1}, {"commit": "abc"}])
def test_without_a_digest_there_was_no_up(outputs: dict[str, Any]):
    assert LastUp.recorded(outputs) is None


def test_the_outputs_of_an_earlier_version():
    assert LastUp.recorded({"definitions": "d", "commit": "c", "at": "yesterday"}) == LastUp("d", commit=Commit("c"))


def test_the_service_app_is_recorded(monkeypatch: pytest.MonkeyPatch):
    """Another one may read the tenant."""
    monkeypatch.setenv("UP_ID", "0oaUp")
    desired = desired_of([])
    credentials = Credentials(client_id="env:UP_ID", private_key="env:KEY")
    desired = replace(desired, environment=replace(desired.environment, credentials=credentials))
    last = LastUp.now(desired, Commit(), Actor("alice", False))
    recorded = LastUp.recorded(exported(last))
    assert recorded is not None
    assert recorded.client == "0oaUp"


def test_an_interrupted_run_was_not_clean():
    state = replace(EMPTY, outputs=exported(UP) | {"clean": True})
    assert last_up_in(EMPTY) is None
    assert last_up_in(state) == replace(UP, clean=True)
    assert last_up_in(replace(state, interrupted=True)) == UP


class Recording:
    """Stands for a stack, and keeps what was recorded."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.recorded: dict[str, Any] = {}

    def record(self, outputs: dict[str, Any]) -> None:
        if self.error:
            raise self.error
        self.recorded |= outputs


@pytest.mark.parametrize(
    "changes",
    [
        Changes(failures=["group staff: no"]),
        Changes(interrupted=True),
        Changes(not_tried=[Change(Operation.CREATE, "group", "staff")]),
    ],
    ids=["failed", "interrupted", "not tried"],
)
def test_other_ends_are_not_clean(changes: Changes):
    there: Any = Recording()
    mark_clean(there, changes)
    assert there.recorded == {}


def test_a_clean_end_is_recorded():
    there: Any = Recording()
    mark_clean(there, Changes())
    assert there.recorded == {"clean": True}


def test_an_end_that_cannot_be_recorded_is_a_failure():
    there: Any = Recording(EngineError("the disk is full"))
    changes = Changes()
    mark_clean(there, changes)
    assert changes.failures == ["all changes were made, but the state does not record a clean end: the disk is full"]
    interrupted: Any = Recording(KeyboardInterrupt())
    mark_clean(interrupted, changes := Changes())
    assert changes.interrupted


def definitions(folder: Path, *documents: dict[str, Any], **variables: Any) -> str:
    """The digest of documents in two environments, which must be equal."""
    (folder / "environments").mkdir(exist_ok=True)
    for number, name in enumerate(("production", "staging")):
        file = ENVIRONMENT | {"variables": {"suffix": f"{variables.get('suffix', '')}{number}"}}
        (folder / f"environments/{name}.yaml").write_text(yaml.safe_dump(file))
    (folder / "all.yaml").write_text(yaml.safe_dump_all(documents, sort_keys=False))
    found = load_all(folder)
    assert found["staging"].digest != found["production"].digest
    assert found["staging"].documents == found["production"].documents == load(folder, "staging").documents
    return found["staging"].documents


GROUP = document("group", "staff", name="Staff ${suffix}")


def test_the_digest_of_documents_is_the_same_for_all_environments(tmp_path: Path):
    before = definitions(tmp_path, GROUP)
    assert before == definitions(tmp_path, GROUP, suffix="another")
    assert before == definitions(tmp_path, GROUP | {"owner": "others", "purpose": "Another."})


@pytest.mark.parametrize(
    "changed",
    [
        document("group", "staff", name="Staff ${suffix}."),
        document("group", "staff", previously=["people"], name="Staff ${suffix}"),
        GROUP | {"environments": ["staging", "production"]},
        document("group", "people", name="Staff ${suffix}"),
    ],
    ids=["spec", "previously", "environments", "name"],
)
def test_what_reaches_a_tenant_changes_it(tmp_path: Path, changed: dict[str, Any]):
    assert definitions(tmp_path, GROUP) != definitions(tmp_path, changed)
