from __future__ import annotations

from typing import Any

from reconciler.already_deleted import already_deleted
from reconciler.definitions.model import Address
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Unreadable
from tests.settled import desired_of, document, settled

RULE = Address("password-policy-rule", "strict/Office")
POLICY_SPEC: dict[str, Any] = {
    "name": "Strict",
    "priority": 1,
    "groups_included": ["everyone"],
    "rules": [{"name": "Office"}],
}
DOCUMENTS = [document("password-policy", "strict", **POLICY_SPEC)]


def test_a_missing_object_is_deleted_unless_its_kind_could_not_be_read():
    world = settled(desired_of(DOCUMENTS))
    assert already_deleted(world.applied, world.live) == {}
    world.delete(RULE)
    applied = {RULE: world.applied[RULE]}
    assert already_deleted(applied, world.live) == applied
    assert applied[RULE].levels == ("password-policy-rule", "password-policy")
    for kind in applied[RULE].levels:
        world.unreadable[:] = [Unreadable(kind_named(kind), None, "403")]
        assert already_deleted(applied, world.live) == {}
