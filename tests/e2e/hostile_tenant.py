"""A hostile tenant: its answers contain the token it was sent, escape sequences and commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from reconciler.kinds import kinds
from reconciler.report import SUFFIXES
from reconciler.watched import ROWS
from tests.canary import EVIL, TOKEN, assert_harmless
from tests.e2e.workspace import Outcome

Answer = tuple[int, dict[str, str], Any]
"""Status, headers, and JSON or text."""
Behaviour = Callable[[str, str, str], Answer]
"""The answer to a request, from its method, its path and the secret it carries."""


def refuses(method: str, path: str, secret: str) -> Answer:
    """Every member of Okta's error object contains the secret."""
    evil = f"{secret}{EVIL}{secret}"
    causes = [{"errorSummary": evil}, {"errorSummary": f"{secret[:22]}; {secret[22:]}"}]
    body = {"errorCode": evil, "errorSummary": evil, "errorId": evil, "errorCauses": causes, "error_description": evil}
    return 403, {"X-Echo": secret, "WWW-Authenticate": secret}, body


def links_elsewhere(method: str, path: str, secret: str) -> Answer:
    """The next page is on another server, whose URL contains the secret and is long enough to be cut inside it."""
    return 200, {"Link": f'<https://evil.example/{"x" * 160}/{secret}/\x9b>; rel="next"'}, []


def talks_nonsense(method: str, path: str, secret: str) -> Answer:
    """Not JSON."""
    return 200, {}, f"{secret}{EVIL}"


def has_odd_items(method: str, path: str, secret: str) -> Answer:
    """Items with invalid ids and without required members."""
    return 200, {}, [{"id": f"../{secret}{EVIL}"}, {"id": f"{secret}"}, {secret: EVIL}]


def has_odd_names(method: str, path: str, secret: str) -> Answer:
    """Groups and event authors with hostile names. Nothing can be changed."""
    evil = f"of {secret}{EVIL}"
    if method != "GET":
        return refuses(method, path, secret)
    if path == "/_sandbox":  # the stand-in provider changes nothing else
        return 200, {}, {"sandbox": evil}
    if path.startswith("/api/v1/groups?"):
        names = [("00g1", evil, ""), ("00g2", f"plain {EVIL}", ""), ("00g3", "Fine", evil), ("00g4", "Staff", "")]
        return 200, {}, [_group(*name) for name in names]
    if path.startswith("/api/v1/logs"):
        return 200, {}, [_event(identity, evil) for identity in ("00g1", "00g2", "00g3")]
    return 200, {}, _nothing_at(path.partition("?")[0])


def _nothing_at(path: str) -> Any:
    """The answer of a tenant that has no objects at a path, or has a setting without values there."""
    settings = {kind.shape.path for kind in kinds() if kind.shape.name} | {row.path for row in ROWS if row.single}
    if path in settings:
        return {}
    wrapped = next((row.member for row in ROWS if row.path == path and row.member), "")
    document: Any = {} if any(row.keyed for row in ROWS if row.path == path) else []
    for name in reversed(wrapped.split(".") if wrapped else ()):
        document = {name: document}
    return document


def _group(identity: str, name: str, description: str) -> dict[str, Any]:
    return {"id": identity, "type": "OKTA_GROUP", "profile": {"name": name, "description": description}}


def _event(target: str, evil: str) -> dict[str, Any]:
    return {
        "eventType": "group.lifecycle.create",
        "published": "2099-01-01T00:00:00.000Z",
        "actor": {"id": evil, "alternateId": evil, "displayName": evil},
        "client": {"ipAddress": evil},
        "outcome": {"result": "SUCCESS"},
        "target": [{"id": target, "type": "UserGroup", "displayName": evil}],
    }


@contextmanager
def hostile(behaviour: Behaviour) -> Iterator[str]:
    """The URL of a tenant with this behaviour."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(self.headers.get("Authorization", "").partition(" ")[2])

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
            sent = form.get("client_assertion", [self.headers.get("Authorization", "").partition(" ")[2]])
            self._answer(sent[0])

        def _answer(self, secret: str) -> None:
            status, headers, body = behaviour(self.command, self.path, secret)
            content = body.encode("utf-8") if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status, f"no {secret}")
            for name, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def assert_harmless_run(outcome: Outcome, root: Path, secret: str = TOKEN) -> None:
    """Nothing that a command wrote to streams or files is harmful."""
    assert_harmless(outcome.out, secret)
    assert_harmless(outcome.err, secret)
    for path in root.rglob("*"):
        assert secret.lower() not in path.name.lower()
        if path.is_file():
            content = path.read_bytes()
            assert secret.encode() not in content
            if path.suffix in (*SUFFIXES, ".yaml") and ".state" not in path.parts:
                assert_harmless(content.decode(), secret)
