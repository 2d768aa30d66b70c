"""The apps that people sign in to by a policy whose change a severity rule applies to."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.impact.surroundings import Surroundings, objects_of
from reconciler.impact.wording import listed, number, sentence, shown
from reconciler.kinds.fields import Purpose
from reconciler.kinds.threats import RULES
from reconciler.plan import Effect, PlannedChange


def of_rated_changes(around: Surroundings, change: PlannedChange) -> Iterator[Effect]:
    """How many apps a change of a policy, or of its rules, is about."""
    item = change.item
    if not change.rules or item is None:
        return
    policy = item.shown
    uses = [use for use in around.uses(policy.kind.name, policy.id) if use.reference.relates.purpose is Purpose.SIGN_IN]
    if not uses:
        return
    objects = objects_of(uses)
    what = " and ".join(rule.planned for rule in RULES if rule.id in change.rules)
    text = f"for {number(len(objects), 'app')} with the policy {policy.label}, {what}: {listed(map(shown, objects))}"
    yield Effect(change.address, "sign-in-changes", sentence(text), objects=objects)
