"""The state in a folder: a full disk, damaged files, locks, passphrases, and no engine to read it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.engine import toolchain
from reconciler.engine.local_state import LocalState
from reconciler.errors import EngineMissing
from tests.e2e.documents import groups
from tests.e2e.test_faults import expect_convergence
from tests.e2e.workspace import PROJECT, SandboxTenant, StartTenant, Workspace

pytestmark = pytest.mark.e2e
PATIENCE_SECONDS = 180
CUT = b'{"version": 3, "checkpoint": {"stack": "organ'


@pytest.fixture
def tenant(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    """A tenant of its own, so that an ended run affects no other test."""
    with start_tenant() as tenant:
        yield tenant


def state_of(workspace: Workspace) -> LocalState:
    return LocalState(workspace.root / ".state", "okta", "test")


def small_disks_can_be_made() -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.skipif(not small_disks_can_be_made(), reason="no user may mount anything here")
@pytest.mark.parametrize("size", ["44k", "64k"], ids=["full-in-the-middle", "full-at-the-end"])
def test_a_run_on_a_full_disk_ends_and_the_next_one_completes_it(workspace: Workspace, size: str, tmp_path: Path):
    """The state is on a separate disk, and moves to a larger one before the next run."""
    disk, state = tmp_path / "disk", workspace.root / ".state"
    disk.mkdir()
    workspace.declare(groups(60))
    up = [sys.executable, "-m", "reconciler", "--definitions", str(workspace.definitions), "up", "test", "--yes"]
    script = 'mount -t tmpfs -o size="$1" none "$2" && shift 3 && "$@"; code=$?; cp -a "$DISK" "$COPY"; exit $code'
    with workspace.environment():
        variables = {**os.environ, "PULUMI_BACKEND_URL": disk.as_uri(), "DISK": f"{disk}/.", "COPY": str(state)}
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", size, str(disk), "--", *up],
            cwd=PROJECT,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 1, done
    said = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in said
    assert f"{disk}/" in said
    assert "no space left on device" in said.lower()
    assert "free some space" in said
    assert "the next run recognises what was done so far" in said
    made = workspace.tenant.stats()["POST", "/api/v1/groups"]
    assert 0 < made <= 60

    expect_convergence(workspace)

    assert workspace.tenant.stats()["POST", "/api/v1/groups"] == 60


@pytest.mark.parametrize("damage", ["all-but-ours", "all-but-an-old-one"])
def test_a_damaged_state_is_restored_from_a_copy_and_newer_objects_are_recognised(workspace: Workspace, damage: str):
    state = state_of(workspace)
    workspace.declare(groups(4))
    workspace.up()
    (old,) = state.backups.glob("*.json")
    workspace.declare(groups(7)[2:])
    workspace.up()
    requests = workspace.tenant.stats()
    damaged = [state.checkpoint, state.checkpoint.with_name("test.json.bak"), *state.backups.glob("*.json")]
    if damage == "all-but-an-old-one":
        damaged = [file for file in [*damaged, state.kept] if file != old]
    for file in damaged:
        file.write_bytes(CUT)

    expect_convergence(workspace)

    again = workspace.tenant.stats()
    for method in ("POST", "DELETE"):
        assert {key: n for key, n in again.items() if key[0] == method} == {
            key: n for key, n in requests.items() if key[0] == method
        }


def test_a_state_without_an_intact_copy_is_an_error(workspace: Workspace):
    state = state_of(workspace)
    workspace.declare(groups(2))
    workspace.up()
    workspace.up()
    for file in (*state.checkpoint.parent.glob("test.json*"), state.kept, *state.backups.glob("*.json")):
        file.write_bytes(CUT)

    for command in (["up", "--yes"], ["preview"], ["drift", "--no-history"]):
        refused = workspace.expect(1, *command)
        assert str(state.checkpoint) in refused.err
        assert "backup" in refused.err
        assert "Traceback" not in refused.err

    state.checkpoint.unlink()
    expect_convergence(workspace)


@pytest.mark.parametrize("command", ["up", "repair"])
def test_the_lock_of_a_killed_run_elsewhere_can_be_broken(
    command: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    """As with a state in a bucket, whose locks only the engine can read."""
    workspace.declare(groups(2))
    workspace.up()
    workspace.declare(groups(3))
    locks = state_of(workspace).locks
    locks.mkdir(parents=True, exist_ok=True)
    held = {"pid": 2**22 + 1, "username": "ci", "hostname": "runner-7", "timestamp": "2026-01-01T00:00:00Z"}
    (locks / "0.json").write_text(json.dumps(held))

    monkeypatch.setattr(LocalState, "of", lambda *where: None)
    holder = f"ci@runner-7, process {2**22 + 1}, since 2026-01-01T00:00:00Z"
    if command == "repair":
        first = next(item["id"] for item in workspace.tenant.request("GET", "/api/v1/groups?q=Group-00"))
        workspace.tenant.request("PUT", f"/api/v1/groups/{first}", {"profile": {"name": "By hand"}})
    refused = workspace.expect(4, command, "--yes")
    assert holder in refused.err
    assert "--break-lock" in refused.err

    broken = workspace.expect(0, command, "--yes", "--break-lock")
    assert f"removed the lock of another run: {holder}" in broken.err
    audit = (workspace.root / ".state/audit/test.jsonl").read_text().splitlines()
    assert json.loads(audit[-1])["broken_locks"] == [holder]
    workspace.up()
    workspace.expect_settled()


def test_a_state_created_without_a_passphrase_has_two_solutions(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace.declare(groups(1))
    workspace.up()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    refused = workspace.expect(1, "up", "--yes")
    said = " ".join(refused.err.split())
    assert "unset PULUMI_CONFIG_PASSPHRASE" in said
    _, _, rest = said.partition("change the passphrase: ")
    command, _, _ = rest.partition("; or,")

    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    workspace.up()
    subprocess.run(command, shell=True, check=True, capture_output=True, input=b"mine\nmine\n", cwd="/")
    workspace.expect(1, "up", "--yes")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    workspace.up()
    workspace.expect_settled()


def test_drift_needs_no_engine(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    def missing(*_: object) -> Path:
        raise EngineMissing("there is none")

    workspace.declare(groups(2))
    workspace.up()
    before = workspace.expect(0, "drift", "--no-history").out
    monkeypatch.setattr(toolchain, "ensure", missing)

    assert workspace.expect(0, "drift", "--no-history").out.splitlines()[-1] == before.splitlines()[-1]
    workspace.expect(1, "up", "--yes")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    without = workspace.expect(3, "drift", "--no-history")
    assert "there is no Pulumi CLI" in without.out + without.err
