"""How administrators sign in, as far as the snapshot shows: their groups, and the policies that decide about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from reconciler.guard.siblings import Owner, Sibling, all_of, name_of_owner, siblings
from reconciler.kinds import Kind, Spec, kind_named, kinds
from reconciler.kinds.fields import Purpose, is_active
from reconciler.kinds.gates import Gate
from reconciler.kinds.relations import reference_fields, references
from reconciler.okta.malformed import MALFORMED
from reconciler.plan import Plan


@dataclass(frozen=True, slots=True)
class AdminGates:
    """The active rules of one policy that decides about administrators, in order."""

    policy: str
    """Kind and name of the policy."""
    before: list[Gate]
    """Empty if the policy does not exist, is inactive, or does not decide about administrators yet."""
    after: list[Gate]
    rules: list[Sibling]


def admin_groups(plan: Plan) -> Mapping[Owner, str]:
    """The groups whose members have admin roles, by kind and id, each with its name in the plan."""
    found = {}
    for items in plan.live.objects.values():
        for item in items:
            if item.kind.powers(dict(item.json)):
                key = (item.kind.name, item.id)
                found[key] = plan.by_id[key].address.name if key in plan.by_id else plan.names.of(*key)
    return found


def console_policies(plan: Plan) -> set[Owner]:
    """Kind and id of the policies that decide about sign-ins to the Admin Console."""
    found: set[Owner] = set()
    for items in plan.live.objects.values():
        for item in items:
            if not item.kind.is_admin_console(dict(item.json)):
                continue
            try:
                named = references(item.kind.fields, item.spec)
                found.update((one.kind, one.token) for one in named if one.relates.purpose is Purpose.SIGN_IN)
            except MALFORMED:
                continue
    return found


def admin_gates(plan: Plan) -> Iterator[AdminGates]:
    """The policies that decide about administrators before or after the plan.

    A policy that apps name decides about the Admin Console, or about no administrator. Other policies decide about the
    groups that they name, and all administrators are in `everyone`.
    """
    groups = frozenset({"everyone", *admin_groups(plan).values()})
    consoles = console_policies(plan)
    for kind in kinds():
        if kind.gates is None:
            continue
        policies = {one.identity: one for owner in kind.parents for one in all_of(plan, kind_named(owner))}
        for owner, rules in siblings(plan, kind).items():
            policy = policies.get(owner) if owner else None
            if owner is None or policy is None:
                continue
            decides = partial(_decides, policy, groups=groups, consoles=consoles)
            before = _gates(kind, [one.before for one in rules], groups) if decides(policy.before) else []
            after = _gates(kind, [one.after for one in rules], groups) if decides(policy.after) else []
            if before or after:
                yield AdminGates(name_of_owner(plan, owner), before, after, rules)


@cache
def kinds_named_for(purpose: Purpose) -> frozenset[str]:
    """The kinds of objects that others name for a purpose."""
    fields = (field for kind in kinds() for field in reference_fields(kind.fields))
    known = (field for field in fields if field.relates and field.relates.purpose is purpose)
    return frozenset(name for field in known for name in field.refers_to)


def _decides(policy: Sibling, spec: Spec | None, groups: frozenset[str], consoles: set[Owner]) -> bool:
    """Whether a policy with these fields is active and decides about administrators."""
    if spec is None or not is_active(spec):
        return False
    kind, _ = policy.identity
    if kind in kinds_named_for(Purpose.SIGN_IN):
        return policy.identity in consoles
    named = references(kind_named(kind).fields, spec)
    people = {one.token for one in named if one.relates.purpose is Purpose.PEOPLE}
    return not people.isdisjoint(groups)


def _gates(kind: Kind, specs: Iterable[Spec | None], groups: frozenset[str]) -> list[Gate]:
    """The rules that apply to some of the groups, in order; those of separate objects by priority."""
    ordered = sorted((spec for spec in specs if spec), key=kind.shape.rank)
    gates = (gate for spec in ordered for gate in (kind.gates(spec) if kind.gates else ()))
    return [gate for gate in gates if gate.concerns(groups)]
