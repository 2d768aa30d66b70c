"""Serves a sandbox over HTTP, on a loopback address by default.

It uses uvicorn with httptools, which accepts the absolute-form targets (`GET http://host/path HTTP/1.1`) that clients
send to a proxy, and disables Nagle's algorithm.
"""

import asyncio
import contextlib
import gc
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn

from okta_sandbox.application import app_of
from okta_sandbox.connections import IDLE_SECONDS, TenantProtocol
from okta_sandbox.rate_limits import Plan
from okta_sandbox.sandbox import Sandbox
from okta_sandbox.tenant import Pipeline

BACKLOG = 512
SHUTDOWN_SECONDS = 3  # for requests in progress at shutdown


class AnnouncingServer(uvicorn.Server):
    """Prints the URL when the server is ready, and closes the state file at the end."""

    def __init__(self, config: uvicorn.Config, announcement: str, sandbox: Sandbox) -> None:
        super().__init__(config)
        self.announcement = announcement
        self.sandbox = sandbox

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then print the announcement."""
        await super().startup(sockets)
        print(self.announcement, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop answering and close the state file. uvicorn re-raises the signal afterwards: no later code runs."""
        await super().shutdown(sockets)
        self.sandbox.tenant.store.close()


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    state: Path | None = None,
    pipeline: Pipeline = "idx",
    *,
    tenants: Sequence[str] = (),
    plan: Plan | None = None,
) -> None:
    """Serve until a signal arrives. Port 0 chooses a free port.

    Several `tenants` have consecutive ports from `port` and separate state files: with `tenant.db`, staging has
    `tenant-staging.db`. `plan` enforces the rate limits of that plan.
    """
    # The objects of the org live as long as the process. Each garbage collection over them would take tens of
    # milliseconds in the middle of a request.
    gc.set_threshold(100_000, 50, 100)
    servers: list[tuple[AnnouncingServer, socket.socket]] = []
    for index, name in enumerate(tenants or ("",)):
        listener = _listen(host, port + index if port else 0)
        url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        file = state.with_stem(f"{state.stem}-{name}") if state and name else state
        sandbox = Sandbox.open(url, token=token, pipeline=pipeline, state=file, name=name or "sandbox", plan=plan)
        options: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
        options |= {"timeout_keep_alive": IDLE_SECONDS, "timeout_graceful_shutdown": SHUTDOWN_SECONDS}
        config = uvicorn.Config(app_of(sandbox), http=TenantProtocol, lifespan="off", ws="none", **options)
        announcement = f"sandbox listening on {url}" + (f" ({name})" if name else "")
        servers.append((AnnouncingServer(config, announcement, sandbox), listener))

    async def serve_all() -> None:
        # A signal reaches the server started last; each server re-raises it for the previous one after its shutdown.
        await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in servers))

    with asyncio.Runner(loop_factory=servers[0][0].config.get_loop_factory()) as runner:
        runner.run(serve_all())


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.ExitStack() as undo:
        undo.callback(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        undo.pop_all()
    return listener
