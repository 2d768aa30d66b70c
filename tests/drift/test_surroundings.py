"""Undeclared objects that are compared: built-in ones, lists of declared objects, and objects without a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler import drift
from reconciler.definitions.model import Credentials
from reconciler.drift import Finding, Verdict
from reconciler.drift.baseline_values import baseline, with_accepted
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Outside, Snapshot, Unreadable, whole_list
from tests.matches import match_of
from tests.settled import World, desired_of, document, settled, system_items
from tests.sign_on_modes import mode_of_no_kind

LATER = {"lastUpdated": "2026-02-02T00:00:00.000Z"}
POLICY = "https://acme.okta.com/api/v1/policies/"


def app(identity: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "name": "saasure",
        "label": "Okta Admin Console",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "settings": {"implicitAssignment": False},
        "_links": {"accessPolicy": {"href": f"{POLICY}rst1"}, "users": {"href": f"{POLICY[:22]}/users"}},
        **more,
    }


def of(kind: str, json: Mapping[str, Any]) -> Snapshot:
    item = LiveObject(kind_named(kind), json["id"], json)
    return Snapshot({kind: [item]}, by_id={(kind, item.id): item})


def outside(*items: Mapping[str, Any]) -> Snapshot:
    return Snapshot({"saml-app": ()}, outside=[Outside("/api/v1/apps", item, False, "app") for item in items])


def found(before: Snapshot, after: Snapshot, world: World | None = None) -> dict[tuple[str, str], tuple[Any, Any]]:
    here = world or World(desired_of([]))
    match = match_of(here.desired, here.state, after)
    findings = list(drift.beyond(baseline(before) | {"app": baseline(before).get("app", {})}, match))
    assert all(one.verdict is Verdict.BEYOND for one in findings)
    assert all(one.detail for one in findings)
    return {(one.label, one.field): (one.expected, one.actual) for one in findings}


@pytest.mark.parametrize(
    ("change", "field", "values"),
    [
        ({"status": "INACTIVE"}, "status", ("ACTIVE", "INACTIVE")),
        ({"settings": {"implicitAssignment": True}}, "settings.implicitAssignment", (False, True)),
        ({"_links": {"accessPolicy": {"href": f"{POLICY}rst2"}}}, "_links.accessPolicy.href", ("rst1", "rst2")),
    ],
)
def test_built_in_apps_and_their_policies_are_compared(change, field, values):
    assert found(of("oidc-app", app("0oa1")), of("oidc-app", app("0oa1", **change, **LATER))) == {
        ("Okta Admin Console", field): values
    }


def test_an_app_that_no_kind_covers_is_compared():
    plain = app("0oa1", name="template_swa", label="Wiki", signOnMode=mode_of_no_kind())
    changed = plain | {"settings": {"implicitAssignment": True}} | LATER
    assert found(outside(plain), outside(changed)) == {("Wiki", "settings.implicitAssignment"): (False, True)}
    assert found(outside(plain), outside()) == {("Wiki", ""): ("Wiki", None)}
    assert found(outside(), outside(plain)) == {("Wiki", ""): (None, "Wiki")}


def test_additions_and_removals_are_not_reported_for_unreadable_lists():
    plain = app("0oa1", name="template_swa", label="Wiki", signOnMode=mode_of_no_kind())
    gap = Unreadable(kind_named("saml-app"), None, "403")
    assert found(outside(plain), replace(outside(), unreadable=[gap])) == {}


def rules(*names: str) -> Snapshot:
    policy = next(one for one in system_items() if one.kind.name == "authentication-policy")
    kind = kind_named("authentication-policy-rules")
    whole = whole_list(kind, [{"id": name, "name": name, "system": name == "Catch-all Rule"} for name in names], policy)
    return Snapshot({kind.name: [whole]}, by_id={(kind.name, whole.id): whole})


def test_a_rule_added_to_a_built_in_policy_is_found():
    assert found(rules("Catch-all Rule"), rules("Open door", "Catch-all Rule")) == {
        ("Any two factors", "rules[Open door]"): (None, {"name": "Open door", "system": False})
    }
    assert found(rules("Open door", "Catch-all Rule"), rules("Catch-all Rule")).keys() == {
        ("Any two factors", "rules[Open door]")
    }


DOCUMENTS = [
    document("group", "people", name="People"),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example"),
]


def assigned(world: World, *groups: str) -> Snapshot:
    app = world.item(next(one for one in world.desired.declarations if one.kind == "bookmark-app"))
    kind = kind_named("app-group-assignments")
    world.put(whole_list(kind, [{"id": one, "priority": n, "profile": {}} for n, one in enumerate(groups)], app))
    return world.live


def test_undeclared_groups_of_a_managed_app_are_compared():
    world = settled(desired_of(DOCUMENTS))
    before = assigned(world)
    after = assigned(world, "group:people")
    (finding,) = drift.beyond(baseline(before), match_of(world.desired, world.state, after))
    assert (finding.label, finding.field, finding.expected, finding.actual) == (
        "Wiki",
        "groups[group:people]",
        None,
        {},
    )
    assert finding.detail.startswith("the groups of bookmark-app wiki are not declared; ")
    assert "(People)" in finding.detail
    assert found(after, after, world) == {}
    assert with_accepted(baseline(before), after, [finding]) == baseline(after)


def group(**embedded: Any) -> dict[str, Any]:
    return {
        "id": "00g1",
        "type": "BUILT_IN",
        "profile": {"name": "Okta Administrators"},
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "_embedded": embedded,
    }


ADMINS = {"stats": {"hasAdminPrivlege": True}}


def test_an_additional_admin_role_of_a_group_is_found():
    before = of("group", group(**ADMINS, roles=[{"type": "READ_ONLY_ADMIN"}]))
    after = of("group", group(**ADMINS, roles=[{"type": "SUPER_ADMIN"}, {"type": "READ_ONLY_ADMIN"}]))
    assert found(before, after) == {
        ("Okta Administrators", "adminRoles"): (["READ_ONLY_ADMIN"], ["READ_ONLY_ADMIN", "SUPER_ADMIN"])
    }
    none = of("group", group(stats={"hasAdminPrivlege": False}))
    assert found(none, before) == {("Okta Administrators", "hasAdminPrivilege"): (False, True)}


@pytest.mark.parametrize("told", [{}, {"stats": {}}, {"stats": None}])
def test_omitted_statistics_are_unreadable(told: Mapping[str, Any]):
    before = of("group", group(**ADMINS, roles=[{"type": "READ_ONLY_ADMIN"}]))
    after = of("group", group(**told))
    here = World(desired_of([]))
    findings = list(drift.beyond(baseline(before), match_of(here.desired, here.state, after)))
    assert [(one.verdict, one.field) for one in findings] == [(Verdict.UNREADABLE, "hasAdminPrivilege")]
    assert found(after, after) == {}
    assert found(after, before).keys(), "a role that nobody knew of is no release of Okta's"


def test_the_app_that_the_environment_signs_in_with_is_compared():
    service = app("0oa9", name="oidc_client", label="Reconciler")
    service["credentials"] = {"oauthClient": {"client_id": "0oa9"}}
    world = World(desired_of([]))
    environment = replace(world.desired.environment, credentials=Credentials(client_id="0oa9"))
    world.desired = replace(world.desired, environment=environment)
    keys = {"oauthClient": {"jwks": {"keys": [{"kid": "evil", "kty": "RSA", "status": "ACTIVE"}]}}}
    before, after = of("oidc-app", service), of("oidc-app", service | {"settings": keys} | LATER)
    match = match_of(world.desired, world.state, after)
    (finding,) = drift.beyond(baseline(before, environment), match)
    assert finding.field == "settings.oauthClient.jwks.keys"
    assert finding.detail.startswith("this environment signs in with this app")
    okta = of("oidc-app", app("0oa1"))  # its own apps show no client
    assert list(drift.beyond(baseline(okta, environment), match_of(world.desired, world.state, okta))) == []


Changed = Callable[[dict[str, Any]], dict[str, Any]]


def test_a_removed_built_in_object_is_found():
    kind = kind_named("authorization-server")
    server = LiveObject(kind, "aus1", {"id": "aus1", "name": "default", "audiences": ["api://default"]})
    rule_kind, policy_kind = kind_named("access-policy-rule"), kind_named("access-policy")
    policy = LiveObject(policy_kind, "00p1", {"id": "00p1", "name": "Default Policy", "system": True}, server)
    rule = LiveObject(rule_kind, "0pr1", {"id": "0pr1", "name": "Default Policy Rule", "system": True}, policy)

    def snapshot(*rules: LiveObject) -> Snapshot:
        items = {"authorization-server": [server], "access-policy": [policy], "access-policy-rule": list(rules)}
        by_id = {(one.kind.name, one.id): one for here in items.values() for one in here}
        return Snapshot(items, by_id=by_id)

    assert found(snapshot(rule), snapshot()) == {("Default Policy Rule", ""): ("Default Policy Rule", None)}
    named = replace(rule, json={**rule.json, "id": "0pr2", "system": False}, id="0pr2")
    assert found(snapshot(rule), snapshot(rule, named)) == {("Default Policy Rule", ""): (None, "Default Policy Rule")}


def test_findings_about_whole_objects_can_be_accepted():
    plain = app("0oa1", name="template_swa", label="Wiki", signOnMode=mode_of_no_kind())
    before, after = outside(plain), outside(plain | {"id": "0oa2"})
    here = World(desired_of([]))
    findings: list[Finding] = list(drift.beyond(baseline(before), match_of(here.desired, here.state, after)))
    assert len(findings) == 2
    assert with_accepted(baseline(before), after, findings) == baseline(after)


def test_the_apps_that_an_origin_may_embed_are_compared():
    """The provider states the types of scopes, and no more."""
    world = settled(
        desired_of([document("trusted-origin", "a", name="A", origin="https://a.example", scopes=["CORS"])])
    )
    (address,) = world.desired.declarations
    before = world.live
    world.tamper(address, lambda json: json["scopes"][0].update(allowedOktaApps=["OKTA_ENDUSER"]))
    assert found(before, world.live, world) == {("A", "scopes[CORS].allowedOktaApps"): (None, ["OKTA_ENDUSER"])}


def test_unusual_indexes_of_assertion_consumer_services_are_compared():
    acs = ["https://a.example/1", "https://a.example/2"]
    spec = {"label": "S", "sso_url": acs[0], "audience": "a", "acs_endpoints": acs}
    world = settled(desired_of([document("saml-app", "s", **spec)]))
    (address,) = world.desired.declarations
    before = world.live
    world.tamper(address, lambda json: json["settings"]["signOn"]["acsEndpoints"][1].update(index=7))
    assert found(before, world.live, world) == {}, "definitions can state them"
    assert {one.field for one in drift.compare(world.match)} == {"acs_endpoints", "acs_endpoints_indices"}
