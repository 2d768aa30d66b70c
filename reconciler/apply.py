"""Runs the engine for one environment: previews its definitions, and applies them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from reconciler.baseline_update import update_baseline
from reconciler.definitions.model import Address
from reconciler.engine.changes import Changes
from reconciler.engine.state import State
from reconciler.errors import ReconcilerError, Refused
from reconciler.live_effects import LiveEffects
from reconciler.matching import Match
from reconciler.matching.look_up import look_up_in
from reconciler.okta.snapshot import Owners, Snapshot
from reconciler.priorities import resent_priorities
from reconciler.program import Found, SkippedFields
from reconciler.reconciler import Program, Reconciler
from reconciler.unfinished import add_unfinished
from reconciler.watched import Watch


def preview(reconciler: Reconciler, match: Match, skipped: SkippedFields | None = None) -> Changes:
    """What the engine would do with this stack as it is. Neither the tenant nor the state is changed.

    The match is that of this state and the whole tenant. The `skipped` fields stay as in the state.
    """
    reconciler.progress.say("comparing the definitions with the state")
    found = look_up_in(match)
    changes = reconciler.stack.preview(reconciler.program(found, skipped))
    effects = _live_effects(reconciler, match)
    effects.report_imports(changes, effects.existing(found))
    effects.report_updates(changes)
    return changes


def up(
    reconciler: Reconciler,
    only: Collection[Address],
    *,
    skipped: SkippedFields | None = None,
    also: Iterable[str] = (),
) -> Changes:
    """Make these objects as declared, and `also` apply the program to the objects with these URNs.

    The `skipped` fields stay as in the state.
    """
    targets = sorted({*reconciler.urns(only), *also})
    if not targets:
        return Changes()
    reconciler.stack.clear_pending()
    match, found = reconciler.look_up(reconciler.in_state(), only)
    before = match.state
    resent = _resend_priorities(reconciler, only, skipped)
    # A partial run does not apply the definitions as a whole, so the stack keeps the outputs of the last whole run.
    return run(reconciler, match, found, before, before.outputs, resent, skipped=skipped, only=only, targets=targets)


def run(
    reconciler: Reconciler,
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
    reconciler.progress.say("applying")
    effects = _live_effects(reconciler, match)
    existing = effects.existing(found)
    again = set(resent)
    first = _Checked(reconciler.program(found, skipped, outputs, only), check)
    changes = reconciler.stack.up(first, targets=targets)
    first.raise_if_refused()
    ended, second = changes.failures or changes.interrupted, Changes()
    try:
        if (found.imports or found.to_deactivate) and not ended:
            reconciler.progress.say(
                "second pass: updating imported objects, deactivating objects that had to be created active"
            )
            again |= _resend_priorities(reconciler, only, skipped)
            program = reconciler.program(Found(found.ids, owners=found.owners), skipped, outputs, only)
            second = reconciler.stack.up(program, targets=targets and _remaining(reconciler, targets))
            changes.add(second)
    except KeyboardInterrupt:  # the report of what was done must not be lost
        changes.interrupted = True
    changes.exclude_resent(again)
    effects.report_done(changes, found, existing)
    if changes.failures or changes.interrupted:
        add_unfinished(changes, second, effects, found, existing, targets, skipped or {})
    if not changes.interrupted:
        _try_to_update_baseline(reconciler, changes, before)
    return changes


def _live_effects(reconciler: Reconciler, match: Match) -> LiveEffects:
    return LiveEffects(match, {address: reconciler.urn_of(address) for address in reconciler.desired.managed})


def _try_to_update_baseline(reconciler: Reconciler, changes: Changes, before: State) -> None:
    try:
        in_state = reconciler.in_state()
        read = partial(_read_for_baseline, reconciler, changes)
        update_baseline(reconciler.baselines, in_state, before, changes, read)
    except ReconcilerError as error:  # the report of what was done must not be lost
        changes.failures.append(f"the baseline was not updated: {error.message}")
    except KeyboardInterrupt:
        changes.interrupted = True


def _read_for_baseline(
    reconciler: Reconciler, changes: Changes, owners: Owners, kinds: Collection[str] | None, watch: Watch
) -> Snapshot:
    """What the baseline records. A note of the run says what the credentials cannot see of what no kind covers."""
    reconciler.progress.say("recording the tenant in the baseline")
    live = reconciler.read(owners, kinds, watch, people=False)
    if words := ", ".join(sorted(live.watched.not_visible)):
        changes.notes.append(f"not visible to these credentials, and not in the baseline: {words}")
    return live


def _remaining(reconciler: Reconciler, urns: Iterable[str]) -> list[str]:
    """The URNs that the first pass has not deleted: the engine refuses unknown targets."""
    known = {one.urn for one in reconciler.stack.state().resources.values()}
    known |= reconciler.urns(reconciler.desired.managed)
    return [urn for urn in urns if urn in known]


def _resend_priorities(
    reconciler: Reconciler, only: Collection[Address] | None, skipped: SkippedFields | None
) -> set[str]:
    """Make the next `up` send all siblings if one priority changes. Returns the URNs of the unchanged ones."""
    again = resent_priorities(reconciler.in_state(), only, skipped)
    reconciler.stack.forget_priorities([applied.urn for applied in again.values()])
    return reconciler.urns(again)


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
