"""Reads the last `up` of an environment, and of the environment that takes definitions before it."""

from __future__ import annotations

from reconciler.actor import actor
from reconciler.cli.environment import backend_url
from reconciler.commit import ancestry
from reconciler.engine.recorded import recorded_state
from reconciler.engine.stack import Stack
from reconciler.engine.state import State
from reconciler.errors import ReconcilerError
from reconciler.last_up import LastUp, last_up_in
from reconciler.plan import Plan
from reconciler.plan.deleted import recreation_notes
from reconciler.promotion import Circumstances, Predecessor, not_promoted, older_commit, warning_of
from reconciler.reconciler import Reconciler


def circumstances(reconciler: Reconciler, state: State, *, applies: bool) -> Circumstances:
    """The circumstances of a run on this state; `applies` says whether it changes the tenant."""
    last, commit = LastUp.recorded(state.outputs), reconciler.commit
    folder = reconciler.definitions or reconciler.stack.root
    return Circumstances(
        applies,
        actor().ci,
        commit,
        last,
        ancestry(folder, last.commit.id if last else "", commit.id),
        predecessor(reconciler),
    )


def predecessor(reconciler: Reconciler) -> Predecessor | None:
    """The environment that takes definitions before this one, with its last `up`; None if there is none."""
    promotion, stack = reconciler.desired.environment.promotion, reconciler.stack
    if promotion is None:
        return None
    reconciler.progress.say(f"reading the state of {promotion.after}")
    backend = {"PULUMI_BACKEND_URL": promotion.backend or backend_url(stack.root)}
    other = Stack(promotion.after, stack.root, backend, withheld=stack.withheld)
    try:
        state = recorded_state(other)
    except ReconcilerError as error:
        return Predecessor(promotion.after, unreadable=error.message)
    return Predecessor(promotion.after, last_up_in(state) if state else None)


def notes(plan: Plan, there: Circumstances) -> list[str]:
    """Remarks on a plan: what `up` would refuse or undo, and which objects are created again."""
    found = [warning_of(plan.desired, there)]
    if not there.applies:
        refusals = [*older_commit(plan.desired, there), *not_promoted(plan.desired, there)]
        found += [f"`up` would be refused: {refusal.detail}" for refusal in refusals]
    return [*filter(None, found), *recreation_notes(plan.state, plan.changes)]
