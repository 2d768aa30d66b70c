"""Group rules."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import (
    Converges,
    Refused,
    RefusedByValidate,
    Requests,
    rule,
)

_RULE_AGAIN = {"expression": 'user.department == "Sales"'}

about(
    kind="group-rule",
    usual={"name": "Tested", "expression": 'user.department == "Engineering"', "groups": ["people"]},
    harmless=frozenset({"name"}),
    rules=(
        rule(
            "group-rule",
            "preview",
            "len(name) > 50",
            Refused("group-rule", "name", "at most 50", {"name": "n" * 51}, {"name": "n" * 50}),
        ),
        rule(
            "group-rule", "create", "always", Converges("group-rule"), Converges("group-rule", {"status": "INACTIVE"})
        ),
        rule(
            "group-rule",
            "update",
            "any change",
            Converges("group-rule", _RULE_AGAIN),
            Converges("group-rule", {"status": "INACTIVE", **_RULE_AGAIN}),
            Converges("group-rule", _RULE_AGAIN, before={"status": "INACTIVE"}),
        ),
        rule(
            "group-rule",
            "preview",
            'status == "INVALID" in the definition',
            RefusedByValidate("group-rule", "status", "cannot be INVALID", {"status": "INVALID"}),
        ),
        rule(
            "group-rule",
            "update",
            "only remove_assigned_users or status changed",
            Converges("group-rule", {"status": "INACTIVE"}),
            Converges("group-rule", {}, before={"status": "INACTIVE"}),
            Converges("group-rule", {"remove_assigned_users": True}, before={}),
        ),
        rule(
            "group-rule",
            "delete",
            "always",
            Requests(
                "ACTIVE objects are deactivated first",
                "stand_in/test_objects.py::test_delete_deactivates_where_required",
            ),
        ),
        rule("group-rule", "create", "status unset", Converges("group-rule", {"status": "ACTIVE"})),
    ),
)
