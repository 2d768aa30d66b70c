"""Preview and apply the definitions of one environment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler import matching
from reconciler.actor import actor
from reconciler.baseline import Baselines
from reconciler.baseline_update import update_baseline
from reconciler.commit import Commit, commit_of
from reconciler.definitions.model import Address, Desired, Source
from reconciler.definitions.secrets import resolve, secrets_of
from reconciler.engine.changes import Changes
from reconciler.engine.stack import Stack
from reconciler.engine.state import State
from reconciler.errors import ReconcilerError, Refused
from reconciler.last_up import LastUp
from reconciler.live_effects import LiveEffects
from reconciler.matching import Match, StateMatch
from reconciler.matching.look_up import look_up, look_up_in
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Snapshot
from reconciler.priorities import resent_priorities
from reconciler.program import Found, SkippedFields, inline, urn
from reconciler.progress import SILENT, Progress
from reconciler.secret_digests import OUTPUT, SecretDigests, SecretRecord
from reconciler.tenant import Tenant
from reconciler.unfinished import add_unfinished

Program = Callable[[], Awaitable[None]]


class Secrets:
    """The secrets that definitions refer to: each is read once, so that all programs of a command use the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Path], SecretStr] = {}

    def __call__(self, reference: str, source: Source) -> SecretStr:
        """The secret of a reference. Raises `SecretMissing`."""
        key = reference, Path(source.file).parent  # a path is relative to its file
        if key not in self._known:
            self._known[key] = resolve(reference, source)
        return self._known[key]


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
    secret: Callable[[str, Source], SecretStr] = field(default_factory=Secrets, repr=False, compare=False)
    """Reads the secrets that definitions refer to."""

    def preview(self, match: Match, skipped: SkippedFields | None = None) -> Changes:
        """What the engine would do with this stack as it is. Neither the tenant nor the state is changed.

        The match is that of this state and the whole tenant. The `skipped` fields stay as in the state.
        """
        self.progress.say("comparing the definitions with the state")
        found = look_up_in(match)
        changes = self.stack.preview(self.program(self.desired, found, skipped))
        effects = self._live_effects(match)
        effects.report_imports(changes, effects.existing(found))
        effects.report_updates(changes)
        return changes

    def up(
        self, only: Collection[Address], *, skipped: SkippedFields | None = None, also: Iterable[str] = ()
    ) -> Changes:
        """Make these objects as declared, and `also` apply the program to the objects with these URNs.

        The `skipped` fields stay as in the state.
        """
        targets = sorted({*self.urns(only), *also})
        if not targets:
            return Changes()
        self.stack.clear_pending()
        before = self.stack.state()
        match, found = self.look_up(StateMatch.of(self.desired, before), only)
        resent = self._resend_priorities(only, skipped)
        # A partial run does not apply the definitions as a whole, so the stack keeps the outputs of the last whole run.
        return self.run(match, found, before, before.outputs, resent, skipped=skipped, only=only, targets=targets)

    def run(
        self,
        match: Match,
        found: Found,
        before: State,
        outputs: Mapping[str, Any],
        resent: Collection[str],
        *,
        skipped: SkippedFields | None = None,
        only: Collection[Address] | None = None,
        targets: Sequence[str] | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> Changes:
        """Run the engine, and record the result in the baseline.

        The match is that of the state as it is now; `before` is the state before this command. `resent` are the URNs of
        objects whose unchanged priorities are sent again. `check` is called when the engine has locked the state,
        before the first change: what it raises ends the run.

        An object that exists but is not in the state (a killed run had created it) takes two passes, so that no
        difference is lost: the first imports it unchanged, the second updates it. The second pass also deactivates
        objects that the provider can only create ACTIVE.
        """
        self.progress.say("applying")
        effects = self._live_effects(match)
        existing = effects.existing(found)
        again = set(resent)
        first = _Checked(self.program(self.desired, found, skipped, outputs, only), check)
        changes = self.stack.up(first, targets=targets)
        first.raise_if_refused()
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

    def _live_effects(self, match: Match) -> LiveEffects:
        return LiveEffects(match, {address: self.urn_of(address) for address in self.desired.managed})

    def _try_to_update_baseline(self, changes: Changes, before: State) -> None:
        try:
            update_baseline(self.baselines, self.desired, before, self.stack.state(), changes, self._read_for_baseline)
        except ReconcilerError as error:  # the report of what was done must not be lost
            changes.failures.append(f"the baseline was not updated: {error.message}")
        except KeyboardInterrupt:
            changes.interrupted = True

    def _read_for_baseline(self, kinds: Collection[str] | None, owners: snapshot.Owners | None) -> Snapshot:
        self.progress.say("recording the tenant in the baseline")
        return self.read(StateMatch.of(self.desired, self.stack.state()), kinds, owners)

    def _remaining(self, urns: Iterable[str]) -> list[str]:
        """The URNs that the first pass has not deleted: the engine refuses unknown targets."""
        known = {one.urn for one in self.stack.state().resources.values()} | self.urns(self.desired.managed)
        return [urn for urn in urns if urn in known]

    def _resend_priorities(self, only: Collection[Address] | None, skipped: SkippedFields | None) -> set[str]:
        """Make the next `up` send all siblings if one priority changes. Returns the URNs of the unchanged ones."""
        again = resent_priorities(StateMatch.of(self.desired, self.stack.state()), only, skipped)
        self.stack.forget_priorities([applied.urn for applied in again.values()])
        return self.urns(again)

    def urns(self, addresses: Iterable[Address]) -> set[str]:
        """The URNs of these declarations."""
        return {self.urn_of(address) for address in addresses}

    def urn_of(self, address: Address) -> str:
        """The URN of a declaration."""
        return urn(self.desired, address, self.stack.name, self.stack.project)

    def read(
        self, in_state: StateMatch, kinds: Collection[str] | None = None, owners: snapshot.Owners | None = None
    ) -> Snapshot:
        """Read the tenant: every collection and the children of managed objects, or only these kinds and owners."""
        asked = owners or matching.owners(in_state)

        async def read() -> Snapshot:
            async with self.tenant.client(self.progress) as client:
                return await snapshot.read(client, kinds, owners=asked, progress=self.progress)

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
        before = SecretRecord.of(self.stack.state().outputs)
        record = partial(self._recorded_secrets, desired, found, before, only, skipped or {})
        return partial(inline, desired, found, self.secret, outputs, skipped, record)

    def _recorded_secrets(
        self,
        desired: Desired,
        found: Found,
        before: SecretRecord,
        only: Collection[Address] | None,
        skipped: SkippedFields,
        done: Collection[Address],
    ) -> Mapping[str, Any]:
        """The stack output with the secrets that were sent: an import sends none, nor are skipped fields sent."""
        sent = {address for address in done if address not in found.imports and (only is None or address in only)}
        record = SecretDigests(before, self.secret).updated(desired, sent, skipped, whole=only is None)
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


class _Checked:
    """A program that calls `check` first, and keeps its error: the engine would only quote it."""

    def __init__(self, program: Program, check: Callable[[], None]) -> None:
        self._program, self._check = program, check
        self._error: Refused | None = None

    async def __call__(self) -> None:
        try:
            self._check()
        except Refused as error:
            self._error = error
            raise
        await self._program()

    def raise_if_refused(self) -> None:
        """Raise the error of the check, if there was one."""
        if self._error:
            raise self._error
