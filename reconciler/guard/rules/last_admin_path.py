"""The plan could lock administrators out: by their groups, the policies that decide about them, or network zones.

What the snapshot does not show is not covered: roles of single users, which factors administrators have enrolled,
Okta's own Catch-all Rules, the priorities of session policies among each other, and expressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.definitions.model import Source
from reconciler.engine.changes import Operation
from reconciler.guard.administrators import AdminGates, admin_gates, admin_groups, console_policies, kinds_named_for
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.siblings import Owner, all_of
from reconciler.kinds import Kind, Spec, kinds
from reconciler.kinds.fields import Purpose, is_active
from reconciler.kinds.gates import Gate
from reconciler.kinds.relations import references
from reconciler.plan import GuardResult, Plan, PlannedChange

_SAFE = "keep another way in until administrators have signed in with the new one"


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each object whose change could lock administrators out."""
    admins = admin_groups(plan)
    for change in plan.planned:
        if detail := _loses_administrators(plan, change, admins):
            yield _result(change, detail)
    for owner in sorted(console_policies(plan)):
        policy = plan.by_id.get(owner)
        if policy and policy.removes:
            yield _result(policy, "decides about sign-ins to the Okta Admin Console, and would be deleted or replaced")
    policies = list(admin_gates(plan))
    for policy_gates in policies:
        if closing := newly_closed(policy_gates.before, policy_gates.after):
            yield GUARD.result(
                policy_gates.policy,
                f"the rule {closing.name} would deny all sign-ins that reach it, and administrators are among them",
                f"limit the rule to network zones, or keep the rules before it; {_SAFE}",
                _source(policy_gates),
            )
    yield from _zones(plan, policies)


def newly_closed(before: Sequence[Gate], after: Sequence[Gate]) -> Gate | None:
    """The first rule that newly denies all sign-ins that reach it, or now does so after fewer rules that allow."""
    for position, gate in enumerate(after):
        if gate.closes and not _closed_before(gate, before, after[:position]):
            return gate
    return None


def _closed_before(gate: Gate, before: Sequence[Gate], ahead: Sequence[Gate]) -> bool:
    old = next((position for position, one in enumerate(before) if one.closes and one.covers(gate)), None)
    if old is None:
        return False
    allowing = [one for one in ahead if not one.denies]
    return all(any(new.covers(one) for new in allowing) for one in before[:old] if not one.denies)


def _loses_administrators(plan: Plan, change: PlannedChange, admins: Mapping[Owner, str]) -> str:
    """Why people lose admin roles by a change; empty if they do not."""
    if change.item is None or change.list_of:
        return ""
    if change.removes and (change.address.kind, change.okta_id) in admins:
        powers = " and ".join(change.kind.powers(dict(change.item.json)))
        return f"its members have {powers}, and it would be deleted or replaced"
    filled = [
        admins[one.kind, one.token]
        for one in references(change.kind.fields, change.item.spec)
        if one.relates.purpose is Purpose.MEMBERSHIP and (one.kind, one.token) in admins
    ]
    if filled and _assigns_others(change):
        return f"fills {' and '.join(filled)}, whose members have admin roles: people who no longer match leave it"
    return ""


def _assigns_others(change: PlannedChange) -> bool:
    """Whether an object that assigns people to groups, before and after the change, may assign others.

    If it is deleted, replaced or switched off, Okta keeps the people in the groups.
    """
    before, after = change.before or {}, change.after or {}
    if change.operation is not Operation.UPDATE or not (is_active(before) and is_active(after)):
        return False
    return any(before.get(name) != after.get(name) for name in before.keys() & after.keys() - {change.kind.label_field})


def _zones(plan: Plan, policies: Sequence[AdminGates]) -> Iterator[GuardResult]:
    """Network zones that administrators need to sign in, or that keep them out."""
    everywhere = [
        (kind, one) for kind in kinds() if kind.name in kinds_named_for(Purpose.ZONE) for one in all_of(plan, kind)
    ]
    needed = {name for policy in policies for name in _ways_in(policy.after)}
    ways_in = [(kind, one) for kind, one in everywhere if one.name in needed]
    for kind, one in ways_in:
        lost = one.after is None or (one.before is not None and kind.matches_less(one.before, one.after))
        if one.change and one.before is not None and lost:
            yield _result(
                one.change,
                "administrators may sign in from there only, and it would be deleted or match fewer requests",
            )
    for kind, one in everywhere:
        before = {name for policy in policies for gate in policy.before if gate.denies for name in gate.zones}
        after = {name for policy in policies for gate in policy.after if gate.denies for name in gate.zones}
        now = _keeps_out(kind, one.name in after, one.after, [way.after for _, way in ways_in])
        if now and not _keeps_out(kind, one.name in before, one.before, [way.before for _, way in ways_in]):
            yield GUARD.result(
                f"{kind.name} {one.name}",
                "would keep administrators out: sign-ins from there are denied, and it matches all addresses, or some "
                "of those from which administrators may sign in",
                f"leave these addresses out of the zone; {_SAFE}",
                one.change.source if one.change else None,
            )


def _keeps_out(kind: Kind, denied: bool, zone: Spec | None, ways_in: Iterable[Spec | None]) -> bool:
    """Whether sign-ins are denied from a zone, and administrators need some of its addresses."""
    if zone is None or not (denied or kind.blocks_requests(zone)):
        return False
    return kind.matches_everything(zone) or any(kind.shares_addresses(zone, one) for one in ways_in if one)


def _ways_in(gates: Sequence[Gate]) -> Iterator[str]:
    """The zones without which a rule denies the sign-in."""
    for position, gate in enumerate(gates):
        if gate.closes:
            yield from gate.zones_excluded
            yield from (zone for one in gates[:position] if not one.denies for zone in one.zones)


def _result(change: PlannedChange, detail: str) -> GuardResult:
    return GUARD.result(change.address, detail, _SAFE, change.source)


def _source(policy: AdminGates) -> Source | None:
    return next((one.change.source for one in policy.rules if one.change and one.change.source), None)


GUARD = Guard(
    id="last-admin-path",
    title="Administrators could be locked out",
    purpose="Refuses changes of groups, policies, rules and network zones that could lock administrators out.",
    check=check,
    limits=Limits(),
)
