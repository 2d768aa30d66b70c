"""A state in a bucket: locks of runs that were killed, and reading a state without opening it. The bucket is moto's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


@contextmanager
def read_only(bucket: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a server in front of the bucket, which refuses to change it, and what it has refused."""
    refused: list[str] = []
    origin = bucket.removesuffix("/states")

    class Reader(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = httpx.request(self.command, origin + self.path, headers=SIGNED, trust_env=False)
            self.send_response(answer.status_code)
            for name in ("Content-Type", "ETag", "Last-Modified", "Content-Length"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        do_HEAD = do_GET

        def do_PUT(self) -> None:
            refused.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_error(403)

        do_POST = do_DELETE = do_PUT

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Reader) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", refused
        server.shutdown()


def test_reading_needs_no_credentials_that_write(bucket: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace.declare(groups(2))
    workspace.up()
    workspace.declare(groups(3))
    with read_only(bucket) as (address, refused):
        url = f"s3://states?endpoint={address}&region=us-east-1&s3ForcePathStyle=true"
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
        assert "1 to create" in workspace.expect(0, "preview", "--save-plan", str(workspace.root / "plan.json")).out
        workspace.expect(0, "drift")
        assert "clean" in workspace.expect(0, "status", environment=None).out
        assert not refused
