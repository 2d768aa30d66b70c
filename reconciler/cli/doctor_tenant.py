"""`reconciler doctor`: the network, the clock, the credentials and the scopes of one environment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator

import httpx

from reconciler.cli.checks import GRANT, Check
from reconciler.definitions import Desired
from reconciler.errors import ReconcilerError, TenantError, Unauthorised
from reconciler.kinds import scopes
from reconciler.least_privilege import COMMANDS, needs, of_all_commands, used_for
from reconciler.okta.clock import described
from reconciler.okta.pipeline import ClassicEngine, is_classic
from reconciler.okta.sign_in import PrivateKey
from reconciler.tenant import Tenant

_WITHOUT_ROLE = 403


def tenant(reached: Tenant, desired: Desired) -> Iterator[Check]:
    """Whether the tenant answers, accepts the credentials and runs Identity Engine, and what they are enough for."""
    name = reached.environment.name
    for reference, source in reached.environment.secrets:
        try:
            reached.secrets(reference, source)
        except ReconcilerError as error:
            yield Check(False, f"{name}: {error.message}", error.hint)
            return
    try:
        classic, ahead = asyncio.run(_connect(reached))
    except ReconcilerError as error:
        yield Check(False, f"{name}: {error.message}", error.hint)
        return
    yield _clock(name, ahead)
    if classic:
        refusal = ClassicEngine(reached.environment.url)
        yield Check(False, f"{name}: {refusal.message}", refusal.hint)
    yield from _credentials(reached, desired)


async def _connect(reached: Tenant) -> tuple[bool, float]:
    """Whether the tenant runs Classic Engine, and how many seconds this machine's clock is ahead of the tenant's.

    Without credentials. Raises `TenantError` if there is no connection.
    """
    async with reached.client_with(httpx.Auth()) as client:
        try:
            await client.get("/.well-known/okta-organization")
        except TenantError as error:
            if not error.status:  # no response: the network, DNS or TLS
                raise
        return await is_classic(client), client.limits.ahead


def _clock(name: str, ahead: float) -> Check:
    if difference := described(ahead):
        hint = "set this machine's clock (NTP): the provider plugin signs in with it, and Okta refuses another time"
        return Check(False, f"{name}: {difference}", hint)
    return Check(True, f"{name}: this machine's clock fits the tenant's")


def _credentials(reached: Tenant, desired: Desired) -> Iterator[Check]:
    name, url = reached.environment.name, reached.environment.url

    async def ask(auth: httpx.Auth) -> None:
        async with reached.client_with(auth) as client:
            await client.get(f"{scopes.PROBED.path}?limit=1")

    auth: httpx.Auth | None = None
    try:
        auth = reached.auth(scopes.needed(), of_all_commands())
        asyncio.run(ask(auth))
    except ReconcilerError as error:
        hint = error.hint
        if isinstance(auth, PrivateKey) and _lacks_role(error, auth):
            hint = "give the app an admin role: `reconciler scopes` says which one each command needs"
        yield Check(False, f"{name}: {error.message}", hint)
    else:
        yield Check(True, f"{name}: {url} answers and accepts the credentials")
    if isinstance(auth, PrivateKey) and auth.granted:
        yield from _scopes(desired, auth.granted)
    elif reached.uses_token and not reached.is_local:
        hint = "sign in as a service app with a private key (docs/tenant-access.md#service-apps)"
        yield Check(False, f"{name}: an API token can do whatever its owner can", hint, needed=False)


def _lacks_role(error: ReconcilerError, auth: PrivateKey) -> bool:
    """Whether a request was refused although the access token has its scope."""
    refused = isinstance(error, Unauthorised) and error.status == _WITHOUT_ROLE
    return refused and f"{scopes.PROBED.scope}.read" in auth.granted


def _scopes(desired: Desired, has: frozenset[str]) -> Iterator[Check]:
    """For which commands the scopes of a service app are enough."""
    name = desired.environment.name
    found = {command: needs(command, desired.kinds, desired.managed_kinds) for command in COMMANDS}
    without: dict[frozenset[str], list[str]] = defaultdict(list)
    for command, its in found.items():
        without[frozenset(its.needed) - has].append(command)
    reads_only = not any(scope.endswith(".manage") for scope in has)
    for lacking, commands in sorted(without.items(), key=lambda item: (len(item[0]), item[1])):
        listed = ", ".join(commands)
        if not lacking:
            yield Check(True, f"{name}: the service app has the scopes for {listed}")
        elif reads_only and all(scope.endswith(".manage") for scope in lacking):
            what = f"{name}: the service app has read scopes only"
            yield Check(False, what, f"{listed} also need {', '.join(sorted(lacking))}", needed=False)
        else:
            changes = any(COMMANDS[command].changes for command in commands)
            needed = "preview" in commands or (changes and not reads_only)
            what = f"{name}: for {listed}, the service app lacks {', '.join(sorted(lacking))}"
            yield Check(False, what, GRANT, needed=needed)
    useful = {scope for its in found.values() for scope in its.useful}
    required = {scope for its in found.values() for scope in its.needed}
    if unseen := sorted(useful - required - has):
        words = [word for scope in unseen for word in used_for(scope)]
        what = f"{name}: the service app cannot see {len(words)} of the things that drift watches, such as {words[0]}"
        yield Check(False, what, f"to see them too, grant it {', '.join(unseen)}", needed=False)
