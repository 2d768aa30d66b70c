"""Preview and apply: one environment's definitions, its stack and its tenant, brought together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from reconciler import drift
from reconciler.already_deleted import already_deleted, owners_of
from reconciler.baseline import Baselines
from reconciler.baseline_update import update_baseline
from reconciler.commit import Commit, commit_of
from reconciler.definitions.model import Address, Desired
from reconciler.definitions.secrets import resolve, secrets_of
from reconciler.engine.changes import Changes
from reconciler.engine.stack import Stack
from reconciler.engine.state import State
from reconciler.errors import ReconcilerError, TenantError
from reconciler.live_effects import LiveEffects
from reconciler.lookup import Managed, look_up
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Snapshot
from reconciler.priorities import resent_priorities
from reconciler.program import Found, SkippedFields, inline, urn
from reconciler.progress import SILENT, Progress
from reconciler.tenant import Tenant
from reconciler.unfinished import add_unfinished


@dataclass(frozen=True)
class Reconciler:
    """What every verb works on."""

    desired: Desired
    stack: Stack
    tenant: Tenant
    baselines: Baselines
    progress: Progress = SILENT
    definitions: Path | None = None
    """The folder with the definitions; the project's folder, if it is not known."""

    def preview(self, live: Snapshot | None = None, skipped: SkippedFields | None = None) -> Changes:
        """What `up` would change. Nothing is changed, neither the tenant nor the state.

        A `live` snapshot of everything saves requests. The `skipped` fields stay as in the state.
        """
        found = self.look_up(self.desired, live=live)
        self.progress.say("comparing with what was applied")
        changes = self.stack.preview(self.program(self.desired, found, skipped))
        forgotten = self._already_deleted()
        changes.leave_out(forgotten.values())
        changes.notes += _notes_of(forgotten)
        effects = self._live_effects()
        effects.report_imports(changes, effects.existing(found))
        effects.report_updates(changes, self._read_affected)
        changes.release(self._released(forgotten.values()))
        return changes

    def _live_effects(self) -> LiveEffects:
        urns = {address: self.urn_of(address) for address in self.desired.managed}
        return LiveEffects(self.desired, self.stack.state(), urns)

    def _read_affected(self, kinds: Collection[str], owners: snapshot.Owners) -> Snapshot:
        self.progress.say("looking at what is to be changed")
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

        What is there already but not in the state (a killed run had created it) is first taken into the state as
        it is, and then made as declared: two passes, so that no difference is lost on the way. The second one also
        deactivates what the provider only makes ACTIVE.
        """
        targets = None if only is None else sorted({*self.urns(only), *also})
        if targets == []:
            return Changes()
        self.stack.mend()
        if only is None and self.stack.unverified:
            self._forget_what_is_gone()
        found = self.look_up(self.desired, only, live)
        self.progress.say("applying")
        forgotten = self._already_deleted() if only is None else {}
        released = self._released(forgotten.values()) if only is None else {}
        before = self.stack.state()
        self.stack.forget({*released, *forgotten.values()})
        # What was applied in part has not become what these definitions want as a whole.
        outputs = {**self.commit.outputs, **self.stack.noted} if only is None else self.stack.state().outputs
        effects = self._live_effects()
        existing = effects.existing(found)
        again = self._resend_priorities(only, skipped)
        changes = self.stack.up(self.program(self.desired, found, skipped, outputs), targets=targets)
        changes.release(released)
        changes.notes += _notes_of(forgotten)
        ended, second = changes.failures or changes.interrupted, Changes()
        try:
            if (found.imports or found.to_deactivate) and not ended:
                self.progress.say(
                    "second pass: updating imported objects, deactivating objects that had to be created active"
                )
                again |= self._resend_priorities(only, skipped)
                program = self.program(self.desired, Found(found.ids), skipped, outputs)
                second = self.stack.up(program, targets=targets and self._remaining(targets))
                changes.add(second)
        except KeyboardInterrupt:  # the account of what was done must not be lost
            changes.interrupted = True
        changes.sent_again(again)
        effects.report_done(changes, found, existing)
        if changes.failures or changes.interrupted:
            add_unfinished(changes, second, effects, found, existing, targets, skipped or {})
        if not changes.interrupted:
            self._try_to_note(changes, before)
        return changes

    def _try_to_note(self, changes: Changes, before: State) -> None:
        try:
            update_baseline(self.baselines, self.desired, before, self.stack.state(), changes, self._read_for_baseline)
        except ReconcilerError as error:  # the account of what was done must not be lost
            changes.failures.append(f"what the tenant holds now was not noted: {error.message}")
        except KeyboardInterrupt:
            changes.interrupted = True

    def _read_for_baseline(self, kinds: Collection[str] | None, owners: snapshot.Owners | None) -> Snapshot:
        self.progress.say("noting what the tenant holds now")
        return self.read(self.stack.state(), kinds, owners)

    def _remaining(self, urns: Iterable[str]) -> list[str]:
        """Those that a first pass has not deleted: the engine refuses targets that it does not know."""
        known = {one.urn for one in self.stack.state().resources.values()} | self.urns(self.desired.managed)
        return [urn for urn in urns if urn in known]

    def _forget_what_is_gone(self) -> None:
        """Drop from the state what an unfinished run removed from the tenant and could not record."""
        self.progress.say("looking at what an unfinished run left")
        state = self.stack.state()
        applied = {Address(*key): one for key, one in state.resources.items()}
        live = self.read(state, {one.kind for one in applied}, owners_of(applied.values()))
        self.stack.forget([one.urn for one in already_deleted(applied, live).values()])
        if not live.unreadable:
            self.stack.verified()

    def _resend_priorities(self, only: Collection[Address] | None, skipped: SkippedFields | None) -> set[str]:
        """Let the next `up` give all siblings of which one moves their places; the URNs of those that keep theirs."""
        again = resent_priorities(self.desired, self.stack.state(), only, skipped)
        self.stack.forget_number([applied.urn for applied in again.values()])
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
        """How the engine calls the resources of these declarations."""
        return {self.urn_of(address) for address in addresses}

    def urn_of(self, address: Address) -> str:
        """How the engine calls the resource of a declaration."""
        return urn(self.desired, address, self.stack.name, self.stack.project)

    def read(
        self, state: State, kinds: Collection[str] | None = None, owners: snapshot.Owners | None = None
    ) -> Snapshot:
        """The tenant as it is now: every collection, and what managed objects own; or only these kinds and owners."""
        asked = owners or drift.owners(self.desired, state)

        async def read() -> Snapshot:
            async with self.tenant.client(self.progress) as client:
                return await snapshot.read(client, kinds, owners=asked, progress=self.progress)

        return asyncio.run(read())

    def look_up(self, desired: Desired, only: Collection[Address] | None = None, live: Snapshot | None = None) -> Found:
        """What the program has to know of the tenant, so that it can apply all that is managed, or `only` these."""
        self.progress.say("looking up what is there already")
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
    ) -> partial[Coroutine[Any, Any, None]]:
        """The Pulumi program; its outputs say which definitions and which commit were applied, if nothing else.

        Raises `SecretMissing` before anything is changed, and not when the first object that needs one is reached.
        """
        for declaration in desired.managed.values():
            for _, reference, source in secrets_of(declaration):
                resolve(reference, source)
        outputs = self.commit.outputs if outputs is None else outputs
        return partial(inline, desired, found, resolve, outputs, skipped)

    @cached_property
    def commit(self) -> Commit:
        """The commit that the definitions are at."""
        return commit_of(self.definitions or self.stack.root)


def _notes_of(forgotten: Iterable[Address]) -> list[str]:
    """What to say of objects that somebody deleted before the definitions let go of them."""
    return [
        f"{address} is no longer declared, and was deleted in the tenant already: forgotten" for address in forgotten
    ]
