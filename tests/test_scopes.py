"""The scopes of a service app: everything works with the scopes of the kinds, and something fails without any one.

Against a tenant in this process, which holds what each endpoint needs by Okta's OpenAPI document.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm

from okta_sandbox.application import create_app
from reconciler.definitions.model import Credentials, Environment
from reconciler.errors import TenantError, Unauthorised
from reconciler.kinds import kind_named, scopes
from reconciler.kinds.mapping import canonical, with_references
from reconciler.okta import snapshot, system_log
from reconciler.okta.client import OktaClient
from reconciler.stand_in.objects import Objects
from reconciler.tenant import Tenant
from tests.people import PEOPLE, known_id, user
from tests.settled import all_declared
from tests.specimens import staying, updated

URL = "http://127.0.0.1"
KEY = "TEST_TENANT_PRIVATE_KEY"
KEY_ID = "key-of-the-tests"


@cache
def private_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    monkeypatch.setenv(KEY, pem.decode())


class Reconciler:
    """What commands do, as a service app that was granted these scopes."""

    def __init__(self, granted: Iterable[str]) -> None:
        self._transport = httpx.ASGITransport(app=cast(Any, create_app(seed=1)))
        jwk = {**json.loads(ECAlgorithm.to_jwk(private_key().public_key())), "kid": KEY_ID}
        made = asyncio.run(self._make_app({"scopes": sorted(granted), "jwk": jwk}))
        credentials = Credentials(client_id=made["clientId"], private_key=f"env:{KEY}", private_key_id=KEY_ID)
        self._tenant = Tenant(Environment("test", URL, credentials))

    async def _make_app(self, order: dict[str, Any]) -> dict[str, Any]:
        async with httpx.AsyncClient(transport=self._transport, base_url=URL) as client:
            client.headers["Authorization"] = "SSWS token-of-an-administrator"
            group = await client.post("/api/v1/groups", json={"profile": {"name": "Helpers"}})
            await client.post(f"/api/v1/groups/{group.json()['id']}/roles", json={"type": "HELP_DESK_ADMIN"})
            for login in PEOPLE:
                await client.post("/api/v1/users", json=user(login))
            answer = await client.post("/_sandbox/service-apps", json=order)
            return dict(answer.raise_for_status().json())

    def _client(self, asked: Iterable[str]) -> OktaClient:
        return OktaClient(URL, self._tenant.auth(asked), transport=self._transport, reserve=-1000)

    async def look(self) -> None:
        """Read everything, as `drift`, `preview` and `adopt` do: what cannot be read is an error for them, too."""
        async with self._client(scopes.to_read()) as client:
            live = await snapshot.read(client, logins=PEOPLE)
        if live.unreadable or live.people.unreadable:
            raise TenantError(live.people.unreadable or live.unreadable[0].reason)

    async def ask_who_did_it(self) -> None:
        """Read the System Log, as `drift` does."""
        async with self._client(scopes.to_attribute()) as client:
            await system_log.changes(client, datetime.now(UTC) - timedelta(days=1), datetime.now(UTC))

    async def change(self) -> None:
        """Make an object of every kind with every field set, change it and remove it, as `up` does."""
        async with self._client(scopes.to_change()) as client:
            objects = Objects(client)
            ids: dict[tuple[str, str], tuple[str, ...]] = {}
            live = await snapshot.read(client, owners=lambda owner, owned: False, logins=PEOPLE)
            changeable = list(updated())

            def identity(kind: str, name: str) -> str:
                known = ids.get((kind, name))
                return known[-1] if known else known_id(live, kind, name) or name

            for address, one in all_declared().declarations.items():
                spec = with_references(one.kind.fields, one.spec, identity)
                owner = ids[one.parent.kind, one.parent.name] if one.parent else tuple(live.around_of(one.kind))
                ids[address.kind, address.name] = await objects.create(one.kind, owner, spec)
                if one.kind in changeable:
                    await objects.update(one.kind, ids[address.kind, address.name], spec)
            for specimen in staying():  # Okta refuses to delete what these objects refer to
                bare = canonical(specimen.kind.fields.model_validate(specimen.spec))
                spec = with_references(specimen.kind.fields, bare, identity)
                await objects.update(specimen.kind, ids[specimen.kind.name, specimen.name], spec)
            for (kind, _), one_id in reversed(ids.items()):
                if kind_named(kind).shape.deletable:
                    await objects.delete(kind_named(kind), one_id)

    async def everything(self) -> None:
        await self.look()
        await self.ask_who_did_it()
        await self.change()


def test_everything_works_with_the_scopes_of_the_kinds():
    asyncio.run(Reconciler(scopes.needed()).everything())


@pytest.mark.parametrize("scope", sorted(scopes.needed()))
def test_something_fails_without_any_one_scope(scope: str):
    with pytest.raises(TenantError):
        asyncio.run(Reconciler(scopes.needed() - {scope}).everything())


def test_read_scopes_suffice_to_read_and_allow_no_change():
    reader = Reconciler(scopes.to_read() | scopes.to_attribute())
    asyncio.run(reader.look())
    asyncio.run(reader.ask_who_did_it())
    with pytest.raises(Unauthorised, match="403"):
        asyncio.run(reader.change())
