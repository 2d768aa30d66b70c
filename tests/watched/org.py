"""A tenant in this process with an administrator who changes it, and what the reconciler finds then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from okta_sandbox.application import app_of
from okta_sandbox.sandbox import Sandbox
from reconciler import drift
from reconciler.definitions.model import Credentials, Desired, Environment
from reconciler.drift import Comparison, Finding, TenantView
from reconciler.drift.baseline_values import Baseline, baseline
from reconciler.drift.unmanaged import kept_unmanaged
from reconciler.engine.state import EMPTY
from reconciler.matching import Match, StateMatch, owners
from reconciler.okta import system_log
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.snapshot import Snapshot, read
from reconciler.watched import Watch, read_rows

URL = "http://tenant.test"
DESIRED = Desired(Environment("test", URL, Credentials()), {}, "digest")


class Org:
    """Requests of an administrator, and reads of the reconciler."""

    def __init__(self) -> None:
        self.sandbox = Sandbox.open(URL, token="secret", seed=1)
        self.transport: httpx.AsyncBaseTransport = httpx.ASGITransport(app=app_of(self.sandbox))  # type: ignore[arg-type]
        self.ids: dict[str, str] = {}
        """The ids of objects, by a name that tests give them."""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the response, which must be a success. `{name}` stands for a known id."""
        return asyncio.run(self._send(method, path.format(**self.ids), body))

    async def _send(self, method: str, path: str, body: Any) -> Any:
        async with httpx.AsyncClient(transport=self.transport, base_url=URL) as client:
            headers = {"Authorization": "SSWS secret"}
            response = await client.request(method, path, json=body, headers=headers)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, body)

    def make(self, name: str, path: str, body: Any) -> Any:
        """Create an object and remember its id."""
        made = self.post(path, body)
        self.ids[name] = made["id"]
        return made

    def edit(self, path: str, **members: Any) -> Any:
        """Change members of an object, and keep the others. `a__b` is the member `b` of `a`."""
        item = self.get(path)
        for name, value in members.items():
            *above, last = name.split("__")
            place = item
            for key in above:
                place = place[key]
            place[last] = value
        return self.send("PUT", path, item)

    def read(self, watch: Watch | None = None, wanted: Iterable[str] | None = None) -> Snapshot:
        """The tenant, as drift detection reads it."""

        async def work() -> Snapshot:
            async with OktaClient(URL, ApiToken("secret"), transport=self.transport) as client:
                everything = Watch(read_rows(), frozenset(self.sensitive))
                managed = owners(StateMatch.of(DESIRED, EMPTY))
                return await read(client, wanted, owners=managed, watch=watch or everything)

        return asyncio.run(work())

    def requests_of(self, watch: Watch) -> list[str]:
        """The requests of a read: path and query."""
        asked: list[str] = []
        inner = self.transport

        class Recording(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                asked.append(request.url.raw_path.decode())
                return await inner.handle_async_request(request)

        self.transport = Recording()
        try:
            self.read(watch)
        finally:
            self.transport = inner
        return asked

    @property
    def sensitive(self) -> set[str]:
        """The ids of the objects that are marked as sensitive."""
        return {identity for name, identity in self.ids.items() if name.startswith("sensitive")}

    def findings(self, before: Baseline, live: Snapshot | None = None) -> list[Finding]:
        """What differs from a baseline, with severity and author."""
        live = live or self.read()
        match = Match.of(StateMatch.of(DESIRED, EMPTY), live)
        found = [*drift.with_new(Comparison.of(match).findings, before), *drift.beyond(before, match)]
        return drift.rated(self._attributed(found), TenantView(match))

    def _attributed(self, findings: list[Finding]) -> list[Finding]:
        async def ask() -> list[system_log.LogEvent]:
            async with OktaClient(URL, ApiToken("secret"), transport=self.transport) as client:
                now = datetime.now(UTC)
                others = {event for row in read_rows() for event in row.events}
                return await system_log.changes(
                    client, now - timedelta(days=1), now + timedelta(hours=1), others=others
                )

        return drift.attributed(findings, asyncio.run(ask()), frozenset())


def baseline_of(live: Snapshot) -> Baseline:
    """The baseline as it comes back from a file."""
    import orjson

    kept: Baseline = orjson.loads(orjson.dumps(baseline(live) | kept_unmanaged(live, ())))
    return kept
