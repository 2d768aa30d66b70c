"""Runs that end by a signal to the reconciler alone: no orphan process, a true report, the signal's exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.documents import group, groups, zone
from tests.e2e.test_faults import expect_convergence
from tests.e2e.test_killed import PATIENCE_SECONDS, creates, engine_of, running, slowly, until
from tests.e2e.workspace import SandboxTenant, StartTenant, Workspace

pytestmark = pytest.mark.e2e
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]


@pytest.fixture
def tenant(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    """A tenant of its own, so that an interrupted run affects no other test."""
    with start_tenant() as tenant:
        yield tenant


def held_up(workspace: Workspace) -> int:
    """The number of requests that a fault has hit so far."""
    return sum(fault["applied"] for fault in workspace.tenant.request("GET", "/_sandbox/faults"))


def expect_end(process: subprocess.Popen[str], code: int) -> tuple[str, str]:
    """The run ends with this code and leaves no process. Returns its output."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code, out + err
    assert "Traceback" not in out + err
    assert not engines_of_session(process.pid)
    return out, err


def engines_of_session(session: int) -> list[str]:
    """The running engines that a command started, whatever their parent is now."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(") ")
            line = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if rest.split()[3] == str(session) and b"pulumi" in line:
            found.append(line.decode())
    return found


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_an_interrupted_up_finishes_running_operations_and_reports(workspace: Workspace, number: int, code: int):
    workspace.declare([*groups(60), zone("office")])
    slowly(workspace)
    with running(workspace, "up", "--yes", "--format", "json") as process:
        until(lambda: creates(workspace, "/api/v1/groups") >= 2, "two groups")
        os.kill(process.pid, number)
        out, err = expect_end(process, code)

    assert "waiting for the engine to finish and record" in err
    account = json.loads(out)
    assert (account["interrupted"], account["succeeded"]) == (True, False)
    outcomes = {(one["kind"], one["name"]): one["outcome"] for one in account["changes"]}
    assert len(outcomes) == 61, "every object has an outcome"
    assert " to create" not in account["conclusion"]
    there = {item.label for item in workspace.tenant.read().objects["group"]}
    done = {name for (kind, name), outcome in outcomes.items() if kind == "group" and outcome == "done"}
    assert done == {f"group-{number:02}" for number in range(60) if f"Group-{number:02}" in there}
    assert set(outcomes.values()) == {"done", "not tried"}
    expect_convergence(workspace)


def test_deletions_that_were_not_tried_are_reported(workspace: Workspace):
    """Deletions that were made are never "to delete"."""
    workspace.declare([group("kept"), *groups(40)])
    workspace.up()
    workspace.declare([group("kept")])
    workspace.tenant.order_fault(method="DELETE", latency=0.3)
    with running(workspace, "up", "--yes") as process:
        until(lambda: workspace.tenant.stats().get(("DELETE", "/api/v1/groups/{group}"), 0) >= 2, "two deletions")
        os.kill(process.pid, signal.SIGTERM)
        out, _ = expect_end(process, 143)

    left = sum(label.startswith("group  Group-") for label in workspace.tenant.labels())
    assert 0 < left < 40
    assert out.splitlines()[-1] == f"Interrupted: {40 - left} deleted, {left} not tried; 1 unchanged"
    assert " to delete" not in out
    expect_convergence(workspace)


def test_a_second_signal_ends_sooner_and_explains_the_risk(workspace: Workspace):
    workspace.declare(groups(4))
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", after=1, latency=PATIENCE_SECONDS)
    with running(workspace, "up", "--yes") as process:
        until(lambda: held_up(workspace), "a group under way")
        os.kill(process.pid, signal.SIGTERM)
        until(lambda: engine_of(process), "the engine goes on")
        os.kill(process.pid, signal.SIGTERM)
        out, err = expect_end(process, 143)

    assert "stopping the engine at once" in err
    assert "with an unknown outcome" in out.splitlines()[-1]
    assert "outcome unknown: started, but its end was not seen; the next run checks the tenant" in out
    workspace.tenant.clear_faults()
    expect_convergence(workspace)


@pytest.mark.parametrize(
    "command",
    [
        ("preview",),
        ("drift",),
        ("up", "--yes"),
        ("repair", "--yes"),
        ("accept", "--yes"),
        ("adopt", "--into"),
    ],
    ids=lambda command: command[0],
)
def test_a_read_only_command_ends_at_once(workspace: Workspace, tmp_path: Path, command: tuple[str, ...]):
    """No engine runs while the tenant is read. Nothing is changed, and no file remains."""
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests")])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    workspace.tenant.order_fault(method="GET", path="/api/v1/.*", latency=PATIENCE_SECONDS)
    environment = {**os.environ, **workspace.tenant.sign_in.variables, "TMPDIR": str(temporary)}
    into = [str(workspace.definitions)] if "--into" in command else []
    with running(workspace, *command, *into, env=environment) as process:
        until(lambda: held_up(workspace), "a request under way")
        os.kill(process.pid, signal.SIGTERM)
        out, err = expect_end(process, 143)

    assert "interrupted by SIGTERM" in err
    assert "done" not in out
    assert list(temporary.iterdir()) == []
    workspace.tenant.clear_faults()
    assert "group  guests" not in workspace.tenant.labels()
    expect_convergence(workspace)


@pytest.mark.parametrize("moment", ["refresh", "up"])
def test_an_interrupted_repair_restores_the_state(workspace: Workspace, moment: str):
    workspace.declare(groups(8))
    workspace.up()
    items = {item.label: item.id for item in workspace.tenant.read().objects["group"]}
    workspace.tenant.request("DELETE", f"/api/v1/groups/{items['Group-01']}")
    by_hand = {"profile": {"name": "Group-02", "description": "By hand."}}
    workspace.tenant.request("PUT", f"/api/v1/groups/{items['Group-02']}", by_hand)
    before = {(one.name, one.verdict) for one in workspace.comparison().findings()}
    refreshed = f"/api/v1/groups/{items['Group-02']}"  # nothing but the engine asks for one group
    method, path = ("GET", refreshed) if moment == "refresh" else ("POST", "/api/v1/groups")
    workspace.tenant.order_fault(method=method, path=path, latency=2)
    with running(workspace, "repair", "--yes") as process:
        until(lambda: held_up(workspace), "the moment")
        os.kill(process.pid, signal.SIGINT)
        out, _ = expect_end(process, 130)
    workspace.tenant.clear_faults()

    assert "Repair of test" in out
    assert out.splitlines()[-1].startswith("Interrupted: ")
    after = {(one.name, one.verdict) for one in workspace.comparison().findings()}
    assert after == before if moment == "refresh" else after < before
    assert "interruptedRepair" not in json.dumps(workspace.comparison().reconciler.stack.export())
    workspace.expect(0, "repair", "--yes")
    expect_convergence(workspace)
