"""Routing rules."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds.idp_routing_rule import IDP_ROUTING_RULE, IdpRoutingRule
from tests.drift.ratings import Known, changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    rule,
)

KIND = "idp-routing-rule"
_ZONE = {"network_connection": "ZONE"}
_PARTNERS = {"type": "SAML2", "idp": "idp-saml partners"}
_SUFFIX = {"match_type": "SUFFIX", "value": "partner.example"}
_DYNAMIC = {"selection_type": "DYNAMIC", "provider_expression": "login.identifier.substringAfter('@')"}
_APPS = {
    "app": {"type": "APP", "name": OMIT},
    "type": {"type": "APP_TYPE", "app": OMIT, "name": "salesforce"},
}
_AWAY = Known({"idp_providers": [_PARTNERS], "status": "ACTIVE"})

about(
    kind=KIND,
    usual={"name": "Tested", "priority": 1},
    harmless=frozenset({"name"}),
    variants={
        "": {
            "specific": {
                "priority": 1,
                **_ZONE,
                "network_excludes": OMIT,
                "selection_type": "SPECIFIC",
                "provider_expression": OMIT,
                "property_name": OMIT,
            },
            "dynamic": {
                "priority": 2,
                **_ZONE,
                "network_includes": OMIT,
                "selection_type": "DYNAMIC",
                "idp_providers": OMIT,
                "user_identifier_type": "ATTRIBUTE",
            },
            "on-network": {
                "priority": 3,
                "network_connection": "ON_NETWORK",
                "network_includes": OMIT,
                "network_excludes": OMIT,
                "selection_type": "SPECIFIC",
                "provider_expression": OMIT,
                "property_name": OMIT,
            },
        },
        "idp_providers": {
            "okta": {"type": "OKTA", "idp": OMIT},
            "other": {"type": "OIDC", "idp": "idp-oidc idp-oidc-one"},
        },
        "app_includes": _APPS,
        "app_excludes": _APPS,
        "platform_includes": {"other": {"os_type": "OTHER"}, "ios": {"os_type": "IOS", "os_expression": OMIT}},
        "user_identifier_patterns": {"one": {"match_type": "SUFFIX"}, "two": {"match_type": "EQUALS"}},
    },
    fixed={"selection_type": "the other fields of a rule follow from it"},
    rules=(
        rule(
            KIND,
            "create update",
            "policy_id unset",
            ShownBy(
                "the program passes the id of the policy that every tenant has",
                "test_program.py::test_objects_within_a_system_object_get_its_id",
            ),
        ),
        rule(KIND, "preview", "priority unset or 0", NotDeclarable("rules always have a priority")),
        rule(
            KIND,
            "preview",
            "network_includes given and",
            Refused(
                KIND,
                "network_excludes",
                "set either network_includes or",
                {**_ZONE, "network_includes": ["office"], "network_excludes": ["office"]},
                {**_ZONE, "network_excludes": ["office"]},
            ),
        ),
        rule(
            KIND,
            "create update",
            "any app_include or app_exclude element without id and without name",
            Refused(
                KIND,
                "app_includes[0].type",
                "needs app",
                {"app_includes": [{"type": "APP"}]},
                {"app_includes": [{"type": "APP_TYPE", "name": "salesforce"}]},
                at="app_includes.type",
            ),
        ),
        rule(
            KIND,
            "create update",
            'any app_include or app_exclude element with type == "APP_TYPE"',
            Refused(
                KIND,
                "app_excludes[0].type",
                "needs name",
                {"app_excludes": [{"type": "APP_TYPE"}]},
                {"app_excludes": [{"type": "APP_TYPE", "name": "salesforce"}]},
                at="app_excludes.type",
            ),
        ),
        rule(
            KIND,
            "create update",
            "user_identifier_type unset",
            RefusedByValidate(
                KIND,
                "user_identifier_patterns",
                "only with user_identifier_type: leave it out",
                {"user_identifier_patterns": [_SUFFIX]},
                {"user_identifier_type": "IDENTIFIER", "user_identifier_patterns": [_SUFFIX]},
            ),
            RefusedByValidate(
                KIND,
                "user_identifier_attribute",
                "only with user_identifier_type: leave it out",
                {"user_identifier_attribute": "company"},
                {"user_identifier_type": "IDENTIFIER", "user_identifier_patterns": [_SUFFIX]},
            ),
        ),
        rule(
            KIND,
            "create update",
            'selection_type == "DYNAMIC"',
            RefusedByValidate(
                KIND,
                "idp_providers",
                "only with selection_type: SPECIFIC",
                {**_DYNAMIC, "idp_providers": [_PARTNERS]},
                _DYNAMIC,
            ),
            Converges(KIND, _DYNAMIC, sends={"actions.idp.providers": []}),
        ),
        rule(
            KIND,
            "create update",
            'selection_type != "DYNAMIC", or',
            RefusedByValidate(
                KIND,
                "provider_expression",
                "only selection_type: DYNAMIC",
                {"provider_expression": "login.identifier"},
                _DYNAMIC,
            ),
        ),
        rule(
            KIND,
            "create update",
            'selection_type != "DYNAMIC" and idp_providers empty',
            Converges(KIND, before=_DYNAMIC),
        ),
        rule(
            KIND,
            "create update",
            "status differs from the answer",
            Converges(KIND, {"status": "INACTIVE"}),
            Converges(KIND, before={"status": "INACTIVE"}),
        ),
        rule(
            KIND,
            "delete",
            "Okta answers 404",
            Requests(
                "an object that is gone is not an error",
                "stand_in/test_objects.py::test_missing_object_is_deleted_and_reads_as_none",
            ),
        ),
    ),
    attacks={
        "sign-ins-rerouted": (
            changed(KIND, "idp_providers", [{"type": "OKTA", "idp": None}], [{"type": "SAML2", "idp": "0oa1"}]),
            changed(KIND, "selection_type", "SPECIFIC", "DYNAMIC"),
            changed(KIND, "provider_expression", "login.identifier", "'Rogue'"),
            changed(KIND, "property_name", "name", "id"),
            changed(KIND, "actions.idp.matchCriteria", None, [{"providerExpression": "'Rogue'"}], Verdict.BEYOND),
            (changed(KIND, "status", "INACTIVE", "ACTIVE"), _AWAY),
            (whole(Verdict.UNMANAGED, KIND), _AWAY),
            (whole(Verdict.UNMANAGED, KIND), Known({**_DYNAMIC, "status": "ACTIVE"})),
        ),
        "conditions-changed": (
            changed(KIND, "user_identifier_patterns", [_SUFFIX], []),
            changed(KIND, "app_includes", [{"type": "APP", "app": "0oa1", "name": None}], []),
        ),
        "rule-switched-off": (changed(KIND, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, KIND)),
        "order-changed": (changed(KIND, "priority", 1, 2),),
    },
    innocent={
        "sign-ins-rerouted": (
            changed(KIND, "idp_providers", [_PARTNERS], [{"type": "OKTA", "idp": None}]),
            (whole(Verdict.UNMANAGED, KIND), Known({"idp_providers": [{"type": "OKTA"}], "status": "ACTIVE"})),
            (whole(Verdict.UNMANAGED, KIND), Known({"idp_providers": [_PARTNERS], "status": "INACTIVE"})),
        ),
    },
)


def _rule(idp: dict[str, Any]) -> dict[str, Any]:
    return {"name": "A", "actions": {"idp": idp}}


def test_the_first_of_the_criteria_is_read_and_others_stay_in_the_list():
    criteria = [{"providerExpression": "a", "propertyName": "name"}, {"providerExpression": "b"}]
    item = _rule({"providers": [], "idpSelectionType": "DYNAMIC", "matchCriteria": criteria})

    shaped = IDP_ROUTING_RULE.read_api(item)

    assert shaped["actions"]["idp"]["match"] == criteria[0]
    assert shaped["actions"]["idp"]["matchCriteria"] == criteria[1:]
    assert IDP_ROUTING_RULE.write_api(shaped) == item


def test_the_names_of_identity_providers_are_not_read():
    item = _rule({"providers": [{"type": "SAML2", "id": "0oa1", "name": "Partners"}]})
    assert IDP_ROUTING_RULE.read_api(item)["actions"]["idp"]["providers"] == [{"type": "SAML2", "id": "0oa1"}]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"selection_type": "DYNAMIC"}, "needs provider_expression"),
        ({"idp_providers": [{"type": "SAML2"}]}, "needs idp"),
        ({"idp_providers": []}, "at least 1 item"),
        ({"user_identifier_type": "IDENTIFIER"}, "needs user_identifier_patterns"),
        (
            {"user_identifier_type": "ATTRIBUTE", "user_identifier_patterns": [_SUFFIX]},
            "needs user_identifier_attribute",
        ),
        (
            {
                "user_identifier_type": "IDENTIFIER",
                "user_identifier_patterns": [_SUFFIX, {"match_type": "EXPRESSION", "value": ".*"}],
            },
            "one pattern only",
        ),
    ],
)
def test_incomplete_rules_are_refused(fields: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        IdpRoutingRule(name="A", priority=1, **fields)
