"""The command line as a process: exit codes, stdout and stderr, no colours without a terminal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.e2e.documents import group
from tests.e2e.workspace import Outcome, SandboxTenant, Workspace

pytestmark = pytest.mark.e2e


def shell(workspace: Workspace, *command: str) -> Outcome:
    """Run a command as a process, with pipes for its output and no input."""
    process = workspace.start(*command)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in out + err
    assert "\x1b" not in out + err, "colours in a pipe"
    return Outcome(process.returncode, out, err)


def test_every_exit_code_means_what_the_documentation_says(workspace: Workspace, tmp_path: Path):
    workspace.declare([group("people")])
    assert shell(workspace, "up").code == 64, "there is no terminal to ask on"
    assert workspace.tenant.labels() == []

    assert shell(workspace, "up", "--yes").code == 0
    quiet = shell(workspace, "drift", "--format", "json")
    assert (quiet.code, quiet.err) == (0, "")
    assert json.loads(quiet.out)["findings"] == []

    (people,) = [item for item in workspace.tenant.read().objects["group"] if item.label == "People"]
    workspace.tenant.request("PUT", f"/api/v1/groups/{people.id}", {"profile": {"name": "Persons"}})
    loud = shell(workspace, "drift", "--format", "json")
    assert loud.code == 2
    assert [found["field"] for found in json.loads(loud.out)["findings"]] == ["name"]

    workspace.declare([group("people"), group("guests")])
    pending = shell(workspace, "preview", "--expect-no-changes")
    assert pending.code == 2
    assert "2 changes where none were expected" in pending.err, "the new group, and the name changed in the tenant"

    workspace.declare([{**group("people"), "kind": "grupo"}])
    wrong = shell(workspace, "preview")
    assert wrong.code == 1
    assert "all.yaml:1:" in wrong.err

    intruder = Workspace(tmp_path / "intruder", SandboxTenant(workspace.tenant.url, "wrong"))
    intruder.declare([group("people")])
    assert shell(intruder, "drift").code == 3

    lock = workspace.root / ".state" / ".pulumi" / "locks" / "organization" / "okta" / "test" / "0.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text('{"pid": 1, "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}')
    workspace.declare([group("people")])
    assert shell(workspace, "up", "--yes").code == 4

    assert shell(workspace, "repair", "--no-such-option").code == 64


def test_an_ignored_finding_is_accepted_only_without_its_entry(workspace: Workspace):
    workspace.declare([group("people")])
    assert shell(workspace, "up", "--yes").code == 0
    (people,) = [item for item in workspace.tenant.read().objects["group"] if item.label == "People"]
    workspace.tenant.request("PUT", f"/api/v1/groups/{people.id}", {"profile": {"name": "Persons"}})
    entry = f"- {{kind: group, name: people, reason: HR does., owner: identity, expires: {date.today()}}}\n"
    (workspace.definitions / "ignore.yaml").write_text(entry)

    refused = shell(workspace, "accept", "--dry-run", "group", "people")

    assert refused.code == 1
    assert f"group people is ignored until {date.today()}: {workspace.definitions}/ignore.yaml:1:3\n" in refused.err


def test_a_closed_pipe_is_not_an_error(workspace: Workspace):
    workspace.declare([group("people")])
    process = workspace.start("drift")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=120)

    assert err == ""
    assert process.returncode == 1, "not the exit code of drift: the report was not delivered"
