"""The list responses of a local tenant with an object of every kind, recorded to be changed and replayed."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

import httpx

from okta_sandbox.application import create_app
from reconciler import drift
from reconciler.definitions.model import Address
from reconciler.drift import Finding
from reconciler.drift.baseline_values import Baseline, baseline, words_of
from reconciler.engine.state import Applied, State
from reconciler.kinds import chain, kind_named, kinds
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, with_references
from reconciler.matching import StateMatch, owners
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.snapshot import Snapshot
from reconciler.stand_in.inputs import identity as id_of
from reconciler.stand_in.objects import Objects
from tests.applied_objects import apply
from tests.matches import match_of
from tests.okta.tenants import USERS, wrapper_of
from tests.people import PEOPLE, hire, known_id
from tests.settled import all_declared

URL = "http://127.0.0.1"
Lists = dict[str, Any]
"""The items of every list that was read, by path and query; an object that is in no list stands for itself."""
Pages = Callable[[str, list[Any]], list[list[Any]]]
"""How the items of a list are divided into pages."""


@dataclass(frozen=True)
class Recorded:
    """The definitions, the state and the content of the tenant."""

    state: State
    lists: Lists
    users: list[Any]

    @property
    def desired(self) -> Any:
        """Everything is declared."""
        return all_declared()

    def read(self, lists: Lists | None = None, pages: Pages | None = None) -> Snapshot:
        """Read the tenant again, with these lists and pages."""
        items = self.lists if lists is None else lists
        held = {key: pages(key, one) if pages and isinstance(one, list) else [one] for key, one in items.items()}

        def answer(request: httpx.Request) -> httpx.Response:
            number = int(request.url.params.get("page", 0))
            asked = request.url.copy_remove_param("page")
            if asked.path == USERS:
                return httpx.Response(200, json=self.users)
            key = asked.raw_path.decode()
            if key not in held:
                return httpx.Response(404, json={"errorCode": "E0000007", "errorSummary": f"Not found: {key}"})
            whole = held[key]
            headers = {}
            if number + 1 < len(whole):
                headers["Link"] = f'<{asked.copy_set_param("page", number + 1)}>; rel="next"'
            name = wrapper_of(asked.path)
            return httpx.Response(200, json={name: whole[number]} if name else whole[number], headers=headers)

        async def work() -> Snapshot:
            async with _client(httpx.MockTransport(answer)) as client:
                return await snapshot.read(
                    client, owners=owners(StateMatch.of(self.desired, self.state)), logins=PEOPLE
                )

        return asyncio.run(work())

    def findings(self, kept: Baseline, live: Snapshot) -> list[Finding]:
        """All findings of drift detection."""
        match = match_of(self.desired, self.state, live)
        found = drift.compare(match) + list(drift.beyond(kept, match))
        return drift.rated(found, drift.TenantView(match))


def kept(live: Snapshot) -> Baseline:
    """The baseline of a snapshot as read from its file. It contains each kind, possibly without objects."""
    return {word: {} for kind in kinds() for word in words_of(kind)} | baseline(live)


def _client(transport: httpx.AsyncBaseTransport) -> OktaClient:
    return OktaClient(URL, ApiToken("secret"), transport=transport, reserve=-1000)


@cache
def recorded() -> Recorded:
    """An object of every kind, an app without a kind, a group with an admin role, and undeclared rules."""
    transport = httpx.ASGITransport(app=cast(Any, create_app(seed=1)))

    async def work() -> Recorded:
        async with _client(transport) as client:
            await hire(client)
            ids = await _declared(client)
            await _undeclared(client)
            answers: Lists = {}
            state = await _state(client, ids)
            async with _client(_Recording(transport, answers)) as watched:
                await snapshot.read(watched, owners=owners(StateMatch.of(all_declared(), state)), logins=PEOPLE)
            users = [answers.pop(asked) for asked in [*answers] if asked.startswith(f"{USERS}?")]
            return Recorded(state, answers, [user for found in users for user in found])

    return asyncio.run(work())


Ids = dict[tuple[str, str], tuple[str, ...]]


async def _declared(client: OktaClient) -> Ids:
    objects, ids = Objects(client), Ids()
    live = await snapshot.read(client, owners=lambda owner, owned: False, logins=PEOPLE)

    def identity(kind: str, name: str) -> str:
        known = ids.get((kind, name))
        return known[-1] if known else known_id(live, kind, name) or name

    for address, one in all_declared().declarations.items():
        spec = with_references(one.kind.fields, one.spec, identity)
        owner = ids[one.parent.kind, one.parent.name] if one.parent else tuple(live.around_of(one.kind))
        ids[address.kind, address.name] = await apply(objects, one.kind, owner, spec)
    return ids


async def _undeclared(client: OktaClient) -> None:
    of_no_kind = {
        "label": "Old",
        "name": "template_wsfed",
        "signOnMode": "WS_FEDERATION",
        "settings": {"app": {"audienceRestriction": "urn:old", "realm": "urn:old", "siteURL": "https://old.example"}},
    }
    await client.send("POST", "/api/v1/apps", of_no_kind)
    for policy in await client.get("/api/v1/policies?type=ACCESS_POLICY"):
        if policy.get("system"):
            await client.send(
                "POST", f"/api/v1/policies/{policy['id']}/rules", {"name": "Ours", "type": "ACCESS_POLICY"}
            )


async def _state(client: OktaClient, ids: Ids) -> State:
    live = await snapshot.read(client, owners=lambda owner, owned: False, logins=PEOPLE)
    known = {key: id_of(kind_named(key[0]), one) for key, one in ids.items()}

    def identity(kind: str, name: str) -> str:
        return known.get((kind, name)) or known_id(live, kind, name) or name

    resources: dict[tuple[str, str], Applied] = {}
    for address, one in all_declared().declarations.items():
        kind = one.kind
        owner = ids[one.parent.kind, one.parent.name] if one.parent else tuple(live.around_of(kind))
        types = "$".join(above.resource for above in reversed(chain(kind)))
        parents = zip(kind.parent_arguments, reversed(owner), strict=True)
        inputs = encode(kind.fields, with_references(kind.fields, one.spec, identity), Vocabulary.INPUTS)
        inputs |= {camel_case(name): owner_id for name, owner_id in parents}
        inputs |= {camel_case(name): value for name, value in kind.fixed_arguments.items()}
        urn = f"urn:pulumi:test::okta::{types}::{address.name}"
        known_as = kind.shape.known_as(kind.shape.imported_as(ids[address]))
        resources[address] = Applied(kind, address.name, urn, known_as, inputs)
    return State(resources, {}, False)


class _Recording(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, answers: Lists) -> None:
        self._inner = inner
        self._answers = answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        asked = request.url.copy_remove_param("after").raw_path.decode()
        name = wrapper_of(request.url.path)
        body = response.json()[name] if name else response.json()
        if isinstance(body, list):
            self._answers.setdefault(asked, []).extend(body)
        else:  # an object that every tenant has once
            self._answers[asked] = body
        return response


def copied(lists: Lists) -> Lists:
    """A copy that can be changed."""
    return copy.deepcopy(lists)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value inside a value, with its path."""
    inside: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key), inner
        yield from places(inner, (*path, key))


def address_of(found: Finding) -> Address:
    """The subject of a finding."""
    return Address(found.kind, found.name)


__all__ = ["Recorded", "address_of", "copied", "kept", "places", "recorded", "replace"]
