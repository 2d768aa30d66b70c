"""Which credentials are old: of declared apps, of the reconciler itself, and the API tokens of the tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reconciler.errors import TenantError, UnexpectedAnswer, Unreachable
from reconciler.kinds.client_credentials import Proof
from reconciler.okta.client import OktaClient
from reconciler.okta.dates import instant
from reconciler.reconciler import Reconciler
from reconciler.rotation.clients import Client, declared_clients, own_client
from reconciler.rotation.tenant_credentials import Credential, TenantCredentials
from reconciler.watched.administration import API_TOKENS


@dataclass(frozen=True, slots=True)
class Due:
    """A credential that is old."""

    of: str
    """Whose it is."""
    what: str
    """What it is: a client secret, a key or an API token."""
    id: str
    """Its id in Okta; for a key, its key id."""
    created: datetime
    command: str
    """The arguments of the command that rotates it; empty if the Admin Console has to."""

    def age(self, now: datetime) -> int:
        """Its age in days."""
        return (now - self.created).days


@dataclass(frozen=True, slots=True)
class DueReport:
    """What is due in one tenant."""

    due: Sequence[Due]
    """The oldest first."""
    looked_at: int
    """How many credentials were looked at."""
    unreadable: Sequence[str]
    """The clients whose credentials could not be read, each with the reason."""
    without_tokens: str
    """Why the API tokens could not be read; empty if they could."""
    requests: int


async def find_due(reconciler: Reconciler, okta: OktaClient, at_least: timedelta, now: datetime) -> DueReport:
    """All active credentials of at least this age."""
    environment = reconciler.desired.environment.name
    clients = {one.path: (one, _argument(one)) for one in declared_clients(reconciler)}
    unreadable: list[str] = []
    if not reconciler.tenant.uses_token:
        try:
            own = await own_client(reconciler, okta)
            clients.setdefault(own.path, (own, "--own"))
        except Unreachable:
            raise
        except TenantError as error:
            unreadable.append(f"the app with which the reconciler signs in: {error.message}")
    done = 0
    found: list[Due] = []

    async def of_client(client: Client, argument: str) -> None:
        nonlocal done
        try:
            for what, one in await _credentials(client, okta, reconciler):
                found.append(Due(client.name, what, one.kid or one.id, one.created, f"{environment} {argument}"))
        except Unreachable:
            raise
        except TenantError as error:
            unreadable.append(f"{client.name}: {error.message}")
        done += 1
        reconciler.progress.count(done, len(clients))

    await asyncio.gather(*(of_client(client, argument) for client, argument in clients.values()))
    without_tokens = ""
    try:
        found += [_token(item) async for page in okta.pages(API_TOKENS.request()) for item in page]
    except Unreachable:
        raise
    except TenantError as error:
        without_tokens = error.message
    due = [one for one in found if now - one.created >= at_least]
    due.sort(key=lambda one: (one.created, one.of, one.id))
    return DueReport(due, len(found), sorted(unreadable), without_tokens, okta.requests)


def _argument(client: Client) -> str:
    """The arguments that rotate the credential of a declared client."""
    assert client.declaration
    return client.declaration.name if client.stated else f"{client.declaration.name} --to REFERENCE"


async def _credentials(client: Client, okta: OktaClient, reconciler: Reconciler) -> list[tuple[str, Credential]]:
    tenant = TenantCredentials(okta, client.path, client.where, reconciler.tenant.known.add)
    match client.proof:
        case Proof.SECRET:
            return [("client secret", one) for one in await tenant.secrets() if one.active]
        case Proof.KEYS:
            return [("key", one) for one in await tenant.keys() if one.active]
        case Proof.NOTHING:
            return []


def _token(item: Any) -> Due:
    try:
        return Due(str(item.get("name") or "unnamed"), "API token", str(item["id"]), instant(item["created"]), "")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswer(f"{API_TOKENS.path}: an API token has no id or date of creation") from error
