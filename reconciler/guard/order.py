"""Rules that a plan moves ahead of stricter ones: sign-ins that match both then need less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.guard.newly import only_restores
from reconciler.guard.siblings import Owner, Sibling, all_of, siblings
from reconciler.kinds import Kind, Spec, kind_named, kinds
from reconciler.kinds.fields import Purpose, is_active
from reconciler.kinds.gates import Gate, without_everyone
from reconciler.kinds.relations import references
from reconciler.plan import Plan


@dataclass(frozen=True, slots=True)
class Ahead:
    """A rule that takes over sign-ins from a stricter one."""

    weaker: Sibling
    stricter: Sibling


@dataclass(frozen=True, slots=True)
class _OrderedRule:
    gate: Gate
    rule: Sibling


def weaker_ahead(plan: Plan) -> Iterator[Ahead]:
    """Each rule that moves ahead of a stricter one, with the first such rule.

    All policies of a kind are one sequence: they are evaluated by priority. A whole list of rules is compared by the
    risks of its kind. What the plan only restores was accepted before.
    """
    for kind in kinds():
        changing = {kind.name, *kind.parents} & {one.address.kind for one in plan.planned}
        if kind.gates is None or not kind.shape.ordered or not changing:
            continue
        before, after = _sequence(plan, kind, now=True), _sequence(plan, kind, now=False)
        positions = {known.rule.identity: position for position, known in enumerate(before)}
        for position, one in enumerate(after):
            later = (other for other in after[position + 1 :] if one.gate.meets(other.gate))
            stricter = next(
                (other for other in later if _comes_ahead(one, other, before, positions, after[:position])), None
            )
            if stricter and not _only_restored(one.rule, stricter.rule):
                yield Ahead(one.rule, stricter.rule)


def _comes_ahead(
    one: _OrderedRule,
    other: _OrderedRule,
    before: list[_OrderedRule],
    positions: Mapping[Owner, int],
    ahead: list[_OrderedRule],
) -> bool:
    """Whether a weaker rule takes over sign-ins from the other one."""
    position = positions.get(other.rule.identity)
    if position is None or before[position].gate.strictness <= one.gate.strictness:
        return False
    strict = before[position].gate
    if any(_already_decides(known.gate, one.gate, strict) for known in before[:position]):
        return False
    common = replace(strict, groups=one.gate.groups or strict.groups)
    return not any(known.gate.strictness >= strict.strictness and known.gate.covers(common) for known in ahead)


def _only_restored(*rules: Sibling) -> bool:
    """Whether the changes of these rules only revert what was changed in the tenant."""
    changes = [one.change for one in rules if one.change]
    return bool(changes) and all(map(only_restores, changes))


def _already_decides(known: Gate, gate: Gate, strict: Gate) -> bool:
    """Whether a rule already decided about all sign-ins of another one, and required no more."""
    return known.strictness <= gate.strictness and known.covers(gate) and known.meets(strict)


def _sequence(plan: Plan, kind: Kind, *, now: bool) -> list[_OrderedRule]:
    """The rules of all active policies in the order of evaluation, with the groups of their policies."""
    policies = [one for owner in kind.parents for one in all_of(plan, kind_named(owner))]
    rules = siblings(plan, kind)
    found: list[_OrderedRule] = []
    for policy in sorted(policies, key=lambda one: _rank(one, now)):
        spec = _spec(policy, now)
        if spec is None or not is_active(spec):
            continue
        named = references(kind_named(policy.identity[0]).fields, spec)
        groups = without_everyone(one.token for one in named if one.relates.purpose is Purpose.PEOPLE)
        for rule in sorted(rules.get(policy.identity, ()), key=lambda one: _rank(one, now)):
            known = _spec(rule, now)
            gates = kind.gates(known) if known and kind.gates else ()
            found += [_OrderedRule(replace(gate, groups=groups), rule) for gate in gates]
    return found


def _spec(one: Sibling, now: bool) -> Spec | None:
    return one.before if now else one.after


def _rank(one: Sibling, now: bool) -> int:
    return kind_named(one.kind).shape.rank(_spec(one, now) or {})
