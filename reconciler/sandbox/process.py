"""Start a sandbox as a process of its own, for tests, demonstrations and benchmarks.

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reconciler.sandbox.tenant import Pipeline

START_SECONDS = 30.0
STOP_SECONDS = 5.0
ANNOUNCEMENT = "sandbox listening on "


class SandboxNotStarted(Exception):
    """The process ended, or did not answer in time; the message holds what it wrote."""


@dataclass(frozen=True)
class RunningTenant:
    """A tenant that answers at `url`, to `token`."""

    url: str
    token: str
    pid: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that sign a request."""
        return {"Authorization": f"SSWS {self.token}"}

    def kill(self) -> None:
        """End it as a crash would."""
        os.kill(self.pid, signal.SIGKILL)


@contextlib.contextmanager
def start(
    *, token: str | None = None, state: Path | None = None, pipeline: Pipeline = "idx", port: int = 0
) -> Iterator[RunningTenant]:
    """A tenant on a free port of 127.0.0.1, while a `with` block lasts; a token is made up if need be."""
    token = token or secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "reconciler.sandbox", "--port", str(port), "--pipeline", pipeline]
    if state is not None:
        command += ["--state", str(state)]
    # The token goes by the environment: command lines can be read by every user of a machine.
    environment = {**os.environ, "RECONCILER_SANDBOX_TOKEN": token}
    with (
        tempfile.TemporaryFile() as complaints,  # a pipe that nobody reads would fill up, and stop the child
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment) as child,
    ):
        try:
            yield RunningTenant(_announced_url(child, complaints), token, child.pid)
        finally:
            _stop(child)


def _announced_url(child: "subprocess.Popen[bytes]", complaints: IO[bytes]) -> str:
    """What the process says when it answers requests."""
    assert child.stdout is not None, "the output is a pipe"
    ready, _, _ = select.select([child.stdout], [], [], START_SECONDS)
    line = child.stdout.readline().decode() if ready else ""
    if line.startswith(ANNOUNCEMENT):
        return line.removeprefix(ANNOUNCEMENT).strip()
    complaints.seek(0)
    written = complaints.read().decode(errors="replace").strip()
    raise SandboxNotStarted(f"the sandbox did not start: {written or 'no output'}")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
