"""Standard admin roles of groups."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    NotDeclarable,
    RefusedByValidate,
    Requests,
    rule,
)

KIND = "group-role"
HELP_DESK = {"type": "HELP_DESK_ADMIN"}
NOT_CUSTOM = NotDeclarable("bindings of resource sets give custom roles", ("role_id", "resource_set_id"))
NO_APPS = NotDeclarable("apps are compared with the baseline", ("target_app_lists",))
CASE = "case groups.group_role_standard"

about(
    kind=KIND,
    usual=HELP_DESK,
    harmless=frozenset({"type"}),
    fixed={"type": "a role assignment has one type"},
    variants={
        "": {
            "limited": HELP_DESK,
            "unlimited": {"type": "READ_ONLY_ADMIN", "target_groups": OMIT},
        }
    },
    attacks={
        "admin-role-granted": (whole(Verdict.UNMANAGED, KIND),),
        "admin-scope-widened": (
            changed(KIND, "target_groups", ["people"], ["others", "people"]),
            changed(KIND, "target_groups", ["people"], []),
            changed(KIND, "targetApps", ["0oa1"], []),
        ),
    },
    innocent={"admin-scope-widened": (changed(KIND, "target_groups", ["others", "people"], ["people"]),)},
    rules=(
        rule(
            KIND,
            "create update",
            "target_group_list set and role_type not in",
            RefusedByValidate(
                KIND,
                "target_groups",
                "leave it out",
                {"type": "READ_ONLY_ADMIN", "target_groups": ["people"]},
                {"target_groups": ["people"]},
            ),
        ),
        rule(KIND, "create update", "target_app_list set and role_type", NO_APPS),
        rule(
            KIND,
            "preview",
            "old.target_group_list or old.target_app_list not empty",
            Converges(KIND, after={}, before={"target_groups": ["people"]}),
        ),
        rule(KIND, "preview", "target_app_list changed and no app in common", NO_APPS),
        rule(
            KIND,
            "update",
            "disable_notifications changed",
            Converges(KIND, after={"disable_notifications": True}, before={"disable_notifications": False}),
        ),
        rule(KIND, "update", "role_id or resource_set_id changed", NOT_CUSTOM),
        rule(KIND, "read", "the role assignment is gone", FROM_THE_TENANT),
        rule(KIND, "create update", "target_app_list element with a dot", NO_APPS),
        rule(
            KIND,
            "create",
            "always",
            Requests("targets are added after the role", "of_kinds/test_group_role.py::test_what_a_role_is_limited_to"),
        ),
        rule(KIND, "read", "all targets were removed at Okta", FROM_THE_TENANT),
    ),
)


def test_what_a_role_is_limited_to():
    read = kind_named(KIND).read_api
    groups = read({"type": "USER_ADMIN", "_embedded": {"targets/groups": [{"id": "00g1"}]}})
    assert (groups["targets"], groups["targetGroups"]) == ("groups", ["00g1"])
    apps = [{"name": "salesforce"}, {"name": "CRM", "id": "0oa1"}]
    limited = read({"type": "APP_ADMIN", "_embedded": {"targets/catalog/apps": apps}})
    assert (limited["targets"], limited["targetApps"]) == ("apps", ["0oa1", "salesforce"])
    assert "targets" not in read({"type": "SUPER_ADMIN"})


def test_custom_roles_of_a_group_belong_to_bindings():
    kind = kind_named(KIND)
    assert not kind.exists(kind.read_api({"type": "CUSTOM", "role": "cr01"}))
    assert kind.exists(kind.read_api({"type": "READ_ONLY_ADMIN"}))
