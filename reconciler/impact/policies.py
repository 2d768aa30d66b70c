"""Which policy decides instead: for the apps of a policy that is deleted, and for the people of one that ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.definitions.model import Address
from reconciler.impact.reading import is_ranked
from reconciler.impact.surroundings import Surroundings, Use, objects_of
from reconciler.impact.wording import as_long_as, groups, listed, named, number, people, sentence, shown, subject, verb
from reconciler.kinds import Kind, Protection, kind_named
from reconciler.kinds.fields import OnDelete, Purpose
from reconciler.kinds.relations import Reference
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import Effect, PlannedChange

DEFAULT = "default"
"""The name in definitions of the policy that decides if no other does."""


def of_removed_policy(
    around: Surroundings, change: PlannedChange, item: LiveObject, left: Sequence[Use]
) -> Iterator[Effect]:
    """The apps that move to the default policy, and whether it asks for less."""
    moving = [use for use in left if use.reference.relates.on_delete is OnDelete.DEFAULT]
    default = around.plan.live.by_id.get((item.kind.name, around.identity(item.kind.name, DEFAULT)))
    if moving and default:
        yield _move(around, change, moving, around.protection(item), default)


def _move(
    around: Surroundings, change: PlannedChange, moving: Sequence[Use], before: Protection | None, default: LiveObject
) -> Effect:
    count = len(moving)
    after = around.protection(default)
    weaker = _weaker(default.kind, before, after)
    less = _less(default.kind, before, after)
    who = f"{number(count, 'app')} {verb(count, 'moves', 'move')}"
    text = f"{who} to the policy {default.label}{weaker}: {listed(shown(use.object) for use in moving)}"
    return Effect(change.address, "apps-move", text, objects=objects_of(moving), becomes=default.label, weaker=less)


def _weaker(kind: Kind, before: Protection | None, after: Protection | None) -> str:
    """The clause that says why a policy protects less than another; it follows the name of the policy."""
    if before is None or after is None:
        return ", whose rules were not compared"
    text = _less(kind, before, after)
    return f", {text}" if text else ""


def _less(kind: Kind, before: Protection | None, after: Protection | None) -> str:
    """The same as a clause; empty if the policies cannot be compared."""
    return kind.weaker(before, after) if before and after else ""


def of_changed_relations(around: Surroundings, change: PlannedChange) -> Iterator[Effect]:
    """The app whose policy changes, and the people whom a policy no longer covers, or covers from now on."""
    if change.item is None:
        return
    before, after = around.before(change), around.after(change)
    old = next((one for one in before if one.relates.purpose is Purpose.SIGN_IN), None)
    new = next((one for one in after if one.relates.purpose is Purpose.SIGN_IN), None)
    if old and new and old.token != new.token and new.kind == old.kind:
        yield _moved(around, change, change.item, old, new)
    if is_ranked(change.kind):
        known = {one.token for one in after}
        lost = [one for one in _people(before) if one.token not in known]
        yield from _fall(around, change, change.item, lost)
        yield from _covered(around, change, before, after)


def _moved(around: Surroundings, change: PlannedChange, item: LiveObject, old: Reference, new: Reference) -> Effect:
    """The app that gets another policy."""
    policy = around.plan.live.by_id.get((old.kind, old.token))
    target = around.plan.live.by_id.get((new.kind, new.token))
    name = around.declared_name(change, new.field)
    declaration = around.plan.desired.managed.get(Address(new.kind, name))
    before = around.protection(policy) if policy else None
    after = around.declared_protection(declaration) if declaration else around.protection(target) if target else None
    label = declaration.label if declaration else target.label if target else name
    affected, less = around.affected(item), _less(kind_named(old.kind), before, after)
    text = f"{subject(affected)} moves to the policy {label}{_weaker(kind_named(old.kind), before, after)}"
    return Effect(change.address, "apps-move", sentence(text), objects=(affected,), becomes=label, weaker=less)


def of_removed_conditions(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The people of a policy that is deleted or switched off: the next policy that names their group applies."""
    if is_ranked(item.kind) and not item.built_in and item.json.get("status") == "ACTIVE":
        yield from _fall(around, change, item, _people(around.references_of(item)))


def _people(found: Sequence[Reference]) -> list[Reference]:
    return [one for one in found if one.relates.purpose is Purpose.PEOPLE]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A policy that may apply after the plan."""

    priority: int
    label: str
    people: frozenset[str]
    """The ids of the groups that it names."""
    protection: Protection | None


def _fall(around: Surroundings, change: PlannedChange, item: LiveObject, lost: Sequence[Reference]) -> Iterator[Effect]:
    """The policies that apply to the people of these groups instead, the first by priority for each group."""
    following = sorted(_candidates(around, change, item), key=lambda one: one.priority)
    default = around.plan.live.system_item(item.kind, DEFAULT)
    last = _Candidate(0, _okta_name(default), frozenset(), around.protection(default)) if default else None
    everyone = {identity for kind in {one.kind for one in lost} for identity in around.everyone(kind)}
    by_policy: dict[int, list[Reference]] = defaultdict(list)
    found: dict[int, _Candidate] = {}
    for one in lost:
        if around.goes(one.kind, one.token):
            continue
        policy = next((each for each in following if each.people & {one.token, *everyone}), last)
        if policy:
            found[id(policy)] = policy
            by_policy[id(policy)].append(one)
    for key, references in by_policy.items():
        yield _fall_to(around, change, item, found[key], references)


def _okta_name(default: LiveObject) -> str:
    """The name of a default policy; if it is of a kind of its own, its label is the name of that kind."""
    return str(default.json.get("name", default.label))


def _fall_to(
    around: Surroundings, change: PlannedChange, item: LiveObject, policy: _Candidate, lost: Sequence[Reference]
) -> Effect:
    of = [(one.kind, one.token) for one in lost]
    count = around.people(of)
    before = around.protection(item)
    weaker, less = _weaker(item.kind, before, policy.protection), _less(item.kind, before, policy.protection)
    who = f"{people(count, at_most=True)} of {groups([around.name(*one) for one in of])} {verb(count, 'falls', 'fall')}"
    text = f"{who} from {named(item)} to {policy.label}{weaker}{as_long_as(change)}"
    return Effect(
        change.address, "next-policy-applies", sentence(text), count, at_most=True, becomes=policy.label, weaker=less
    )


def _candidates(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[_Candidate]:
    """The active policies after one, as they are after the plan, without the default policy."""
    kind, rank = item.kind, item.rank
    for declaration in around.plan.desired.managed.values():
        if declaration.kind is kind and declaration.address != change.address:
            spec, named_ = declaration.spec, around.declared_people(declaration)
            if spec["status"] == "ACTIVE" and kind.shape.rank(spec) >= rank:
                yield _Candidate(
                    kind.shape.rank(spec), declaration.label, named_, around.declared_protection(declaration)
                )
    for one in around.plan.live.objects.get(kind.name, ()):
        managed = around.plan.dependents.is_managed(one)
        if one.built_in or managed or one.json.get("status") != "ACTIVE" or one.rank < rank:
            continue
        named_ = frozenset(each.token for each in _people(around.references_of(one)))
        yield _Candidate(one.rank, f"{one.label} (not managed)", named_, around.protection(one))


def _covered(
    around: Surroundings, change: PlannedChange, before: Sequence[Reference], after: Sequence[Reference]
) -> Iterator[Effect]:
    known = {one.token for one in before}
    new = [(one.kind, one.token) for one in _people(after) if one.token and one.token not in known]
    if new and change.item:
        count = around.people(new)
        who = f"{people(count, at_most=True)} of {groups([around.name(*one) for one in new])}"
        text = f"{named(change.item)} applies to {who}"
        yield Effect(change.address, "policy-applies", sentence(text), count, at_most=True)
