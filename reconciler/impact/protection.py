"""What a policy asks of people, as it is in the tenant or as declared, to compare it with another policy."""

from __future__ import annotations

from reconciler.definitions.model import Declaration
from reconciler.kinds import Kind, Protection, Spec, owned_kinds
from reconciler.kinds.entries import entries, entry_model, live_entries
from reconciler.kinds.mapping import Vocabulary, decode
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import LiveObject
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
        if one.parent == declaration.address and one.kind.shape.in_sequence:
            rules += entries(one.kind, one.spec)
    for kind in _rule_kinds(declaration.kind) if item else ():
        rules += [spec for one in _rules(plan, item, kind) for spec in _made_by_okta(one)]
    return Protection(declaration.spec, rules)


def readable_spec(item: LiveObject) -> Spec | None:
    """The fields of an object; None if Okta created it in a form that the kind does not support."""
    try:
        return item.spec
    except MALFORMED:
        return None


def _rule_kinds(kind: Kind) -> list[Kind]:
    return [owned for owned in owned_kinds(kind) if owned.shape.in_sequence]


def _has_none(plan: Plan, item: LiveObject, kind: Kind) -> bool:
    """Whether the rules of a policy were read, although there are none. A part of the policy exists even if empty."""
    if kind.shape.part_of_owner:
        return False
    gaps = {(gap.kind.name, gap.owner_id) for gap in plan.live.unreadable}
    read = plan.dependents.is_managed(item) or item.everywhere
    return read and not gaps & {(kind.name, item.id), (kind.name, None)}


def _rules(plan: Plan, item: LiveObject | None, kind: Kind) -> list[LiveObject]:
    found = [
        one
        for one in plan.live.objects.get(kind.name, ())
        if item and one.parent and (one.parent.kind, one.parent.id) == (item.kind, item.id)
    ]
    return sorted(found, key=lambda one: one.rank)


def _specs(item: LiveObject) -> list[Spec]:
    spec = readable_spec(item)
    return [*([] if spec is None else entries(item.kind, spec)), *_added_by_okta(item)]


def _made_by_okta(item: LiveObject) -> list[Spec]:
    """The rules that Okta created."""
    return _specs(item) if item.built_in else _added_by_okta(item)


def _added_by_okta(item: LiveObject) -> list[Spec]:
    """The entries that Okta added to an object that it did not create. They come last."""
    model, added = entry_model(item.kind), (one for one in live_entries(item.kind, item.json) if one.made_by_okta)
    return [decode(model, one.json, Vocabulary.API) for one in added]
