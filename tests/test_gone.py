from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Address
from reconciler.gone import asks_owners_of, gone
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Unreadable
from tests.settled import desired_of, document, settled

RULE = Address("password-policy-rule", "strict/Office")
POLICY = Address("password-policy", "strict")
POLICY_SPEC: dict[str, Any] = {
    "name": "Strict",
    "priority": 1,
    "groups_included": ["everyone"],
    "rules": [{"name": "Office"}],
}
DOCUMENTS = [document("password-policy", "strict", **POLICY_SPEC)]


def test_what_is_not_there_is_gone_unless_it_could_not_be_read():
    world = settled(desired_of(DOCUMENTS))
    assert gone(world.applied, world.live) == {}
    world.delete(RULE)
    applied = {RULE: world.applied[RULE]}
    assert gone(applied, world.live) == applied
    assert applied[RULE].levels == ("password-policy-rule", "password-policy")
    for kind in applied[RULE].levels:
        world.unreadable[:] = [Unreadable(kind_named(kind), None, "403")]
        assert gone(applied, world.live) == {}


def test_only_owners_are_asked():
    world = settled(desired_of(DOCUMENTS))
    policy = world.item(POLICY)
    rule = replace(world.applied[RULE], inputs={"policyId": policy.id})
    asks = asks_owners_of([rule])
    assert asks(policy, rule.kind)
    assert not asks(replace(policy, id="other"), rule.kind)
