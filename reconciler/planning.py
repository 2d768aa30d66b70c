"""Plans what one run would change, and applies exactly that: `preview` and `up` have only this path.

A plan is made from one reading of the definitions, the state and the whole tenant, also with `--no-refresh`: guards
and effects need to know the tenant. Whatever `up` does to the state before the engine runs, the plan does to a copy of
the state. Applying a plan reads nothing again, except that the state must still be the one it was made from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from reconciler.already_deleted import already_deleted
from reconciler.apply import preview, run
from reconciler.definitions.model import Address
from reconciler.drift import Comparison
from reconciler.engine.changes import Changes
from reconciler.engine.set_aside import SetAside, completed
from reconciler.engine.stack import Stack
from reconciler.engine.state import Deployment, State, parse
from reconciler.matching import Match, StateMatch, owners_to_plan
from reconciler.matching.look_up import look_up_in
from reconciler.okta.snapshot import Snapshot
from reconciler.plan import Plan, planned_changes
from reconciler.plan.compare import StateChanged
from reconciler.plan.deleted import deletion_outputs
from reconciler.plan.digests import state_digest
from reconciler.plan.new_secrets import new_secrets
from reconciler.plan.preparation import Preparation
from reconciler.plan.protection import protection_outputs
from reconciler.plan.reverted import RevertedDrift
from reconciler.priorities import resent_priorities
from reconciler.reconciler import Reconciler


def make_plan(reconciler: Reconciler, *, refresh: bool) -> Plan:
    """What `up` would change. Neither the tenant nor the state is changed.

    Without `refresh`, drift is not reverted.
    """
    desired, stack, commit = reconciler.desired, reconciler.stack, reconciler.commit
    deployment = stack.deployment()
    state = parse(completed(deployment))
    reconciler.progress.say("reading the tenant")
    in_state = StateMatch.of(desired, state)
    match = Match.of(in_state, reconciler.read(owners_to_plan(in_state)))
    preparation = _preparation(reconciler, deployment, match, refresh)
    with _prepared(reconciler, deployment, preparation) as (prepared, preparation):
        preparation = replace(preparation, match=match.with_state(prepared.stack.state()))
        changes = preview(prepared, preparation.match, preparation.reverted.skipped)
    preparation = replace(preparation, engine=changes.update_plan)
    changes.update_plan = {}  # as large as the state, and no part of a report
    _complete(changes, reconciler, preparation)
    changes.exclude_resent(preparation.resent_as, planned=True)
    changes.notes += [*_gaps(match.live), *map(str, new_secrets(desired, state))]
    planned = planned_changes(match, changes)
    return Plan(match, changes, planned, commit=commit, refresh=refresh, preparation=preparation)


def apply_plan(reconciler: Reconciler, plan: Plan) -> Changes:
    """Make the changes of a plan, and no others. The reconciler is the one that made the plan.

    Raises `Refused` if a guard refuses the plan, or if the state is no longer the one that the plan was made from, and
    `NewerFormat` if the baseline could not be updated afterwards.
    """
    plan.raise_if_refused()
    reconciler.baselines.refuse_newer(plan.desired.environment.name)
    stack, preparation = reconciler.stack, plan.preparation
    assert preparation is not None
    earlier = stack.deployment()
    if state_digest(earlier) != preparation.digest:
        raise StateChanged(stack.location)
    reverted, urns, changes = preparation.reverted, _urns(reconciler), Changes()
    state_before_run = preparation.of(earlier)
    lost = {one.urn for one in reverted.deleted.values()}
    if reverted:
        stack.replace(reverted.to_set_aside(earlier, urns, changes, lost), state_before_run)
    elif state_before_run != earlier:
        stack.restore(state_before_run)
    if preparation.verified:
        stack.mark_verified()
    outputs = {
        **reconciler.this_up.outputs,
        **stack.set_aside_outputs,
        **protection_outputs(plan.desired, plan.state),
        **deletion_outputs(plan.match.in_state),
    }
    try:
        changes = run(
            reconciler,
            preparation.match,
            look_up_in(preparation.match),
            plan.state,
            outputs,
            preparation.resent_as,
            skipped=reverted.skipped,
            check=partial(_check_unchanged, stack, state_digest(stack.deployment())),
        )
    except KeyboardInterrupt:  # the report must still be given
        changes.interrupted = True
    finally:

        def to_put_back() -> SetAside:
            there = {one.urn for one in stack.state().resources.values()}
            lost = {one.urn for address, one in reverted.deleted.items() if urns[address] not in there}
            return reverted.to_set_aside(earlier, urns, changes, lost)

        stack.put_back(to_put_back)
    _complete(changes, reconciler, preparation)
    changes.notes += _gaps(plan.live)
    return changes


def _check_unchanged(stack: Stack, digest: str) -> None:
    """Raise `StateChanged` if another run has changed the state just before the engine locked it."""
    if state_digest(stack.deployment_in_run()) != digest:
        raise StateChanged(stack.location)


def _preparation(reconciler: Reconciler, deployment: Deployment, match: Match, refresh: bool) -> Preparation:
    gone = already_deleted({Address(*key): one for key, one in match.state.resources.items()}, match.live)
    interrupted = reconciler.stack.unverified or bool(deployment.get("pending_operations"))
    return Preparation(
        digest=state_digest(deployment),
        deployment=deployment,
        reverted=RevertedDrift.of(Comparison.of(match)) if refresh else RevertedDrift(),
        dropped={address: one.urn for address, one in gone.items() if address in match.orphans},
        forgotten=[one.urn for one in gone.values()] if interrupted else (),
        released=_released(match.in_state, gone.keys()),
        verified=interrupted and not match.live.unreadable,
        match=match,
    )


def _released(in_state: StateMatch, gone: Collection[Address]) -> dict[str, Address]:
    """The objects to release, by URN: those only observed, and orphans that are not deleted.

    Objects that are `gone` do not exist any more.
    """
    orphans, resources = in_state.orphans, in_state.state.resources
    modes = {Address(*key): in_state.desired.environment.mode(one.levels) for key, one in resources.items()}
    return {
        resources[address].urn: address
        for address, mode in modes.items()
        if mode == "observe" or (address in orphans and in_state.is_released(address))
        if not (address in gone and address in orphans)
    }


@contextmanager
def _prepared(
    reconciler: Reconciler, deployment: Deployment, preparation: Preparation
) -> Iterator[tuple[Reconciler, Preparation]]:
    """The reconciler with a stack whose state was prepared: a copy, if anything has to be changed for that."""
    desired, reverted = reconciler.desired, preparation.reverted

    def with_priorities(before: Preparation, now: State) -> Preparation:
        resent = resent_priorities(StateMatch.of(desired, now), skipped=reverted.skipped)
        urns = [one.urn for one in resent.values()]
        return replace(before, resent=urns, resent_as=reconciler.urns(resent))

    if not reverted.refreshed:
        preparation = with_priorities(preparation, parse(preparation.of(deployment)))
        if preparation.of(deployment) == deployment:
            yield reconciler, preparation
            return
    with reconciler.stack.copied(preparation.of) as copy:
        if reverted.refreshed:
            reconciler.progress.say("refreshing a copy of the state")
            urns = sorted(one.urn for one in reverted.refreshed.values())
            copy.refresh(urns)
            preparation = replace(preparation, refreshed=_resources(copy.deployment(), urns))
            preparation = with_priorities(preparation, copy.state())
            copy.forget_priorities(preparation.resent)
        yield reconciler.with_copy(copy), preparation


def _resources(deployment: Deployment, urns: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {one["urn"]: one for one in deployment["resources"] if one["urn"] in urns}


def _complete(changes: Changes, reconciler: Reconciler, preparation: Preparation) -> None:
    """Add to planned or completed changes what the preparation does, and why."""
    changes.release(preparation.released)
    changes.notes += [
        f"{address} is no longer declared and was already deleted in the tenant: removed from the state"
        for address in preparation.dropped
    ]
    preparation.reverted.mark(changes, _urns(reconciler))


def _urns(reconciler: Reconciler) -> Mapping[Address, str]:
    return {address: reconciler.urn_of(address) for address in reconciler.desired.managed}


def _gaps(live: Snapshot) -> list[str]:
    """Notes on the parts of the tenant that could not be read."""
    return [
        f"{gap.kind.name}{f' of {gap.owner_id}' if gap.owner_id else ''} was compared with the state only: {gap.reason}"
        for gap in live.unreadable
    ]
