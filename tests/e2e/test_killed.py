"""Runs that are killed at the worst moment: their objects are recognised, and their locks are released."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from reconciler.drift import Verdict
from reconciler.engine.leftovers import is_engine
from tests.e2e.documents import group, groups, server, zone
from tests.e2e.test_faults import expect_convergence
from tests.e2e.workspace import SandboxTenant, StartTenant, Workspace

pytestmark = pytest.mark.e2e


@pytest.fixture
def tenant(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    """A tenant of its own, so that a killed run affects no other test."""
    with start_tenant() as tenant:
        yield tenant


PATIENCE_SECONDS = 60
"""The time after which a wait fails."""
RULES = "/api/v1/authorizationServers/{server}/policies/{policy}/rules"


def definitions() -> list[dict[str, Any]]:
    return [*groups(8), zone("office", status="INACTIVE"), server(status="INACTIVE")]


def until(happened: Callable[[], Any], what: str) -> Any:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if result := happened():
            return result
        time.sleep(0.02)  # between two looks
    raise AssertionError(f"{what} did not happen")


@contextmanager
def running(workspace: Workspace, *command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A running command. It is killed with its children at the end of the test."""
    process = workspace.start(*command, **options)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def creates(workspace: Workspace, path: str) -> int:
    """The number of objects created at a path."""
    return workspace.tenant.stats().get(("POST", path), 0)


def engines_of(process: subprocess.Popen[str], command: bytes = b"") -> list[int]:
    """The processes of `pulumi` that a command started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(") ")
            arguments = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended
        is_child = rest.split()[1] == str(process.pid) and arguments[0].endswith(b"pulumi")
        if is_child and (command in arguments or not command):
            found.append(int(stat.parent.name))
    return found


def engine_of(process: subprocess.Popen[str]) -> int | None:
    """The process of `pulumi up` that a command started."""
    return next(iter(engines_of(process, b"up")), None)


def slowly(workspace: Workspace) -> None:
    """Delay every change, so that one is always running."""
    workspace.tenant.order_fault(method="POST", latency=0.15)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        pytest.param("/api/v1/groups", 3, id="among-groups"),
        pytest.param(RULES, 2, id="among-rules"),
        pytest.param("/api/v1/zones", 1, id="before-a-zone-is-deactivated"),
    ],
)
def test_a_killed_engine_loses_nothing(workspace: Workspace, path: str, count: int):
    workspace.declare(definitions())
    slowly(workspace)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, path) >= count, f"{count} creates at {path}")
        engine = engine_of(process)
        assert engine, "the engine was not running any more: this test came too late"
        os.kill(engine, signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "run the same command again" in err
    assert "Traceback" not in out + err
    expect_convergence(workspace)


def test_an_incomplete_attributes_file_is_ignored(workspace: Workspace):
    """The engine writes an attributes file beside each state file, in place: a kill can leave it empty."""
    workspace.declare(definitions())
    workspace.up()
    state = workspace.root / ".state" / ".pulumi"
    (state / "stacks" / "okta" / "test.json.attrs").write_text("")
    lock = state / "locks" / "organization" / "okta" / "test" / "0.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pid": 2**22 + 1, "hostname": socket.gethostname()}))

    expect_convergence(workspace)


def test_a_killed_reconciler_loses_nothing(workspace: Workspace):
    workspace.declare(definitions())
    slowly(workspace)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, RULES) >= 1, "a rule")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    assert process.returncode == -signal.SIGKILL
    time.sleep(1)  # the tenant finishes the request that it had received
    expect_convergence(workspace)


def test_an_interrupted_reconciler_loses_nothing(workspace: Workspace):
    """Control-C reaches the engine too, which finishes and records running operations."""
    workspace.declare(definitions())
    slowly(workspace)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, "/api/v1/groups") >= 2, "two groups")
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode in (1, 130)
    assert "Traceback" not in out + err
    expect_convergence(workspace)


@contextmanager
def held(workspace: Workspace) -> Iterator[int]:
    """A run that never ends. Returns the process id of its engine."""
    workspace.declare(groups(4))
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", after=1, latency=100)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, "/api/v1/groups") >= 1, "a group")
        yield until(lambda: engine_of(process), "the engine")


def test_a_stack_is_locked_by_one_run_at_a_time(workspace: Workspace):
    with held(workspace) as engine:
        refused = workspace.expect(4, "up", "--yes")

    assert f"another run holds the stack test: process {engine}" in refused.err
    expect_convergence(workspace)


def test_the_engine_locks_out_a_run_that_starts_at_the_same_moment(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    """There is a gap between our check of the locks and the engine's own."""
    with held(workspace), monkeypatch.context() as patch:
        patch.setattr("reconciler.engine.stack.clear_leftovers", lambda *where: None)
        refused = workspace.expect(4, "up", "--yes")

    assert "another run holds the stack test" in refused.err
    expect_convergence(workspace)


def test_the_lock_of_a_run_on_another_machine_is_respected(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    locks = workspace.root / ".state" / ".pulumi" / "locks" / "organization" / "okta" / "test"
    locks.mkdir(parents=True, exist_ok=True)
    lock = locks / "0.json"
    lock.write_text('{"pid": 1, "username": "ci", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}')

    outcome = workspace.expect(4, "up", "--yes")

    assert "process 1 on elsewhere, since 2026-01-01" in outcome.err
    assert "only if it was killed, run `up` or `repair` with --break-lock" in outcome.err
    assert lock.exists()


@pytest.mark.parametrize("mended", [False, True], ids=["before-anything-is-mended", "after-a-part-is-mended"])
@pytest.mark.parametrize("command", ["repair", "up"])
def test_a_killed_run_leaves_drift_that_is_found(workspace: Workspace, command: str, mended: bool):
    """During the run the state lacks what was applied, but records it elsewhere."""
    workspace.declare([*groups(4), zone("office")])
    workspace.up()
    objects = workspace.tenant.read().objects
    ids = {item.label: item.id for item in objects["group"]}
    (office,) = [item for item in objects["network-zone"] if item.label == "office"]
    profile = {"profile": {"name": "Group-01", "description": "By hand."}}
    workspace.tenant.request("PUT", f"/api/v1/groups/{ids['Group-01']}", profile)
    workspace.tenant.request("DELETE", f"/api/v1/groups/{ids['Group-02']}")
    gateways = [{"type": "CIDR", "value": "198.51.100.0/24"}]
    workspace.tenant.request("PUT", office.path, dict(office.json) | {"gateways": gateways})
    stray = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Stray"}})
    before = {(one.name, one.verdict) for one in workspace.comparison().findings()}
    workspace.declare([group("group-00", description="Pending."), *groups(4)[1:], zone("office")])
    workspace.tenant.clear_stats()
    for method in ("POST", "PUT", "DELETE"):
        workspace.tenant.order_fault(method=method, path="/api/v1/groups.*", latency=PATIENCE_SECONDS)
    options = ["--yes", "--remove-unmanaged"] if command == "repair" else ["--yes"]

    with running(workspace, command, *options) as process:
        moment = ("PUT", "/api/v1/zones/{zone}") if mended else ("GET", "/api/v1/groups/{group}")
        until(lambda: workspace.tenant.stats().get(moment), "the moment")
        time.sleep(0.5 if mended else 0)  # the engine records what it was answered
        engines = engines_of(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        until(lambda: not any(map(is_engine, engines)), "the end of the engine, which has a process group of its own")
    workspace.tenant.clear_faults()

    after = {(one.name, one.verdict) for one in workspace.comparison().findings()}
    gone = {one for one in before if one[0] == "office"} if mended else set()
    assert after == (before - gone) | {("group-00", Verdict.PENDING)}
    workspace.expect(0, command, *options)
    left = {("group-00", Verdict.PENDING)} if command == "repair" else {("", Verdict.UNMANAGED)}
    assert {(one.name, one.verdict) for one in workspace.comparison().findings()} == left
    is_there = stray["id"] in {item.id for item in workspace.tenant.read().objects["group"]}
    assert is_there is (command == "up")
    assert "interruptedRepair" not in json.dumps(workspace.comparison().reconciler.stack.export())
    if command == "repair":
        expect_convergence(workspace)
