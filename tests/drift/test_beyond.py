"""Changes in fields that definitions do not cover are found, and never show a secret."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from reconciler.definitions.model import Address, Declaration
from reconciler.drift.baseline_values import baseline
from reconciler.drift.beyond import beyond, unknown_to_baseline
from reconciler.drift.findings import Verdict
from reconciler.drift.leaves import TIMES
from reconciler.drift.members import OF_THE_OBJECT, paths_changed_with, uncovered
from reconciler.engine.state import EMPTY, Applied, State
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Snapshot, whole_list
from tests.drift import live
from tests.matches import match_of
from tests.settled import desired_of, document, settled


def compared(known, after, desired=None, state=None):
    """The findings of a snapshot, by default with one app declared and applied."""
    match = match_of(desired or live.desired(), live.state() if state is None else state, after)
    return list(beyond(known, match))


def updated(app):
    """An app after a change by a user: its time of last update differs."""
    return {**app, "lastUpdated": "2026-02-02T00:00:00.000Z"}


def found(before, after):
    after = after if after == before else updated(after)
    known = json.loads(json.dumps(baseline(live.snapshot(before))))  # as it comes back from a file
    return compared(known, live.snapshot(after))


def test_an_unchanged_object_has_no_finding():
    assert found(live.APP, live.APP) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("settings.futureFeature", "off", "on"),
        ("visibility.newThing.mode", "OFF", "ON"),
        ("credentials.signing.kid", "key-1", "key-2"),
        ("credentials.signing.rotationMode", "MANUAL", "AUTO"),
    ],
)
def test_an_uncovered_change_is_found_with_both_values(path, before, after):
    (finding,) = [one for one in found(live.APP, live.changed(path, after)) if one.field == path]
    assert finding.verdict is Verdict.BEYOND
    assert (finding.kind, finding.name, finding.okta_id) == ("oidc-app", "console", "0oa1")
    assert (finding.expected, finding.applied, finding.actual) == (before, before, after)
    assert [(one.path, one.expected, one.actual) for one in finding.differences] == [(path, before, after)]
    assert finding.source is None


def test_added_and_removed_members_are_found():
    (new,) = found(live.APP, live.changed("settings.another", {"mode": "x"}))
    assert (new.field, new.expected, new.actual) == ("settings.another.mode", None, "x")
    (gone,) = found(live.APP, live.changed("settings.futureFeature", ...))
    assert (gone.field, gone.expected, gone.actual) == ("settings.futureFeature", "off", None)


def test_members_of_an_okta_release_are_not_reported():
    def two(*values):
        apps = [{**live.APP, "id": f"0oa{number}"} for number in (1, 2)]
        return [
            app if value is ... else live.changed("settings.released", value, app)
            for value, app in zip(values, apps, strict=True)
        ]

    def objects(*values, changed=()):
        known = baseline(live.snapshot(*two(..., ...)))
        apps = [updated(app) if app["id"] in changed else app for app in two(*values)]
        findings = compared(known, live.snapshot(*apps), live.desired("0oa1", "0oa2"), live.state("0oa1", "0oa2"))
        assert {one.field for one in findings} <= {"settings.released"}
        return [one.okta_id for one in findings]

    both = ("0oa1", "0oa2")
    assert objects("off", "off") == []
    assert objects("off", "on") == objects("on", ...) == [], "nobody has changed any of them"
    assert objects("off", "off", changed=both) == ["0oa1", "0oa2"], "nor does it help to change all of them alike"
    assert objects("off", "off", changed=["0oa2"]) == [], "the other one shows what Okta gives"
    assert objects("off", "on", changed=["0oa2"]) == ["0oa2"]
    assert objects(..., "off", changed=["0oa2"]) == ["0oa2"]


@pytest.mark.parametrize(("path", "value"), [("label", "Other"), ("settings.oauthClient.grant_types", ["password"])])
def test_covered_fields_are_left_to_the_comparison(path, value):
    assert found(live.APP, live.changed(path, value)) == []


@pytest.mark.parametrize("member", sorted(TIMES))
def test_times_are_not_reported(member):
    """At the top level, and inside an uncovered member."""
    deep = live.changed(f"visibility.newThing.{member}", "1")
    assert found(deep, live.changed(f"visibility.newThing.{member}", "2")) == []
    assert found(live.changed(member, "1"), live.changed(member, "2")) == []


@pytest.mark.parametrize("member", sorted(OF_THE_OBJECT - {"id"}))
def test_volatile_members_are_skipped_only_at_the_top_level(member):
    assert found(live.changed(member, "1"), live.changed(member, "2")) == []
    deep = live.changed(f"visibility.newThing.{member}", "1")
    (finding,) = found(deep, live.changed(f"visibility.newThing.{member}", "2"))
    assert finding.field == f"visibility.newThing.{member}"


@pytest.mark.parametrize(
    ("path", "value"),
    [("credentials.signing.rotationMode", "AUTO"), ("credentials.oauthClient.autoKeyRotation", True)],
)
def test_a_key_that_okta_rotates_is_not_reported(path, value):
    rotating = live.changed(path, value)
    assert found(rotating, live.changed("credentials.signing.kid", "key-2", rotating)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [("credentials.signing.rotationMode", "AUTO"), ("credentials.oauthClient.autoKeyRotation", True)],
)
def test_a_key_that_okta_rotates_from_now_on_is_not_reported(path, value):
    assert not {finding.field for finding in found(live.APP, live.changed(path, value))} & {"credentials.signing.kid"}


def test_an_update_of_a_field_covers_its_side_effects():
    assert "credentials.signing.kid" in (paths_changed_with(kind_named("oidc-app"), {"auto_key_rotation"}) or ())
    paths = paths_changed_with(kind_named("saml-app"), {"single_logout_issuer"}) or ()
    assert "settings.signOn.spCertificate" in paths


def test_a_baseline_contains_no_secret():
    assert "CANARY" in json.dumps(live.APP)
    assert "CANARY" not in json.dumps(baseline(live.snapshot(live.APP)))


@pytest.mark.parametrize("name", ["client_secret", "clientSecret", "sharedSecret", "secretKey", "password"])
def test_a_secret_is_recognised_by_its_name_at_any_depth(name):
    app = live.changed(f"visibility.newThing.{name}", {"deep": ["CANARY-deep"], "value": "CANARY-value"})
    assert "CANARY" not in json.dumps(baseline(live.snapshot(app)))


def test_an_object_without_a_baseline_is_not_reported():
    """It was created after the last `up`, or the baseline is missing."""
    assert compared({}, live.snapshot(live.APP)) == []
    assert compared({"oidc-app": {}}, live.snapshot(live.APP)) == []


def test_a_deleted_or_unmanaged_object_is_not_reported():
    known = baseline(live.snapshot(live.APP))
    other = live.snapshot(live.changed("settings.futureFeature", "on"))
    renamed = live.snapshot(live.changed("label", "Other", live.changed("settings.futureFeature", "on")))
    assert compared(known, live.snapshot()) == []
    assert compared(known, renamed, state=EMPTY) == []
    assert len(compared(known, other)) == 1


def test_without_a_state_an_object_is_recognised_by_its_name():
    known = baseline(live.snapshot(live.APP))
    other = live.snapshot(live.changed("settings.futureFeature", "on"))
    (one,) = compared(known, other, state=EMPTY)
    assert (one.name, one.field) == ("console", "settings.futureFeature")


def test_findings_come_in_the_order_of_their_paths():
    after = live.changed("settings.zeta", 1, live.changed("settings.alpha", 1, live.changed("features", ["x"])))
    assert [one.field for one in found(live.APP, after)] == sorted(one.field for one in found(live.APP, after))
    assert len(found(live.APP, after)) >= 2


def test_uncovered_members_of_list_items_are_found():
    app = LiveObject(live.KIND, "0oa1", live.APP)
    assignments = whole_list(kind_named("app-group-assignments"), [{"id": "00g1", "priority": 0, "extra": 1}], app)
    assert uncovered(assignments) == {"groups[00g1].extra": 1}


STRICT = {"name": "Strict", "conditions": {"people": {"users": {"exclude": []}}}}
CATCH_ALL = {
    "name": "Catch-all",
    "system": True,
    "actions": {"appSignOn": {"verificationMethod": {"factorMode": "2FA"}}},
}


def rules_found(before, after, declared=True):
    """The findings on the rules of a managed authentication policy, with or without declared rules."""
    kind = kind_named("authentication-policy-rules")
    policy = LiveObject(kind_named("authentication-policy"), "rst1", {"id": "rst1", "name": "Everything"})

    def snapshot(items):
        rules = whole_list(kind, items, policy)
        return Snapshot({kind.name: [rules]}, by_id={(kind.name, rules.id): rules})

    owner = Declaration(policy.kind, "everything", {"name": "Everything"}, frozenset({"name"}), live.SOURCE)
    rules = Declaration(kind, "everything", {"rules": []}, frozenset({"rules"}), live.SOURCE, parent=owner.address)
    declarations = {one.address: one for one in ([owner, rules] if declared else [owner])}
    desired = replace(live.desired(), declarations=declarations)
    resources = {key: Applied(one.kind, "everything", "urn:it", "rst1", {}) for key, one in declarations.items()}
    state = State({(key.kind, key.name): one for key, one in resources.items()}, {}, False)
    found = compared(baseline(snapshot(before)), snapshot(after), desired, state)
    return {one.field: (one.expected, one.actual) for one in found}


def test_a_condition_without_a_field_is_found_in_a_declared_rule():
    conditions = {"name": "Strict", "conditions": {"people": {"users": {"exclude": []}}, "future": {"exclude": ["x"]}}}
    assert rules_found([STRICT], [conditions]) == {"rules[Strict].conditions.future.exclude": (None, ["x"])}
    exempting = {"name": "Strict", "conditions": {"people": {"users": {"exclude": ["00u1"]}}}}
    assert rules_found([STRICT], [exempting]) == {}, "a definition states it"
    assert rules_found([STRICT], [STRICT | {"status": "INACTIVE"}]) == {}, "a definition states it"


def test_added_and_removed_rules_are_left_to_the_comparison():
    assert rules_found([STRICT], [STRICT, STRICT | {"name": "Another"}]) == {}
    assert rules_found([STRICT, STRICT | {"name": "Another"}], [STRICT]) == {}


def test_a_changed_item_that_okta_created_is_found():
    weaker = {**CATCH_ALL, "actions": {"appSignOn": {"verificationMethod": {"factorMode": "1FA"}}}}
    assert rules_found([STRICT, CATCH_ALL], [STRICT, weaker]) == {
        "rules[Catch-all].actions.appSignOn.verificationMethod.factorMode": ("2FA", "1FA"),
    }


def test_undeclared_rules_are_compared_completely():
    exempting = {"name": "Strict", "conditions": {"people": {"users": {"exclude": ["00u1"]}}}}
    weaker = {**CATCH_ALL, "actions": {"appSignOn": {"verificationMethod": {"factorMode": "1FA"}}}}
    assert rules_found([STRICT, CATCH_ALL], [exempting | {"status": "INACTIVE"}, weaker], declared=False) == {
        "rules[Catch-all].actions.appSignOn.verificationMethod.factorMode": ("2FA", "1FA"),
        "rules[Strict].conditions.people.users.exclude": ([], ["00u1"]),
        "rules[Strict].status": (None, "INACTIVE"),
    }
    assert rules_found([STRICT], [STRICT, exempting | {"name": "New"}], declared=False) == {
        "rules[New]": (None, {"name": "New", "conditions.people.users.exclude": ["00u1"]}),
    }
    assert rules_found([STRICT], [], declared=False) == {"rules[Strict]": ({"name": "Strict"}, None)}


def test_a_rule_with_only_the_name_of_a_built_in_one_is_found_among_declared_rules():
    assert rules_found([STRICT], [STRICT, STRICT | {"name": "Okta Dashboard"}]).keys() == {"rules[Okta Dashboard]"}


def test_a_token_hook_on_a_rule_is_found_by_its_id():
    """Members named `id` or `priority` are skipped only in the object itself."""
    before = STRICT | {"id": "rul1", "priority": 1, "actions": {"token": {"inlineHook": None}}}
    after = STRICT | {"id": "rul2", "priority": 2, "actions": {"token": {"inlineHook": {"id": "cal1"}}}}
    assert rules_found([before], [after]) == {"rules[Strict].actions.token.inlineHook.id": (None, "cal1")}


FACTORS: list[dict[str, dict[str, Any]]] = [{"knowledge": {"types": ["password"]}, "possession": {"required": True}}]


def asking(**more):
    one = {**FACTORS[0], "possession": {**FACTORS[0]["possession"], **more}}
    return STRICT | {"actions": {"appSignOn": {"verificationMethod": {"constraints": [one]}}}}


@pytest.mark.parametrize("member", ["methods", "userVerificationMethods"])
def test_members_that_a_structure_does_not_cover_are_compared(member):
    found = rules_found([asking()], [asking(**{member: ["push"]})])
    (path,) = found
    assert path.startswith("rules[Strict].actions.appSignOn.verificationMethod.constraints[#")
    assert path.endswith(f"].possession.{member}")
    assert found[path] == (None, ["push"])
    assert rules_found([asking()], [asking(required=False)]) == {}, "that is for the comparison"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("actions.appSignOn.keepMeSignedIn.rememberMe", True),
        ("conditions.platform.include", [{"type": "MOBILE", "os": {"type": "IOS", "version": {"value": "17"}}}]),
    ],
)
def test_uncovered_members_beside_fields_are_compared(path, value):
    *above, last = path.split(".")
    before = {"name": "Strict", "actions": {"appSignOn": {"keepMeSignedIn": {"postAuth": "ALLOWED"}}}}
    before["conditions"] = {"platform": {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}]}}
    after = json.loads(json.dumps(before))
    place = after
    for key in above:
        place = place[key]
    place[last] = value
    assert len(rules_found([before], [after])) == 1


@pytest.mark.parametrize(
    ("member", "value", "why"),
    [
        ("compliance.fips", "REQUIRED", "its definition omits settings.fips"),
        ("compliance.level", "1", "definitions do not cover it"),
        ("userVerification", "PREFERRED", ""),
    ],
)
def test_what_a_definition_leaves_out_of_a_structure_is_compared(member: str, value: str, why: str):
    """The comparison with the definition finds only the members that it states."""
    address = Address("authenticator", "verify")
    spec = {"key": "okta_verify", "name": "Okta Verify", "settings": {"user_verification": "REQUIRED"}}
    world = settled(desired_of([document(*address, **spec)]))
    world.tamper(address, lambda json: json["settings"].update(compliance={"fips": "OPTIONAL", "level": "0"}))
    before = baseline(world.live)

    *above, last = member.split(".")
    world.tamper(address, lambda json: reduce(dict.__getitem__, above, json["settings"]).update({last: value}))

    found = [(one.field, one.detail.partition("; ")[0]) for one in beyond(before, world.match)]
    assert found == ([(f"settings.{member}", why)] if why else [])


def test_declared_objects_unknown_to_the_baseline_are_listed():
    both = live.snapshot(live.APP, {**live.APP, "id": "0oa2"}, {**live.APP, "id": "0oa3"})
    match = match_of(live.desired("0oa1", "0oa2"), live.state("0oa1", "0oa2"), both)
    assert unknown_to_baseline(baseline(live.snapshot(live.APP)), match) == [Address("oidc-app", "0oa2")]
    assert unknown_to_baseline(baseline(both), match) == []
    assert unknown_to_baseline({}, match) == [Address("oidc-app", "0oa1"), Address("oidc-app", "0oa2")]


def test_a_changed_built_in_object_is_found():
    kind = kind_named("password-policy")
    body = {
        "id": "00p1",
        "name": "Default Policy",
        "system": True,
        "settings": {"password": {"age": {"maxAgeDays": 90}}},
    }
    weaker = body | {"settings": {"password": {"age": {"maxAgeDays": 0}}}}

    def snapshot(policy):
        return Snapshot({kind.name: [LiveObject(kind, "00p1", policy)]})

    (finding,) = compared(baseline(snapshot(body)), snapshot(weaker))

    assert (finding.name, finding.label, finding.field) == ("", "Default Policy", "settings.password.age.maxAgeDays")
    assert finding.detail.startswith("created by Okta; ")


def test_values_of_an_older_baseline_for_covered_fields_are_not_reported():
    known = baseline(live.snapshot(live.APP))
    known["oidc-app"]["0oa1"]["label"] = "An older name"
    assert compared(known, live.snapshot(live.APP)) == []
