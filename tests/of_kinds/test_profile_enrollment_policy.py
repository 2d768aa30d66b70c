"""Profile enrolment policies and their rules."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.definitions import DefinitionsError
from reconciler.drift.findings import Verdict
from reconciler.kinds.profile_enrollment_policy import (
    PROFILE_ENROLLMENT_APPS,
    PROFILE_ENROLLMENT_RULE,
    ProfileEnrollmentRule,
)
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    Refused,
    Requests,
    ShownBy,
    Undecidable,
    rule,
)
from tests.settled import desired_of, document

POLICY, RULE, APPS = "profile-enrollment-policy", "profile-enrollment-rule", "profile-enrollment-apps"
HERE = "of_kinds/test_profile_enrollment_policy.py"
_EMAIL = {"name": "email", "label": "Email", "required": True}
_INACTIVE = {"status": "INACTIVE"}
_REGISTER = {"unknown_user_action": "REGISTER"}
_CLASSIC = Undecidable(
    "every command reports it", "cli/test_doctor.py::test_a_classic_tenant_is_refused_with_one_sentence"
)

about(
    kind=POLICY,
    usual={"name": "Tested"},
    harmless=frozenset({"name"}),
    system={"default": {"system": True, "name": "Default Policy", "type": "PROFILE_ENROLLMENT"}},
    rules=(
        rule(POLICY, "create", 'status == "INACTIVE"', Converges(POLICY, _INACTIVE)),
        rule(POLICY, "update", "status changed", Converges(POLICY, _INACTIVE), Converges(POLICY, before=_INACTIVE)),
        rule(
            POLICY,
            "delete",
            'name == "Default Policy"',
            Refused(POLICY, "name", "exists in every tenant", {"name": "Default Policy"}),
        ),
        rule(f"{POLICY} {RULE} {APPS}", "create read update delete", "org: well-known", _CLASSIC),
    ),
    attacks={
        "rule-switched-off": (changed(POLICY, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, POLICY)),
        "rule-added": (whole(Verdict.UNMANAGED, POLICY),),
    },
)

about(
    kind=RULE,
    usual={"policy": "tested", "unknown_user_action": "DENY", "profile_attributes": [_EMAIL]},
    harmless=frozenset({"policy", "progressive_profiling_action"}),
    surroundings=(document(POLICY, "tested", name="Tested"),),
    fixed={"policy": "a rule stays in its policy"},
    rules=(
        rule(
            RULE,
            "create",
            "the policy is not of type",
            ShownBy(
                "a field refers to policies of the type only",
                "definitions/test_references.py::test_unknown_name_is_a_problem",
            ),
        ),
        rule(RULE, "create", "always", Converges(RULE, _REGISTER)),
        rule(RULE, "update", "any change", Converges(RULE, _REGISTER, before={"email_verification": False})),
        rule(
            RULE,
            "update",
            "access, ui_schema_id, inline_hook_id or target_group_id removed",
            Converges(RULE, before={"target_group": "people"}),
            Converges(RULE, before={"access": "DENY"}),
        ),
        rule(RULE, "read", "more than one hook or target group", FROM_THE_TENANT),
    ),
    attacks={
        "registration-opened": (
            changed(RULE, "unknown_user_action", "DENY", "REGISTER"),
            changed(RULE, "access", "DENY", "ALLOW"),
            changed(RULE, "email_verification", True, False),
            changed(RULE, "target_group", "customers", "staff"),
        ),
        "hook-silenced": (changed(RULE, "inline_hook", "check", "other"),),
        "enrolment-weakened": (changed(RULE, "enroll_authenticator_types", ["password"], []),),
        "attribute-opened": (
            changed(RULE, "profile_attributes", [], [{"name": "department", "label": "Team", "required": False}]),
        ),
    },
    innocent={
        "registration-opened": (
            changed(RULE, "unknown_user_action", "REGISTER", "DENY"),
            changed(RULE, "email_verification", False, True),
        ),
    },
)


_PORTAL = "bookmark-app portal"
_CASE = "case policies.profile_enrollment"

about(
    kind=APPS,
    usual={"apps": [_PORTAL]},
    surroundings=(
        document("bookmark-app", "portal", label="Portal", url="https://portal.example.com"),
        document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com"),
    ),
    rules=(
        rule(
            APPS,
            "create read",
            "policy_id is the default",
            ShownBy("only other policies can be declared", f"{HERE}::test_apps_of_the_default_policy_are_not_declared"),
        ),
        rule(APPS, "create", "always", Requests("one request for each app", _CASE)),
        rule(APPS, "update", "apps changed", Requests("as in a recorded case", _CASE)),
        rule(APPS, "delete", "always", Requests("as in a recorded case", _CASE)),
    ),
    attacks={
        "registration-opened": (
            changed(APPS, "apps", [_PORTAL], []),
            changed(APPS, "apps", [], [_PORTAL]),
        ),
    },
)


def _rule(**action: Any) -> dict[str, Any]:
    return {"name": "Catch-all Rule", "actions": {"profileEnrollment": action}}


def test_the_first_hook_and_group_are_read_and_others_stay_in_their_lists():
    hooks, groups = [{"inlineHookId": "cal1", "more": 1}, {"inlineHookId": "cal2"}], ["00g1", "00g2"]
    item = _rule(access="ALLOW", preRegistrationInlineHooks=hooks, targetGroupIds=groups)
    shaped = PROFILE_ENROLLMENT_RULE.read_api(item)
    action = shaped["actions"]["profileEnrollment"]
    assert (action["inlineHookId"], action["targetGroupId"]) == ("cal1", "00g1")
    assert (action["preRegistrationInlineHooks"], action["targetGroupIds"]) == ([hooks[1]], ["00g2"])
    assert action["inlineHook"] == {"more": 1}
    assert PROFILE_ENROLLMENT_RULE.write_api(shaped) == item


@pytest.mark.parametrize("nothing", [None, []])
def test_without_hooks_and_groups_there_is_none(nothing: Any):
    shaped = PROFILE_ENROLLMENT_RULE.read_api(_rule(preRegistrationInlineHooks=nothing, targetGroupIds=nothing))
    assert shaped["actions"]["profileEnrollment"] == {}


def test_a_rule_is_below_its_policy():
    shape = PROFILE_ENROLLMENT_RULE.shape
    assert shape.document_of({"id": "rst1"}) == "/api/v1/policies/rst1/rules"
    assert shape.imported_as(("rst1", "rul1")) == "rst1/rul1"


def test_at_most_ten_attributes_are_asked():
    attributes = [{"name": f"a{number}", "label": "A"} for number in range(11)]
    with pytest.raises(ValidationError, match="at most 10"):
        ProfileEnrollmentRule(policy="default", profile_attributes=attributes, **_REGISTER)


def test_apps_of_the_default_policy_are_not_declared():
    with pytest.raises(DefinitionsError, match="exists in every tenant"):
        desired_of([document(POLICY, "one", name="Default Policy", apps=[])])


def test_an_app_uses_one_policy():
    portal = document("bookmark-app", "portal", label="Portal", url="https://portal.example.com")
    policies = [document(POLICY, name, name=name, apps=[_PORTAL]) for name in ("one", "two")]
    with pytest.raises(DefinitionsError, match=r"bookmark-app portal in the apps of a .*is declared twice"):
        desired_of([portal, *policies])


def test_an_app_is_named_by_its_address():
    shape = PROFILE_ENROLLMENT_APPS.shape
    mapping = {"id": "map1", "_links": {"application": {"href": "https://acme.okta.com/api/v1/apps/0oa1"}}}
    assert shape.value_of(mapping) == "0oa1"
    assert shape.value_of({"id": "map1"}) is None
    assert shape.assignment("0oa1", "rst1") == "/api/v1/apps/0oa1/policies/rst1"
