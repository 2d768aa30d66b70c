"""Servers on loopback that stand in for stores, and the secrets of one run."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reconciler.definitions import Source
from reconciler.definitions.secrets import SecretMissing, SecretNotWritten
from reconciler.definitions.trust import PinnedCommand, PinnedSecret, Pins
from reconciler.known_secrets import KnownSecrets
from reconciler.secret_stores import Secrets

PLACE = Source("definitions/apps.yaml", 10, 18)


@dataclass
class Answer:
    """An answer of a server."""

    body: Any = field(default_factory=dict)
    status: int = 200
    delay: float = 0


@dataclass
class Server:
    """A server on loopback, which answers as `answer` says."""

    url: str
    asked: list[str] = field(default_factory=list)
    """Methods and paths of the requests."""
    sent: list[Any] = field(default_factory=list)
    """Their bodies, read as JSON; None without one."""
    answer: Callable[[str, Mapping[str, str]], Answer] = lambda path, headers: Answer()


@contextmanager
def serving() -> Iterator[Server]:
    """A server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append(f"{self.command} {self.path}")
            server.sent.append(json.loads(sent) if sent.startswith(b"{") else None)
            answer = server.answer(self.path, dict(self.headers))
            time.sleep(answer.delay)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in HEADERS.get(answer.status, {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server = Server(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        http.shutdown()


HEADERS = {307: {"Location": "http://127.0.0.1:1/v1/elsewhere"}}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def secrets(
    environ: Mapping[str, str] | None = None,
    *allowed: str,
    known: KnownSecrets | None = None,
    commands: Mapping[str, PinnedCommand] | None = None,
    seconds: float = 30,
    folder: Path = Path("definitions"),
    credentials: tuple[str, ...] = (),
) -> Secrets:
    """The secrets of a run whose pins allow these references, by default all of stores."""
    every = ("vault:*", "aws-sm:*", "aws-ssm:*", "azure-kv:*", "gcp-sm:*", "op:*", "esc:*", "exec:*")
    pins = Pins(
        file="pins.yaml",
        secrets=tuple(PinnedSecret(one) for one in allowed or every),
        credentials=credentials,
        commands=commands or {},
        folders=(folder,),
    )
    return Secrets(pins, known or KnownSecrets(), environ or {}, seconds)


def failure(found: Secrets, reference: str) -> str:
    """Why a secret is not read, without the location and the reference, which each message begins with."""
    with pytest.raises(SecretMissing) as caught:
        found(reference, PLACE)
    assert caught.value.hint
    assert caught.value.message.startswith(f"{PLACE}: {reference}: ")
    return caught.value.message.removeprefix(f"{PLACE}: {reference}: ")


NEW = "hunter2-of-the-rotation"
"""A new secret."""


def not_written(found: Secrets, reference: str, value: str = NEW, source: Source = PLACE) -> SecretNotWritten:
    """How a secret fails to be written. No text of the failure, or of what has caused it, has the secret."""
    with pytest.raises(SecretNotWritten) as caught:
        found.write(reference, source, value)
    assert caught.value.hint
    assert caught.value.message.startswith(f"{source}: ")
    error: BaseException | None = caught.value
    while error:
        for text in (str(error), repr(error), getattr(error, "hint", "")):
            assert not value or value not in text
        error = error.__cause__
    return caught.value


def refusal(found: Secrets, reference: str, value: str = NEW) -> str:
    """Why a secret is not written, without the location and the reference. It cannot be stored."""
    error = not_written(found, reference, value)
    assert not error.may_be_stored
    assert error.message.startswith(f"{PLACE}: {reference}: ")
    return error.message.removeprefix(f"{PLACE}: {reference}: ")
