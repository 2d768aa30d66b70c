"""The report of a failed run: what was done, what failed and why, what was not tried, and no secrets."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.e2e.documents import document, group, groups
from tests.e2e.test_faults import expect_convergence
from tests.e2e.test_killed import running, until
from tests.e2e.test_signals import engines_of_session, held_up
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e
CANARY = "canary-secret-that-no-file-may-hold"


def drifted(workspace: Workspace) -> str:
    """The id of a group with a changed description, which can be listed but not read."""
    workspace.declare(groups(2))
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "Group-01"]
    by_hand = {"profile": {"name": "Group-01", "description": "By hand."}}
    workspace.tenant.request("PUT", f"/api/v1/groups/{item.id}", by_hand)
    workspace.tenant.order_fault(method="GET", path=f"/api/v1/groups/{item.id}", status=403)
    return item.id


def test_a_repair_that_cannot_refresh_fails_and_names_the_object(workspace: Workspace):
    drifted(workspace)

    outcome = workspace.expect(1, "repair", "--yes", "--format", "json")

    account = json.loads(outcome.out)
    (failure,) = account["failures"]
    assert failure.startswith("group group-01: ")
    assert "403" in failure or "E0000009" in failure
    assert [(one["name"], one["outcome"]) for one in account["changes"]] == [("group-01", "failed")]
    assert account["conclusion"] == "Incomplete (1 failure): 1 failed; 0 unchanged"
    workspace.tenant.clear_faults()
    assert [(one.name, one.field) for one in workspace.comparison().findings()] == [("group-01", "description")]
    workspace.expect(0, "repair", "--yes")
    workspace.expect_settled()


def test_an_acceptance_that_cannot_refresh_changes_nothing_and_says_why(workspace: Workspace):
    drifted(workspace)
    before = {path: path.read_bytes() for path in workspace.definitions.rglob("*.yaml")}
    findings = [one.id for one in workspace.comparison().findings()]

    outcome = workspace.expect(1, "accept", "--yes")

    assert "group group-01: " in outcome.err
    assert {path: path.read_bytes() for path in workspace.definitions.rglob("*.yaml")} == before
    workspace.tenant.clear_faults()
    assert [one.id for one in workspace.comparison().findings()] == findings


def test_what_depends_on_a_failure_is_not_tried(workspace: Workspace):
    app = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example", groups=[{"group": "people"}])
    workspace.declare([group("people"), group("guests"), group("old")])
    workspace.up()
    workspace.declare([group("guests"), group("fresh"), app | {"spec": app["spec"] | {"groups": [{"group": "fresh"}]}}])
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", status=403)

    outcome = workspace.expect(1, "up", "--yes", "--format", "json")

    account = json.loads(outcome.out)
    outcomes = {(one["kind"], one["name"], one["operation"]): one["outcome"] for one in account["changes"]}
    assert outcomes["group", "fresh", "create"] == "failed"
    assert outcomes["app-group-assignments", "wiki", "create"] == "not tried"
    assert outcomes["bookmark-app", "wiki", "create"] == "done"
    assert {("group", "people", "delete"), ("group", "old", "delete")} <= outcomes.keys()
    assert any(failure.startswith("group fresh: ") for failure in account["failures"])
    counts = account["conclusion"]
    assert f"{list(outcomes.values()).count('not tried')} not tried" in counts
    assert " to " not in counts
    workspace.tenant.clear_faults()
    expect_convergence(workspace)


@pytest.mark.parametrize("killed", [False, True], ids=["", "killed"])
def test_no_temporary_file_ever_holds_a_secret(workspace: Workspace, tmp_path: Path, killed: bool):
    """A repair exports and imports the state several times: checked while it runs, and after it was killed."""
    workspace.secrets["TEST_APP_SECRET"] = CANARY
    app = document(
        "oidc-app",
        "console",
        label="Console",
        type="web",
        redirect_uris=["https://console.example.com/callback"],
        client_secret="env:TEST_APP_SECRET",
    )
    workspace.declare([app, *groups(2)])
    workspace.up()
    (item,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "Group-01"]
    workspace.tenant.request("DELETE", f"/api/v1/groups/{item.id}")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", latency=3)
    variables = {**workspace.tenant.sign_in.variables, **workspace.secrets}
    seen: list[str] = []

    def look() -> bool:
        for path in temporary.rglob("*"):
            try:
                if path.is_file() and CANARY.encode() in path.read_bytes():
                    seen.append(path.name)
            except OSError:
                continue  # it has just been removed
        return bool(held_up(workspace))

    with running(workspace, "repair", "--yes", env={**os.environ, **variables, "TMPDIR": str(temporary)}) as process:
        until(look, "the creation of the group")
        if killed:
            os.kill(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        until(lambda: not engines_of_session(process.pid), "the end of the engine")
        until(
            lambda: any("Group-01" in one for one in workspace.tenant.labels()), "the group, which Okta still creates"
        )
        look()

    assert process.returncode == (-signal.SIGKILL if killed else 0), out + err
    assert seen == []
    assert not any("Deployment" in path.name or path.stat().st_size for path in temporary.rglob("*") if path.is_file())
    workspace.tenant.clear_faults()
    workspace.expect(0, "repair", "--yes")
    expect_convergence(workspace)
