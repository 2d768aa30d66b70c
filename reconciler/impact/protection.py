"""What a policy asks of people, as it is in the tenant or as declared, to compare it with another policy."""

from __future__ import annotations

from reconciler.definitions.model import Declaration
from reconciler.kinds import Kind, Protection, Spec, owned_kinds
from reconciler.kinds.mapping import Vocabulary, decode, whole_list_of
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import MADE_BY_OKTA, LiveObject
from reconciler.plan import Plan


def live_protection(plan: Plan, item: LiveObject) -> Protection | None:
    """What a policy asks of people now; None if it, or its rules, could not be read."""
    rules: list[Spec] = []
    for kind in _rule_kinds(item.kind):
        found = _rules(plan, item, kind)
        if not found and not _has_none(plan, item, kind):
            return None
        rules += [spec for one in found for spec in _specs(one)]
    spec = readable_spec(item)
    return None if spec is None else Protection(spec, rules)


def declared_protection(plan: Plan, declaration: Declaration, item: LiveObject | None) -> Protection:
    """What a policy asks of people as declared; for one that exists, with the rules that Okta created."""
    rules: list[Spec] = []
    for one in plan.desired.declarations.values():
        if one.parent == declaration.address and _is_rule(one.kind):
            rules += one.spec[whole_list_of(one.kind).name] if one.kind.shape.list_key else [one.spec]
    for kind in _rule_kinds(declaration.kind) if item else ():
        rules += [spec for one in _rules(plan, item, kind) for spec in _made_by_okta(one)]
    return Protection(declaration.spec, rules)


def priority(item: LiveObject) -> int:
    """The priority of a policy or rule; 0 if it has none."""
    value = item.json.get("priority")
    return value if isinstance(value, int) else 0


def readable_spec(item: LiveObject) -> Spec | None:
    """The fields of an object; None if Okta created it in a form that the kind does not support."""
    try:
        return item.spec
    except MALFORMED:
        return None


def _rule_kinds(kind: Kind) -> list[Kind]:
    return [owned for owned in owned_kinds(kind) if _is_rule(owned)]


def _is_rule(kind: Kind) -> bool:
    """Whether objects of an owned kind are evaluated in an order."""
    return kind.shape.ordered or bool(kind.shape.list_key)


def _has_none(plan: Plan, item: LiveObject, kind: Kind) -> bool:
    """Whether the rules of a policy were read, although there are none. A whole list exists even if it is empty."""
    if kind.shape.list_key:
        return False
    gaps = {(gap.kind.name, gap.owner_id) for gap in plan.live.unreadable}
    read = plan.dependents.is_managed(item) or item.built_in
    return read and not gaps & {(kind.name, item.id), (kind.name, None)}


def _rules(plan: Plan, item: LiveObject | None, kind: Kind) -> list[LiveObject]:
    found = [
        one
        for one in plan.live.objects.get(kind.name, ())
        if item and one.parent and (one.parent.kind, one.parent.id) == (item.kind, item.id)
    ]
    return sorted(found, key=priority)


def _specs(item: LiveObject) -> list[Spec]:
    if not item.kind.shape.list_key:
        spec = readable_spec(item)
        return [] if spec is None else [spec]
    rules: list[Spec] = item.spec[whole_list_of(item.kind).name]
    return [*rules, *_made_by_okta(item)]


def _made_by_okta(item: LiveObject) -> list[Spec]:
    """The rules that Okta created. They come last."""
    if not item.kind.shape.list_key:
        return _specs(item) if item.built_in else []
    part = whole_list_of(item.kind).part
    return [decode(part, dict(json), Vocabulary.API) for json in item.json.get(MADE_BY_OKTA, ())]
