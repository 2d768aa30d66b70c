"""Starts a sandbox in a separate process, for tests, demonstrations and benchmarks.

with process.start(token="secret") as tenant:
    httpx.get(f"{tenant.url}/api/v1/groups", headers=tenant.headers)
"""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from okta_sandbox.tenant import Pipeline

START_SECONDS = 30.0
STOP_SECONDS = 5.0
ANNOUNCEMENT = "sandbox listening on "


class SandboxNotStarted(Exception):
    """The process ended or did not answer in time; the message contains its output."""


@dataclass(frozen=True)
class RunningTenant:
    """A running tenant: its URL, API token and process id."""

    url: str
    token: str
    pid: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authorize a request."""
        return {"Authorization": f"SSWS {self.token}"}

    def kill(self) -> None:
        """Kill the process, as a crash would."""
        os.kill(self.pid, signal.SIGKILL)


@contextlib.contextmanager
def start(
    *, token: str | None = None, state: Path | None = None, pipeline: Pipeline = "idx", port: int = 0
) -> Iterator[RunningTenant]:
    """Run a tenant on a free port of 127.0.0.1 during a `with` block. The default token is random."""
    with _running(token, state, pipeline, port, []) as tenants:
        yield tenants[""]


@contextlib.contextmanager
def start_tenants(
    *names: str, token: str | None = None, state: Path | None = None, pipeline: Pipeline = "idx"
) -> Iterator[dict[str, RunningTenant]]:
    """Run several tenants in one process, by name. Each has its own port, and its own state file beside `state`."""
    with _running(token, state, pipeline, 0, names) as tenants:
        yield tenants


@contextlib.contextmanager
def _running(
    token: str | None, state: Path | None, pipeline: Pipeline, port: int, names: Sequence[str]
) -> Iterator[dict[str, RunningTenant]]:
    token = token or secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "okta_sandbox", "--port", str(port), "--pipeline", pipeline]
    if state is not None:
        command += ["--state", str(state)]
    if names:
        command += ["--tenants", ",".join(names)]
    # The token is passed in the environment, because every user of the machine can read command lines.
    environment = {**os.environ, "OKTA_SANDBOX_TOKEN": token}
    with (
        tempfile.TemporaryFile() as error_output,  # an unread pipe would fill up and block the child
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=error_output, env=environment, bufsize=0) as child,
    ):
        try:
            announced = (_announcement(child, error_output) for _ in names or ("",))
            yield {name: RunningTenant(url, token, child.pid) for url, name in announced}
        finally:
            _stop(child)


def _announcement(child: "subprocess.Popen[bytes]", error_output: IO[bytes]) -> tuple[str, str]:
    """URL and name of a tenant, which the process prints when it is ready."""
    assert child.stdout is not None, "the output is a pipe"
    ready, _, _ = select.select([child.stdout], [], [], START_SECONDS)
    line = child.stdout.readline().decode() if ready else ""
    if line.startswith(ANNOUNCEMENT):
        url, _, name = line.removeprefix(ANNOUNCEMENT).strip().partition(" ")
        return url, name.strip("()")
    error_output.seek(0)
    written = error_output.read().decode(errors="replace").strip()
    raise SandboxNotStarted(f"the sandbox did not start: {written or 'no output'}")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
