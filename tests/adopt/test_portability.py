"""Limits to portability are reported: ids in texts, and members that definitions do not cover."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions import load
from reconciler.definitions.documents import read_documents
from reconciler.kinds import kind_named
from reconciler.kinds.entries import MADE_BY_OKTA
from reconciler.okta.snapshot import LiveObject
from tests.adopt.tenant import (
    adopted,
    authentication_policy,
    bookmark,
    claim,
    everyone,
    group,
    reasons,
    server,
    session_policy,
    session_rule,
    snapshot,
)

PERSON = "00u1abcdefGHIJKLM0h7"
STAFF = group("00g1abcdefGHIJKLM0h7", "Staff")


def group_rule(expression: str) -> LiveObject:
    item = {
        "id": "0pr1",
        "name": "Fill",
        "status": "ACTIVE",
        "type": "group_rule",
        "conditions": {"expression": {"value": expression, "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [STAFF.id]}},
    }
    return LiveObject(kind_named("group-rule"), "0pr1", item)


def with_members(item: LiveObject, **members: Any) -> LiveObject:
    return replace(item, json={**item.json, **members})


@pytest.mark.parametrize("identity", [STAFF.id, "00gOfADirectory00000", PERSON])
def test_a_rule_with_ids_is_limited_to_this_environment(identity, tmp_path):
    rule = group_rule(f'isMemberOfAnyGroup("{identity}")')
    made = adopted(snapshot(everyone(), STAFF, rule), tmp_path)
    assert reasons(made) == [("TENANT_IDS", "group-rule Fill", f"expression: {identity}")]
    (document,), _ = read_documents(tmp_path / "group-rules" / "adopted.yaml", [])
    assert document.envelope.environments == ("production",)
    (document,), _ = read_documents(tmp_path / "groups" / "staff.yaml", [])
    assert document.envelope.environments is None
    load(tmp_path, "production")


def test_an_id_in_an_owned_object_is_reported_with_its_path(tmp_path):
    api = server("aus1", "API")
    tier = claim(api, "tier", "RESOURCE")
    tier = with_members(tier, value=f'isMemberOfGroup("{STAFF.id}") ? "a" : "b"')
    made = adopted(snapshot(everyone(), STAFF, api, tier), tmp_path)
    assert reasons(made) == [("TENANT_IDS", "authorization-server API", f"claims[0].value: {STAFF.id}")]


def test_text_without_ids_is_not_limited(tmp_path):
    rule = group_rule('isMemberOfAnyGroup("Staff") and user.department == "00g"')
    assert reasons(adopted(snapshot(everyone(), STAFF, rule), tmp_path)) == []


STANDARD = {"id": "ra1", "type": "ORG_ADMIN"}
CUSTOM = {"id": "cr0b1", "type": "CUSTOM", "label": "Reset passwords", "resource-set": "iam1"}


@pytest.mark.parametrize(
    ("roles", "reported"),
    [
        ([STANDARD], []),
        ([STANDARD, CUSTOM], [("UNSUPPORTED", "group Staff", "adminRoles, hasAdminPrivilege")]),
        (None, [("UNSUPPORTED", "group Staff", "hasAdminPrivilege")]),
    ],
    ids=["objects", "one-is-none", "not-read"],
)
def test_a_list_whose_items_are_objects_is_not_reported(roles, reported, tmp_path):
    """A standard admin role is an object that the group owns. A custom one belongs to a binding."""
    embedded = {"stats": {"hasAdminPrivlege": True}} | ({} if roles is None else {"roles": roles})
    admins = replace(STAFF, json=STAFF.kind.read_api({**STAFF.json, "_embedded": embedded}))
    assert reasons(adopted(snapshot(everyone(), admins), tmp_path)) == reported


def test_unsupported_members_are_reported(tmp_path):
    app = bookmark("0oa1", "Wiki")
    app = with_members(app, features=["GROUP_PUSH"], visibility={"autoLaunch": True, "appLinks": {"login": True}})
    made = adopted(snapshot(app), tmp_path)
    assert reasons(made) == [("UNSUPPORTED", "bookmark-app Wiki", "features, visibility.autoLaunch")]


def test_unsupported_members_of_owned_objects_are_reported(tmp_path):
    policy = session_policy("00p1", "Workforce", 1)
    rule = session_rule(policy, "First", 1, conditions={"identityProvider": {"mode": "STRICT"}})
    made = adopted(snapshot(everyone(), policy, rule), tmp_path)
    assert reasons(made) == [
        ("UNSUPPORTED", "global-session-policy-rule Workforce/First", "conditions.identityProvider.mode")
    ]


def test_unsupported_members_of_list_items_are_reported_except_in_items_that_okta_made(tmp_path):
    policy = authentication_policy("rst1", "Strict", "For few.")
    verified = {"factorMode": "2FA", "type": "ASSURANCE", "reauthenticateIn": "PT2H"}
    rule = {"name": "All", "priority": 1, "status": "ACTIVE", "type": "ACCESS_POLICY"}
    rule |= {"actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": verified, "unheardOf": {"a": 1}}}}
    rules = {"rules": [rule], MADE_BY_OKTA: [{**rule, "name": "Catch-all Rule", "system": True}]}
    item = LiveObject(kind_named("authentication-policy-rules"), "rst1", rules, policy)
    made = adopted(snapshot(policy, item), tmp_path)
    assert reasons(made) == [
        ("UNSUPPORTED", "authentication-policy-rules Strict", "rules[All].actions.appSignOn.unheardOf.a")
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"universalLogout": {"status": "DISABLED", "supportType": "FULL"}, "features": [], "settings": {"x": None}},
        {"credentials": {"signing": {"kid": "y8CFIioo0f"}}, "settings": {"emOptInStatus": "NONE"}},
        {"visibility": {"autoLaunch": False, "appLinks": {"login": True}}, "links": "https://acme.okta.com/app/0oa1"},
    ],
)
def test_default_values_are_not_reported(members, tmp_path):
    app = bookmark("0oa1", "Wiki")
    settings = {**app.json["settings"], **members.pop("settings", {})}
    assert reasons(adopted(snapshot(with_members(app, **members, settings=settings)), tmp_path)) == []


@pytest.mark.parametrize(
    ("members", "reported"),
    [
        ({"universalLogout": {"status": "ENABLED"}}, "universalLogout.status"),
        ({"licensing": {"seatCount": 5}}, "licensing.seatCount"),
        ({"licensing": {"seatsUsed": 0}}, "licensing.seatsUsed"),
        ({"_links": {"unheardOf": {"href": "https://acme.okta.com/api/v1/policies/rst1"}}}, "_links.unheardOf.href"),
    ],
)
def test_values_that_okta_does_not_give_to_new_objects_are_reported(members, reported, tmp_path):
    made = adopted(snapshot(with_members(bookmark("0oa1", "Wiki"), **members)), tmp_path)
    assert reasons(made) == [("UNSUPPORTED", "bookmark-app Wiki", reported)]


@pytest.mark.parametrize(("policy", "reported"), [("rstUsual", False), ("rstOwn", True)])
def test_an_enrolment_policy_is_reported_unless_it_is_that_of_oktas_own_apps(policy, reported, tmp_path):
    """Definitions do not cover the enrolment policy of an app."""

    def enrolment(identity: str) -> dict[str, Any]:
        return {"profileEnrollment": {"href": f"https://acme.okta.com/api/v1/policies/{identity}"}}

    okta = {"id": "0oa0", "name": "okta_enduser", "label": "Okta Dashboard", "signOnMode": "BOOKMARK"}
    dashboard = LiveObject(kind_named("bookmark-app"), "0oa0", okta | {"_links": enrolment("rstUsual")})
    app = bookmark("0oa1", "Wiki")
    wiki = with_members(app, _links={**app.json.get("_links", {}), **enrolment(policy)})
    made = adopted(snapshot(everyone(), dashboard, wiki), tmp_path)
    assert (("UNSUPPORTED", "bookmark-app Wiki", "_links.profileEnrollment.href") in reasons(made)) is reported
