"""Preview and apply the definitions of one environment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler import drift
from reconciler.actor import actor
from reconciler.already_deleted import already_deleted, owners_of
from reconciler.baseline import Baselines
from reconciler.baseline_update import update_baseline
from reconciler.commit import Commit, commit_of
from reconciler.definitions.model import Address, Desired, Source
from reconciler.definitions.secrets import resolve, secrets_of
from reconciler.engine.changes import Changes
from reconciler.engine.stack import Stack
from reconciler.engine.state import State
from reconciler.errors import ReconcilerError, TenantError
from reconciler.last_up import LastUp
from reconciler.live_effects import LiveEffects
from reconciler.lookup import Managed, look_up
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Snapshot
from reconciler.plan.protection import protection_outputs
from reconciler.priorities import resent_priorities
from reconciler.program import Found, SkippedFields, inline, urn
from reconciler.progress import SILENT, Progress
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from reconciler.tenant import Tenant
from reconciler.unfinished import add_unfinished


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
    secret: Callable[[str, Source], SecretStr] = field(default=resolve, repr=False, compare=False)
    """Reads the secrets that definitions refer to."""

    def preview(self, live: Snapshot | None = None, skipped: SkippedFields | None = None) -> Changes:
        """What `up` would change. Neither the tenant nor the state is changed.

        A `live` snapshot of everything saves requests. The `skipped` fields stay as in the state.
        """
        found = self.look_up(self.desired, live=live)
        self.progress.say("comparing the definitions with the state")
        changes = self.stack.preview(self.program(self.desired, found, skipped))
        dropped = self._already_deleted()
        changes.exclude(dropped.values())
        changes.notes += _deletion_notes(dropped)
        effects = self._live_effects()
        effects.report_imports(changes, effects.existing(found))
        effects.report_updates(changes, self._read_affected)
        changes.release(self._released(dropped.values()))
        return changes

    def _live_effects(self) -> LiveEffects:
        urns = {address: self.urn_of(address) for address in self.desired.managed}
        return LiveEffects(self.desired, self.stack.state(), urns)

    def _read_affected(self, kinds: Collection[str], owners: snapshot.Owners) -> Snapshot:
        self.progress.say("reading the objects to change")
        return self.read(self.stack.state(), kinds, owners)

    def up(
        self,
        only: Collection[Address] | None = None,
        *,
        skipped: SkippedFields | None = None,
        also: Iterable[str] = (),
        live: Snapshot | None = None,
    ) -> Changes:
        """Make the tenant as declared; with `only`, just these objects, and `also` the objects with these URNs.

        The `skipped` fields stay as in the state. A `live` snapshot of everything saves requests.

        An object that exists but is not in the state (a killed run had created it) takes two passes, so that no
        difference is lost: the first imports it unchanged, the second updates it. The second pass also deactivates
        objects that the provider can only create ACTIVE.
        """
        targets = None if only is None else sorted({*self.urns(only), *also})
        if targets == []:
            return Changes()
        self.stack.clear_pending()
        if only is None and self.stack.unverified:
            self._forget_deleted()
        found = self.look_up(self.desired, only, live)
        self.progress.say("applying")
        dropped = self._already_deleted() if only is None else {}
        released = self._released(dropped.values()) if only is None else {}
        before = self.stack.state()
        self.stack.forget({*released, *dropped.values()})
        # A partial run does not apply the definitions as a whole, so the stack keeps the outputs of the last whole run.
        outputs = (
            {**self.this_up.outputs, **self.stack.set_aside_outputs, **protection_outputs(self.desired, before)}
            if only is None
            else self.stack.state().outputs
        )
        effects = self._live_effects()
        existing = effects.existing(found)
        again = self._resend_priorities(only, skipped)
        changes = self.stack.up(self.program(self.desired, found, skipped, outputs, only), targets=targets)
        changes.release(released)
        changes.notes += _deletion_notes(dropped)
        ended, second = changes.failures or changes.interrupted, Changes()
        try:
            if (found.imports or found.to_deactivate) and not ended:
                self.progress.say(
                    "second pass: updating imported objects, deactivating objects that had to be created active"
                )
                again |= self._resend_priorities(only, skipped)
                program = self.program(self.desired, Found(found.ids), skipped, outputs, only)
                second = self.stack.up(program, targets=targets and self._remaining(targets))
                changes.add(second)
        except KeyboardInterrupt:  # the report of what was done must not be lost
            changes.interrupted = True
        changes.exclude_resent(again)
        effects.report_done(changes, found, existing)
        if changes.failures or changes.interrupted:
            add_unfinished(changes, second, effects, found, existing, targets, skipped or {})
        if not changes.interrupted:
            self._try_to_update_baseline(changes, before)
        return changes

    def _try_to_update_baseline(self, changes: Changes, before: State) -> None:
        try:
            update_baseline(self.baselines, self.desired, before, self.stack.state(), changes, self._read_for_baseline)
        except ReconcilerError as error:  # the report of what was done must not be lost
            changes.failures.append(f"the baseline was not updated: {error.message}")
        except KeyboardInterrupt:
            changes.interrupted = True

    def _read_for_baseline(self, kinds: Collection[str] | None, owners: snapshot.Owners | None) -> Snapshot:
        self.progress.say("recording the tenant in the baseline")
        return self.read(self.stack.state(), kinds, owners)

    def _remaining(self, urns: Iterable[str]) -> list[str]:
        """The URNs that the first pass has not deleted: the engine refuses unknown targets."""
        known = {one.urn for one in self.stack.state().resources.values()} | self.urns(self.desired.managed)
        return [urn for urn in urns if urn in known]

    def _forget_deleted(self) -> None:
        """Remove from the state what an interrupted run deleted in the tenant and could not record."""
        self.progress.say("checking the objects of an interrupted run")
        state = self.stack.state()
        applied = {Address(*key): one for key, one in state.resources.items()}
        live = self.read(state, {one.kind for one in applied}, owners_of(applied.values()))
        self.stack.forget([one.urn for one in already_deleted(applied, live).values()])
        if not live.unreadable:
            self.stack.mark_verified()

    def _resend_priorities(self, only: Collection[Address] | None, skipped: SkippedFields | None) -> set[str]:
        """Make the next `up` send all siblings if one priority changes. Returns the URNs of the unchanged ones."""
        again = resent_priorities(self.desired, self.stack.state(), only, skipped)
        self.stack.forget_priorities([applied.urn for applied in again.values()])
        return self.urns(again)

    def _already_deleted(self) -> dict[Address, str]:
        """The URNs of orphans that were already deleted in the tenant: deleting them again would fail."""
        state = self.stack.state()
        orphans = {one: state.resources[one] for one in Managed.of(self.desired, state).orphans}
        if not orphans:
            return {}
        self.progress.say("reading objects that are no longer declared")
        try:
            live = self.read(state, {one.kind for one in orphans}, owners_of(orphans.values()))
        except TenantError:
            return {}  # the engine reports what it cannot delete
        return {address: one.urn for address, one in already_deleted(orphans, live).items()}

    def _released(self, dropped: Collection[str]) -> dict[str, Address]:
        """The objects to release, by URN: those only observed, and orphans of a kind in mode `additive`.

        The `dropped` URNs are left out: these objects do not exist any more.
        """
        resources = self.stack.state().resources
        orphans = Managed.of(self.desired, self.stack.state()).orphans
        modes = {Address(*key): self.desired.environment.mode(one.levels) for key, one in resources.items()}
        return {
            resources[address].urn: address
            for address, mode in modes.items()
            if mode == "observe" or (mode == "additive" and address in orphans)
            if resources[address].urn not in dropped
        }

    def urns(self, addresses: Iterable[Address]) -> set[str]:
        """The URNs of these declarations."""
        return {self.urn_of(address) for address in addresses}

    def urn_of(self, address: Address) -> str:
        """The URN of a declaration."""
        return urn(self.desired, address, self.stack.name, self.stack.project)

    def read(
        self, state: State, kinds: Collection[str] | None = None, owners: snapshot.Owners | None = None
    ) -> Snapshot:
        """Read the tenant: every collection and the children of managed objects, or only these kinds and owners."""
        asked = owners or drift.owners(self.desired, state)

        async def read() -> Snapshot:
            async with self.tenant.client(self.progress) as client:
                return await snapshot.read(client, kinds, owners=asked, progress=self.progress)

        return asyncio.run(read())

    def look_up(self, desired: Desired, only: Collection[Address] | None = None, live: Snapshot | None = None) -> Found:
        """Look up in the tenant what the program needs to apply all managed objects, or `only` these."""
        self.progress.say("looking up existing objects")
        state = self.stack.state()

        async def look() -> Found:
            async with self.tenant.client(self.progress) as client:
                return await look_up(desired, state, client, self.progress, only, live)

        return asyncio.run(look())

    def program(
        self,
        desired: Desired,
        found: Found,
        skipped: SkippedFields | None = None,
        outputs: Mapping[str, Any] | None = None,
        only: Collection[Address] | None = None,
    ) -> partial[Coroutine[Any, Any, None]]:
        """The Pulumi program. Its outputs name the applied definitions and, by default, record this `up`.

        With `outputs`, it also records the secrets of the objects that succeed, or of `only` these.
        Raises `SecretMissing` now, before anything is changed.
        """
        for declaration in desired.managed.values():
            for _, reference, source in secrets_of(declaration):
                self.secret(reference, source)
        if outputs is None:
            return partial(inline, desired, found, self.secret, self.this_up.outputs, skipped)
        record = partial(self._recorded_secrets, desired, found, SecretRecord.of(self.stack.state().outputs), only)
        return partial(inline, desired, found, self.secret, outputs, skipped, record)

    def _recorded_secrets(
        self,
        desired: Desired,
        found: Found,
        before: SecretRecord,
        only: Collection[Address] | None,
        done: Collection[Address],
    ) -> Mapping[str, Any]:
        """The stack output with the secrets that were sent: an import sends none."""
        sent = {address for address in done if address not in found.imports and (only is None or address in only)}
        record = SecretDigests(before, self.secret).updated(desired, sent, whole=only is None)
        return {OUTPUT: record.output}

    @cached_property
    def this_up(self) -> LastUp:
        """What an `up` records of itself."""
        return LastUp.now(self.desired, self.commit, actor())

    @cached_property
    def commit(self) -> Commit:
        """The commit that the definitions are at."""
        return commit_of(self.definitions or self.stack.root)


def _deletion_notes(dropped: Iterable[Address]) -> list[str]:
    """Notes on orphans that were already deleted in the tenant."""
    return [
        f"{address} is no longer declared and was already deleted in the tenant: removed from the state"
        for address in dropped
    ]
