"""Sends malformed requests to the application in this process, or to a server over a socket."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .malformed_requests import MalformedRequest


def ids_of(get: Callable[[str], Any], post: Callable[[str, Any], Any]) -> dict[str, str]:
    """Ids of objects of a tenant, by their name in paths; `get` and `post` give the JSON of an answer."""
    lists = {
        "group": "/api/v1/groups",
        "policy": "/api/v1/policies?type=ACCESS_POLICY",
        "authenticator": "/api/v1/authenticators",
        "feature": "/api/v1/features",
        "type": "/api/v1/meta/types/user",
        "zone": "/api/v1/zones",
    }
    app = {
        "name": "bookmark",
        "label": "Odd",
        "signOnMode": "BOOKMARK",
        "settings": {"app": {"url": "https://odd.example.com"}},
    }
    found = {name: str(get(path)[0]["id"]) for name, path in lists.items()}
    return {**found, "app": str(post("/api/v1/apps", app)["id"]), "user": "me", "server": "default"}


async def sent_to(application: Any, request: MalformedRequest) -> int:
    """The status with which an ASGI application answers; 0 when it does not."""
    path, _, query = request.target.partition(b"?")
    parts = [
        {"type": "http.request", "body": request.body, "more_body": request.cut_short},
        {"type": "http.disconnect"},
    ]
    statuses: list[int] = []

    async def receive() -> Any:
        return parts.pop(0) if len(parts) > 1 else parts[0]

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    length = [] if request.chunked else [(b"content-length", b"%d" % (len(request.body) + 7 * request.cut_short))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [*((name.lower(), value.strip()) for name, value in request.headers), *length],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await application(scope, receive, send)
    return statuses[0] if statuses else 0


async def sent_over(port: int, request: MalformedRequest) -> int:
    """The status with which a server on this machine answers; 0 when it closes the connection instead."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with contextlib.suppress(ConnectionError):  # the answer may be there before all is sent
            writer.write(request.on_the_wire())
            await writer.drain()
            if request.cut_short:
                writer.write_eof()
        status = 100
        while status == 100:  # Continue
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
        return status
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0
    finally:
        writer.close()
