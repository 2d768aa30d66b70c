"""One environment and everything that a run of it needs: definitions, stack, tenant and baseline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler.actor import actor
from reconciler.baseline import Baselines
from reconciler.commit import Commit, commit_of
from reconciler.definitions.model import Address, Desired, Source
from reconciler.definitions.people import logins
from reconciler.definitions.secrets import secrets_of
from reconciler.engine.stack import Stack
from reconciler.last_up import LastUp
from reconciler.matching import Match, StateMatch
from reconciler.matching.look_up import look_up
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Owners, Snapshot
from reconciler.program import Found, SkippedFields, inline, urn
from reconciler.progress import SILENT, Progress
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from reconciler.secret_stores import Secrets
from reconciler.tenant import Tenant
from reconciler.watched import Watch, scopes

Program = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Reconciler:
    """One environment: its definitions, stack, tenant and baseline. Every verb works on it."""

    desired: Desired
    stack: Stack
    tenant: Tenant
    baselines: Baselines
    progress: Progress = SILENT
    definitions: Path | None = None
    """The folder with the definitions; by default the project's folder."""
    secret: Callable[[str, Source], SecretStr] = field(kw_only=True, repr=False, compare=False)
    """Reads the secrets that definitions refer to."""

    def urns(self, addresses: Iterable[Address]) -> set[str]:
        """The URNs of these declarations."""
        return {self.urn_of(address) for address in addresses}

    def urn_of(self, address: Address) -> str:
        """The URN of a declaration."""
        return urn(self.desired, address, self.stack.name, self.stack.project)

    def in_state(self) -> StateMatch:
        """The definitions, matched with the state as it is now."""
        return StateMatch.of(self.desired, self.stack.state())

    def read(
        self,
        owners: Owners | None = None,
        kinds: Collection[str] | None = None,
        watch: Watch | None = None,
        *,
        people: bool = True,
    ) -> Snapshot:
        """Read the tenant: everything, or only these kinds and what is owned by these owners.

        What no kind covers is read if it is to be `watch`ed. Unless `people` is false, the users that definitions or
        objects name are looked up.
        """
        chosen = owners or snapshot.that_can
        named = logins(self.desired.declarations.values()) if people else None

        async def read() -> Snapshot:
            async with self.tenant.client(self.progress, optional=scopes() if watch and watch.rows else ()) as client:
                return await snapshot.read(
                    client, kinds, owners=chosen, progress=self.progress, watch=watch, logins=named
                )

        return asyncio.run(read())

    def look_up(self, in_state: StateMatch, only: Collection[Address]) -> tuple[Match, Found]:
        """Look up in the tenant what the program needs to apply `only` these objects."""
        self.progress.say("looking up existing objects")

        async def look() -> tuple[Match, Found]:
            async with self.tenant.client(self.progress) as client:
                return await look_up(in_state, client, self.progress, only)

        return asyncio.run(look())

    def program(
        self,
        found: Found,
        skipped: SkippedFields | None = None,
        outputs: Mapping[str, Any] | None = None,
        only: Collection[Address] | None = None,
    ) -> partial[Coroutine[Any, Any, None]]:
        """The Pulumi program. Its outputs name the applied definitions and, by default, record this `up`.

        With `outputs`, it also records the secrets of the objects that succeed, or of `only` these.
        Raises `SecretMissing` now, before anything is changed.
        """
        desired = self.desired
        needed = [one[1:] for declaration in desired.managed.values() for one in secrets_of(declaration)]
        if isinstance(self.secret, Secrets):
            self.secret.begin(needed)
        for reference, source in needed:
            self.secret(reference, source)
        skipped = dict(skipped or {})
        for address, kept in self.in_state().kept_secrets.items():
            skipped[address] = {*skipped.get(address, ()), *kept}
        if outputs is None:
            return partial(inline, desired, found, self.secret, self.this_up.outputs, skipped)
        before = SecretRecord.of(self.stack.state().outputs)
        record = partial(self._recorded_secrets, found, before, only, skipped)
        return partial(inline, desired, found, self.secret, outputs, skipped, record)

    def _recorded_secrets(
        self,
        found: Found,
        before: SecretRecord,
        only: Collection[Address] | None,
        skipped: SkippedFields,
        done: Collection[Address],
    ) -> Mapping[str, Any]:
        """The stack output with the secrets that were sent: an import sends none, nor are skipped fields sent."""
        sent = {address for address in done if address not in found.imports and (only is None or address in only)}
        record = SecretDigests(before, self.secret).updated(self.desired, sent, skipped, whole=only is None)
        return {OUTPUT: record.output}

    def with_copy(self, stack: Stack, secret: Callable[[str, Source], SecretStr] | None = None) -> Reconciler:
        """The same with a copy of the stack, and with other secrets if given. The commit is not read again."""
        copy = replace(self, stack=stack, secret=secret or self.secret)
        copy.__dict__["commit"] = self.commit
        return copy

    @cached_property
    def this_up(self) -> LastUp:
        """What an `up` records of itself."""
        return LastUp.now(self.desired, self.commit, actor())

    @cached_property
    def commit(self) -> Commit:
        """The commit that the definitions are at."""
        return commit_of(self.definitions or self.stack.root)
