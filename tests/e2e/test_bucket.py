"""A state in a bucket: locks of runs that were killed, and reading a state without opening it. The bucket is moto's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.e2e.documents import groups
from tests.e2e.test_killed import PATIENCE_SECONDS, creates, engine_of, running, until
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

LOCKS = ".pulumi/locks/organization/okta/test"
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"
}
"""moto does not check signatures, but without one it takes a request for that of a stranger."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket in which the states are stored."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    for name, value in {
        "PULUMI_BACKEND_URL": f"s3://states?endpoint={address}&region=us-east-1&s3ForcePathStyle=true",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    line = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: is_made(f"{address}/states"), "the bucket")
            yield f"{address}/states"
        finally:
            server.terminate()


def is_made(bucket: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.put(bucket, headers=SIGNED, trust_env=False).is_success
    return False


def locks(bucket: str) -> int:
    return httpx.get(f"{bucket}?list-type=2&prefix={LOCKS}", headers=SIGNED, trust_env=False).text.count("<Key>")


def test_the_lock_of_a_killed_run_is_broken(bucket: str, workspace: Workspace):
    assert "nothing yet" in workspace.expect(0, "status", environment=None).out
    workspace.declare(groups(2))
    workspace.up()
    assert "clean" in workspace.expect(0, "status", environment=None).out

    workspace.declare(groups(6))
    workspace.tenant.clear_stats()
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", latency=2)
    with running(workspace, "up", "--yes") as process:
        until(lambda: creates(workspace, "/api/v1/groups"), "a group")
        engine = engine_of(process)
        assert engine
        for pid in (process.pid, engine):
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_SECONDS)
    workspace.tenant.clear_faults()
    assert locks(bucket) == 1
    assert "not clean" in workspace.expect(0, "status", environment=None).out

    refused = workspace.expect(4, "up", "--yes").err
    assert f", process {engine}, since " in refused
    assert "not ended according to the audit: `up` by " in refused
    assert "--break-lock" in refused
    broken = workspace.expect(0, "up", "--yes", "--break-lock").err
    assert "removed the lock of another run" in broken
    assert locks(bucket) == 0

    held = {"pid": 5, "username": "ci", "hostname": "runner-7", "timestamp": "2026-01-01T00:00:00Z"}
    httpx.put(f"{bucket}/{LOCKS}/0.json", headers=SIGNED, content=json.dumps(held), trust_env=False)
    workspace.declare(groups(5))
    assert "ci@runner-7, process 5" in workspace.expect(4, "up", "--yes").err
    workspace.expect(0, "up", "--yes", "--break-lock")
    workspace.expect_settled()
