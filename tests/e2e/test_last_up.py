"""What an `up` records of itself: it is clean only once it has ended without a failure."""

from __future__ import annotations

import signal

import pytest

from reconciler.engine.recorded import recorded_state
from reconciler.last_up import LastUp, last_up_in
from tests.e2e.documents import group, groups
from tests.e2e.test_killed import PATIENCE_SECONDS, creates, running, until
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def recorded(workspace: Workspace) -> LastUp | None:
    with workspace.reconciler() as reconciler:
        state = recorded_state(reconciler.stack)
        return last_up_in(state) if state else None


def test_an_up_records_its_digest_and_a_clean_end(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    assert recorded(workspace) is None
    workspace.declare(groups(2))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "alice")
    workspace.up()
    first = recorded(workspace)
    assert first is not None
    assert (first.clean, first.by, first.tool) == (True, "alice", "0.1.0")
    with workspace.reconciler() as reconciler:
        assert (first.definitions, first.documents) == (reconciler.desired.digest, reconciler.desired.documents)
    workspace.expect_settled()

    monkeypatch.setenv("GITHUB_ACTOR", "bob")
    workspace.up()  # nothing to change
    second = recorded(workspace)
    assert second is not None
    assert (second.clean, second.by, second.definitions) == (True, "bob", first.definitions)

    workspace.tenant.request("PUT", f"/api/v1/groups/{group_id(workspace)}", {"profile": {"name": "By hand"}})
    workspace.expect(0, "repair", "--yes")
    assert recorded(workspace) == second, "a repair does not apply the definitions"


def test_a_failed_deletion_leaves_an_up_that_is_not_clean(workspace: Workspace):
    """Deletions come after the program has exported its outputs."""
    workspace.declare(groups(2))
    workspace.up()
    workspace.declare(groups(1))
    workspace.tenant.order_fault(method="DELETE", path="/api/v1/groups/[^/]+", first=5, status=500)
    workspace.expect(1, "up", "--yes")
    failed = recorded(workspace)
    assert failed is not None
    with workspace.reconciler() as reconciler:
        assert failed.definitions == reconciler.desired.digest
    assert not failed.clean
    workspace.tenant.clear_faults()
    workspace.up()
    assert (last := recorded(workspace))
    assert last.clean


def test_a_killed_up_is_not_clean(workspace: Workspace):
    workspace.declare([group("first")])
    workspace.up()
    workspace.declare([group("first"), *groups(8)])
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", latency=1)
    workspace.tenant.clear_stats()
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, "/api/v1/groups") > 1, "the first create")
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
    workspace.tenant.clear_faults()
    assert (last := recorded(workspace))
    assert not last.clean
    workspace.up()
    assert (last := recorded(workspace))
    assert last.clean


def group_id(workspace: Workspace) -> str:
    with workspace.reconciler() as reconciler:
        return next(iter(reconciler.stack.state().resources.values())).id
