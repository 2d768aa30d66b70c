"""Every run that may change a tenant leaves its lines in the audit."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.e2e.documents import group, groups
from tests.e2e.test_killed import PATIENCE_SECONDS, creates, running, until
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def lines(workspace: Workspace) -> list[dict[str, Any]]:
    file = workspace.root / ".state" / "audit" / "test.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def ends(workspace: Workspace) -> list[tuple[Any, ...]]:
    return [(one["command"], one["end"], one["exit"], one["outcomes"]) for one in lines(workspace) if one["end"]]


def test_runs_that_end(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace.declare(groups(2))
    workspace.expect(0, "preview")
    assert lines(workspace) == []
    workspace.up()
    begin, end = lines(workspace)
    with workspace.reconciler() as reconciler:
        desired = reconciler.desired
    assert begin["event"] == "begin"
    assert begin.items() >= {"tenant": workspace.tenant.url, "definitions": desired.digest, "end": None}.items()
    assert end["planned"] == {"create": 2}
    assert begin["run"] == end["run"]

    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", status=403)
    workspace.declare([*groups(2), group("more")])
    workspace.expect(1, "up", "--yes")
    workspace.tenant.clear_faults()
    assert "1 failure" in lines(workspace)[-1]["message"]

    lock = workspace.root / ".state/.pulumi/locks/organization/okta/test/0.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pid": 1, "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}))
    workspace.expect(4, "up", "--yes")
    lock.unlink()
    assert "process 1 on elsewhere" in lines(workspace)[-1]["message"]

    workspace.up()
    workspace.up()  # nothing to change
    first = next(item["id"] for item in workspace.tenant.request("GET", "/api/v1/groups?q=Group-00"))
    workspace.tenant.request("PUT", f"/api/v1/groups/{first}", {"profile": {"name": "By hand"}})
    monkeypatch.setenv("CI", "true")
    outcome = workspace.expect(0, "repair", "--yes")
    assert ends(workspace) == [
        ("up", "done", 0, {"done": 2}),
        ("up", "failed", 1, {"failed": 1}),
        ("up", "refused", 4, None),
        ("up", "done", 0, {"done": 1}),
        ("up", "done", 0, {}),
        ("repair", "done", 0, {"done": 1}),
    ]
    (printed,) = [line.removeprefix("audit: ") for line in outcome.err.splitlines() if line.startswith("audit: ")]
    assert json.loads(printed) == lines(workspace)[-1], "a runner's checkout is deleted after the run"


def test_nothing_is_changed_without_an_audit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    blocked = workspace.root / "blocked"
    blocked.write_text("")
    monkeypatch.setenv("RECONCILER_AUDIT", str(blocked))
    workspace.declare(groups(1))
    workspace.tenant.clear_stats()
    outcome = workspace.expect(1, "up", "--yes")
    assert outcome.err.count("the audit of test cannot be written") == 1
    assert creates(workspace, "/api/v1/groups") == 0


def test_a_killed_run_leaves_its_first_line(workspace: Workspace):
    workspace.declare(groups(8))
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", latency=1)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, "/api/v1/groups") > 1, "the first create")
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
    assert [one["event"] for one in lines(workspace)] == ["begin"]
