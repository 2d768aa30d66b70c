"""Rules of Identity Threat Protection."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    NotDeclarable,
    Refused,
    ShownBy,
    rule,
)

RISK, SESSION, VIOLATION = "entity-risk-policy-rule", "post-auth-session-policy-rule", "session-violation-policy-rule"
_INACTIVE = {"status": "INACTIVE"}
_ZONE = {"network_connection": "ZONE"}
_OTHER_POLICY = ShownBy(
    "the program passes the id of the policy that every tenant has",
    "test_program.py::test_objects_within_a_system_object_get_its_id",
)
_NO_OWN_RULE = ShownBy(
    "the rule with the priority 99 is made by Okta and cannot be declared",
    "of_kinds/test_threat_protection.py::test_the_rule_of_okta_is_not_taken_over",
)
_NAMED = NotDeclarable("a definition always has a name")
_STATUS = (
    Converges(SESSION, _INACTIVE),
    Converges(SESSION, before=_INACTIVE),
)


def _bad_status(kind: str) -> Refused:
    return Refused(kind, "status", "", {"status": "PAUSED"})


about(
    kind=RISK,
    usual={"name": "Tested", "priority": 1, "risk_level": "HIGH"},
    harmless=frozenset({"name"}),
    variants={"": {"one": {"priority": 1}, "two": {"priority": 2}}},
    rules=(
        rule(RISK, "preview", "policy_id changed", _OTHER_POLICY),
        rule(RISK, "preview", "status not in", _bad_status(RISK)),
        rule(RISK, "preview", "risk_level not in", Refused(RISK, "risk_level", "", {"risk_level": "SOME"})),
        rule(RISK, "create", "priority unset", NotDeclarable("rules always have a priority")),
        rule(RISK, "update", "status changed", Converges(RISK, _INACTIVE), Converges(RISK, before=_INACTIVE)),
        rule(RISK, "read", "the rule has priority 99", _NO_OWN_RULE),
        rule(RISK, "create", 'status == "INACTIVE"', Converges(RISK, _INACTIVE)),
        rule(RISK, "read", "the rule is gone", FROM_THE_TENANT),
    ),
    attacks={
        "threat-response-reduced": (
            changed(RISK, "terminate_all_sessions", True, False),
            changed(RISK, "workflow_id", "17", None),
        ),
        "conditions-changed": (
            changed(RISK, "risk_level", "MEDIUM", "HIGH"),
            changed(RISK, "groups_included", [], ["staff"]),
        ),
        "people-exempted": (changed(RISK, "groups_excluded", [], ["executives"]),),
        "rule-switched-off": (changed(RISK, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, RISK)),
        "rule-added": (whole(Verdict.UNMANAGED, RISK),),
    },
    innocent={"threat-response-reduced": (changed(RISK, "terminate_all_sessions", False, True),)},
)

about(
    kind=SESSION,
    usual={"name": "Tested", "terminate_session": True},
    harmless=frozenset({"name"}),
    rules=(
        rule(
            SESSION,
            "create",
            "always",
            ShownBy(
                "`up` imports the rule",
                "e2e/test_convergence.py::test_a_fresh_tenant_takes_definitions_that_leave_everything_out",
            ),
        ),
        rule(SESSION, "preview", "policy_id changed", _OTHER_POLICY),
        rule(SESSION, "read", "the rule has priority 99", _NO_OWN_RULE),
        rule(SESSION, "preview", "status not in", _bad_status(SESSION)),
        rule(SESSION, "update", "name unset", _NAMED),
        rule(SESSION, "update", "status changed", *_STATUS),
    ),
    attacks={
        "threat-response-reduced": (
            changed(SESSION, "terminate_session", True, False),
            changed(SESSION, "workflow_id", "17", "18"),
        ),
        "conditions-changed": (changed(SESSION, "groups_included", [], ["staff"]),),
        "people-exempted": (changed(SESSION, "groups_excluded", [], ["executives"]),),
        "rule-switched-off": (changed(SESSION, "status", "ACTIVE", "INACTIVE"),),
    },
    innocent={"threat-response-reduced": (changed(SESSION, "terminate_session", False, True),)},
)

about(
    kind=VIOLATION,
    usual={"name": "Tested", "min_risk_level": "LOW"},
    harmless=frozenset({"name"}),
    variants={
        "": {
            "only-to": {**_ZONE, "network_excludes": [], "min_risk_level": "MEDIUM"},
        }
    },
    unset={"network_excludes": "a tenant has one such rule, and it names the zones that it applies to"},
    rules=(
        rule(
            VIOLATION,
            "create",
            "always",
            ShownBy(
                "`up` imports the rule",
                "e2e/test_convergence.py::test_a_fresh_tenant_takes_definitions_that_leave_everything_out",
            ),
        ),
        rule(VIOLATION, "preview", "policy_id changed", _OTHER_POLICY),
        rule(VIOLATION, "read", "the rule has priority 99", _NO_OWN_RULE),
        rule(VIOLATION, "preview", "status not in", _bad_status(VIOLATION)),
        rule(VIOLATION, "update", "name unset", _NAMED),
        rule(
            VIOLATION,
            "update",
            "status changed",
            Converges(VIOLATION, _INACTIVE),
            Converges(VIOLATION, before=_INACTIVE),
        ),
        rule(
            VIOLATION,
            "preview",
            "network_connection not in",
            Refused(VIOLATION, "network_connection", "", {"network_connection": "SOMEWHERE"}),
        ),
        rule(
            VIOLATION,
            "preview",
            "min_risk_level not in",
            Refused(VIOLATION, "min_risk_level", "", {"min_risk_level": "ANY"}),
        ),
        rule(VIOLATION, "update", "priority unset", NotDeclarable("only one rule can be changed", ("priority",))),
        rule(
            VIOLATION, "update", "network_connection unset", NotDeclarable("the network connection always has a value")
        ),
    ),
    attacks={
        "threat-response-reduced": (
            changed(VIOLATION, "policy_evaluation_enabled", True, False),
            changed(VIOLATION, "min_risk_level", "LOW", "HIGH"),
        ),
        "conditions-changed": (changed(VIOLATION, "network_connection", "ANYWHERE", "OFF_NETWORK"),),
        "rule-switched-off": (changed(VIOLATION, "status", "ACTIVE", "INACTIVE"),),
    },
    innocent={"threat-response-reduced": (changed(VIOLATION, "min_risk_level", "HIGH", "LOW"),)},
)


@pytest.mark.parametrize(
    ("word", "above", "listed", "ends"),
    [
        (RISK, "entityRisk", "actions", "TERMINATE_ALL_SESSIONS"),
        (SESSION, "postAuthSession", "failureActions", "TERMINATE_SESSION"),
    ],
)
def test_the_actions_are_read_one_by_one(word: str, above: str, listed: str, ends: str):
    kind = kind_named(word)
    workflow = {"action": "RUN_WORKFLOW", "workflow": {"id": 17}}
    logout = {"action": ends, "slo": {"appSelectionMode": "ALL"}}

    def item(*actions: Any) -> dict[str, Any]:
        return {"name": "A", "actions": {above: {listed: [*actions]}}}

    shaped = kind.read_api(item({"action": ends, "slo": None}, workflow))
    assert shaped["actions"][above] == {"endsSessions": True, "workflowId": "17"}
    assert kind.write_api(shaped) == item({"action": ends}, workflow)
    detailed = kind.read_api(item(logout, other := {"action": "WAIT"}))
    assert detailed["actions"][above]["details"] == {ends: {"slo": {"appSelectionMode": "ALL"}}}
    assert detailed["actions"][above][listed] == [other]
    assert kind.write_api(detailed) == item(logout, other)
    assert kind.write_api({"actions": {above: {"endsSessions": False}}}) == {"actions": {above: {}}}


@pytest.mark.parametrize("word", [SESSION, VIOLATION])
def test_the_rule_of_okta_is_not_taken_over(word: str):
    kind = kind_named(word)
    own, other = {"name": "Catch-all Rule", "system": True}, {"name": "Rule", "system": False}
    assert kind.shape.built_in(own) and not kind.provider.takes_over({}, own)
    assert kind.shape.in_every_tenant(other) and kind.provider.takes_over({}, other)
