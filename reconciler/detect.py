"""Detect drift: compare the tenant with the definitions and the state, and attribute changes by the System Log."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reconciler import drift
from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Ignore
from reconciler.drift import Comparison, Finding
from reconciler.drift.ignore import as_first_seen, without_ignored
from reconciler.drift.run import DriftReport
from reconciler.engine.state import State
from reconciler.errors import EngineMissing, ReconcilerError, TenantError
from reconciler.file_formats import NewerFormat
from reconciler.ignored_states import IgnoredStates
from reconciler.kinds import scopes
from reconciler.last_up import last_up_in
from reconciler.matching import Match, StateMatch, owners
from reconciler.okta import system_log
from reconciler.okta.snapshot import Snapshot, fewest_requests
from reconciler.reconciler import Reconciler
from reconciler.watched import Watch, read_rows, row_of_word

LOOK_BACK = timedelta(days=7)
"""How far back the System Log is read; Okta's own default."""
_CLOCK_SKEW = timedelta(minutes=5)
"""How far the tenant's clock may be ahead of this one."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A drift report, and what it was made from."""

    report: DriftReport
    comparison: Comparison


def detect(reconciler: Reconciler, look_back: timedelta = LOOK_BACK) -> Detection:
    """Detect drift. The System Log is read as far back as `look_back`."""
    started, clock = datetime.now(UTC), time.monotonic()
    desired, progress = reconciler.desired, reconciler.progress
    notes: list[str] = []
    progress.say("reading the state")
    state = _applied(reconciler, notes)
    fewest = fewest_requests((one.kind for one in desired.declarations.values()), watch=True)
    progress.say(f"reading the tenant: at least {fewest} requests")
    in_state = StateMatch.of(desired, state)
    live = reconciler.read(owners(in_state), watch=_watch(in_state))
    state_found = bool(state.resources or not desired.managed)
    if not state_found:
        notes.append(
            f"no state was found in {reconciler.stack.location}: objects were matched with definitions by name; a "
            "difference may be an edit that was not applied yet, and deleted objects cannot be detected"
        )
    match = Match.of(in_state, live)
    comparison = Comparison.of(match)
    findings = _with_beyond(reconciler, comparison, notes)
    findings = _attributed(reconciler, findings, started - look_back, notes)
    findings = drift.rated(findings, drift.TenantView(match))
    findings, ignored = _without_ignored(reconciler, findings, live, started, notes)
    report = DriftReport(
        environment=desired.environment.name,
        url=desired.environment.url,
        started=started,
        seconds=time.monotonic() - clock,
        requests=live.requests,
        objects={kind: len(objects) for kind, objects in live.objects.items()},
        declared=len(desired.declarations),
        findings=findings,
        commit=reconciler.commit.id,
        dirty=reconciler.commit.dirty,
        definitions_digest=desired.digest,
        relations=drift.relations(desired, findings),
        names=[(address.kind, address.name) for address in desired.declarations],
        tenant_location=desired.environment.where("tenant.url"),
        ignored=ignored,
        notes=notes,
        watched=live.watched.counts,
        not_visible=live.watched.not_visible,
        state_found=state_found,
    )
    return Detection(report, comparison)


def _watch(in_state: StateMatch) -> Watch:
    """What is watched: all rows, and the relations of objects that the environment marks as sensitive."""
    marked = (in_state.ids.get(address) for address in in_state.desired.environment.sensitive)
    return Watch(read_rows(), frozenset(filter(None, marked)))


def _applied(reconciler: Reconciler, notes: list[str]) -> State:
    """The state; empty, with a note, if the engine is needed to read it and cannot be installed."""
    try:
        return reconciler.stack.state()
    except EngineMissing:
        notes.append(
            "the state is not in a local folder, and there is no Pulumi CLI to read it: compared without the state; "
            "run `reconciler doctor` to see what is missing"
        )
        reconciler.stack.use_empty_state()
        return reconciler.stack.state()


def _with_beyond(reconciler: Reconciler, comparison: Comparison, notes: list[str]) -> list[Finding]:
    """The findings of the comparison, and changes since the last `up` in what definitions do not cover.

    A note says what could not be compared.
    """
    match = comparison.match
    missing = f"there is no baseline in {reconciler.baselines.folder}"
    try:
        kept = reconciler.baselines.load(reconciler.desired.environment.name)
    except NewerFormat:
        raise
    except ReconcilerError as error:
        kept, missing = None, error.message
    unknown = drift.unknown_to_baseline(kept or {}, match)
    if kept is None and unknown:
        notes.append(f"{missing}: what definitions do not cover was not compared")
    elif unknown:
        notes.append(
            f"what definitions do not cover was not compared for {len(unknown)} of the objects, such as {unknown[0]}: "
            "the next `up` adds them to the baseline"
        )
    if kept is not None and (rows := drift.unknown_rows(kept, match.live.watched)):
        notes.append(
            f"{len(rows)} of the collections that no kind covers were not compared, such as {rows[0].word}: the next "
            "`up` adds them to the baseline"
        )
    return [*drift.with_new(comparison.findings, kept or {}), *drift.beyond(kept or {}, match)]


def _without_ignored(
    reconciler: Reconciler, findings: list[Finding], live: Snapshot, started: datetime, notes: list[str]
) -> tuple[list[Finding], dict[Ignore, list[Finding]]]:
    """The findings that are not ignored, in their order, and those that entries of `ignore.yaml` cover."""
    environment = reconciler.desired.environment
    remembered = IgnoredStates(reconciler.baselines.folder, environment.name)
    kept, ignored = without_ignored(findings, environment.ignores, started.date())
    if not any(ignored.values()):
        return kept, ignored
    try:
        known = remembered.load()
        ignored, changed, states = as_first_seen(ignored, known, lambda finding: drift.state_of(finding, live))
        if states != known:
            remembered.save(states)
    except NewerFormat:
        raise
    except ReconcilerError as error:
        notes.append(f"{error.message}: changes to what ignore.yaml covers could not be detected")
        return kept, ignored
    positions = {finding.id: position for position, finding in enumerate(findings)}
    return sorted([*kept, *changed], key=lambda finding: positions.get(finding.id, len(positions))), ignored


def _attributed(reconciler: Reconciler, findings: list[Finding], since: datetime, notes: list[str]) -> list[Finding]:
    """The findings with the authors of changes, unless there is no drift or the System Log cannot be read."""
    if not any(finding.verdict in drift.DRIFT for finding in findings):
        return findings
    reconciler.progress.say("reading the System Log to attribute changes")

    def unreadable(events: int) -> None:
        notes.append(f"events of the System Log that could not be read: {events}; changes may be attributed wrongly")

    async def ask() -> list[Finding]:
        tenant = reconciler.tenant
        async with tenant.client(reconciler.progress, scopes.to_attribute()) as client:
            until = datetime.now(UTC) + _CLOCK_SKEW
            rows = filter(None, (row_of_word(finding.kind) for finding in findings))
            others = {event for row in rows for event in row.events}
            events = await system_log.changes(client, since, until, unreadable, others)
            own = await system_log.own_ids(client, client_id(reconciler.desired.environment))
            last = last_up_in(reconciler.stack.state())  # `up` may sign in as another service app than `drift`
            return drift.attributed(findings, events, own | ({last.client} if last and last.client else set()))

    try:
        return asyncio.run(ask())
    except TenantError as error:
        notes.append(f"the System Log could not be read ({error.message}): who changed what is unknown")
        return findings
