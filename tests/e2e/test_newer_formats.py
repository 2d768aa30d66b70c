"""Files of a newer reconciler: each command that needs one ends with an error and changes nothing."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.documents import bookmark, group
from tests.e2e.workspace import ENVIRONMENT, Workspace

pytestmark = pytest.mark.e2e
IGNORE = {
    "kind": "group",
    "name": "staff",
    "field": "description",
    "reason": "To test.",
    "owner": "tests",
}


def edited(path: Path, change: Callable[[Any], object]) -> None:
    packed = path.suffix == ".gz"
    document = json.loads(gzip.decompress(path.read_bytes()) if packed else path.read_bytes())
    change(document)
    content = json.dumps(document).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)


def newer(document: Any) -> None:
    document["version"] += 1


def newer_state(document: Any) -> None:
    (stack,) = [one for one in document["checkpoint"]["latest"]["resources"] if one["type"] == "pulumi:pulumi:Stack"]
    stack["outputs"]["format"] += 1


def newer_history(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE reconciler_format SET version = version + 1")


def files(workspace: Workspace) -> dict[Path, bytes]:
    """All files but the audit, to which every run adds lines, and locks and logs of the engine."""
    found = (path for path in workspace.root.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if not {"audit", "locks"} & {*path.parts}}


def test_files_of_a_newer_reconciler_are_refused(workspace: Workspace):
    workspace.declare([group("staff"), bookmark("wiki")])
    workspace.up()
    (staff,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "Staff"]
    workspace.tenant.request("PUT", f"/api/v1/groups/{staff.id}", {"profile": {"name": "Staff", "description": "D"}})
    expires = {**IGNORE, "expires": str(date.today() + timedelta(days=30))}
    workspace.write("ignore.yaml", [[expires]])
    workspace.expect(0, "drift")
    workspace.declare([group("staff"), group("guests"), bookmark("wiki")])
    plan, state = workspace.root / "plan.json", workspace.root / ".state"
    workspace.expect(0, "preview", "--save-plan", str(plan))
    (baseline,) = state.rglob(f"{ENVIRONMENT}.json.gz")
    (ignored,) = state.rglob(f"{ENVIRONMENT}.ignored.json")
    (checkpoint,) = (state / ".pulumi/stacks").rglob(f"{ENVIRONMENT}.json")
    history = state / "history.sqlite"
    up, with_plan = ("up", "--yes"), ("up", "--plan", str(plan))
    accept, repair, preview = ("accept", "--yes"), ("repair", "--yes"), ("preview",)
    for file, change, commands in (
        (baseline, lambda: edited(baseline, newer), [up, with_plan, ("drift",), accept, repair]),
        (ignored, lambda: edited(ignored, newer), [("drift",), accept, repair]),
        (checkpoint, lambda: edited(checkpoint, newer_state), [up, preview, ("drift",), accept, repair, ("status",)]),
        (history, lambda: newer_history(history), [("history",), ("drift",)]),
        (plan, lambda: edited(plan, newer), [with_plan]),
    ):
        content = file.read_bytes()
        change()
        before = files(workspace)
        workspace.tenant.clear_stats()
        for command in commands:
            outcome = workspace.expect(1, *command, environment=None if command == ("status",) else ENVIRONMENT)
            assert f"{file}: the " in outcome.err + outcome.out or file == history
            assert "has format version " in outcome.err + outcome.out
            assert files(workspace) == before, command
        assert not workspace.tenant.writes()
        file.write_bytes(content)
    workspace.expect(0, *with_plan)
    workspace.expect(0, "drift")
