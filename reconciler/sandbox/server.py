"""Serve a sandbox over HTTP, on a loopback address unless told otherwise.

uvicorn with httptools: it understands the absolute-form targets (`GET http://host/path HTTP/1.1`) that
clients send to what they take for a proxy, and leaves Nagle's delays off.
"""

import contextlib
import gc
import socket
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reconciler.sandbox.application import app_of
from reconciler.sandbox.gate import CONNECTION
from reconciler.sandbox.sandbox import Sandbox
from reconciler.sandbox.tenant import Pipeline

BACKLOG = 512


class EndableProtocol(HttpToolsProtocol):
    """Tells the application how to end the connection, for the faults that do."""

    def on_message_begin(self) -> None:
        """Put the ways to end the connection into the scope of the request."""
        super().on_message_begin()
        transport = self.transport
        self.scope["extensions"] = {CONNECTION: {"abort": transport.abort, "close": transport.close}}


class AnnouncingServer(uvicorn.Server):
    """Prints one line with the address as soon as requests are answered."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self.announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        print(self.announcement, flush=True)


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    state: Path | None = None,
    pipeline: Pipeline = "idx",
) -> None:
    """Serve until a signal ends it. Port 0 chooses a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    with contextlib.ExitStack() as undo:
        undo.callback(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        undo.pop_all()
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    url = f"http://{shown}:{listener.getsockname()[1]}"
    # The objects of the org live as long as the process: looking through them for garbage costs tens of
    # milliseconds each time, in the middle of a request.
    gc.set_threshold(100_000, 50, 100)
    sandbox = Sandbox.open(url, token=token, pipeline=pipeline, state=state)
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    config = uvicorn.Config(app_of(sandbox), http=EndableProtocol, lifespan="off", ws="none", **options)
    AnnouncingServer(config, f"sandbox listening on {url}").run(sockets=[listener])
