"""The severity of planned changes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.drift import Severity
from reconciler.engine.changes import Operation
from reconciler.kinds import kinds, risks_of
from reconciler.kinds.risks import Occurrence
from reconciler.kinds.threats import RULES
from reconciler.plan import PlannedChange
from reconciler.plan.severity import by_rule
from tests.plan.plans import plan_of
from tests.settled import World, all_declared, desired_of, document, settled

WIKI = Address("oidc-app", "wiki")
STRICT = Address("authentication-policy", "strict")
RULES_OF_STRICT = Address("authentication-policy-rules", "strict")


def app(**more: Any) -> dict[str, Any]:
    return document("oidc-app", "wiki", label="Wiki", type="web", redirect_uris=["https://wiki.example/cb"], **more)


def policy(*rules: dict[str, Any]) -> dict[str, Any]:
    return document("authentication-policy", "strict", name="Strict", description="s", rules=list(rules))


def planned(world: World) -> dict[Address, PlannedChange]:
    return dict(plan_of(world).by_address)


def edited(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[Address, PlannedChange]:
    """The plan of an edit of the definitions."""
    world = settled(desired_of(before))
    world.desired = desired_of(after)
    return planned(world)


def created(*documents: dict[str, Any]) -> dict[Address, PlannedChange]:
    return edited([], list(documents))


def test_a_weaker_rule_of_a_policy_is_rated_and_shown_by_item():
    rule = {"name": "Office", "factor_mode": "2FA"}
    change = edited([policy(rule)], [policy(rule | {"factor_mode": "1FA"})])[RULES_OF_STRICT]
    assert (change.severity, change.rules) == (Severity.CRITICAL, ("mfa-weakened",))
    (field,) = change.fields
    (difference,) = field.differences
    assert (difference.path, difference.expected, difference.actual) == ("rules[Office].factor_mode", "2FA", "1FA")


def test_an_added_rule_is_rated_by_what_it_permits():
    strict = {"name": "Office", "factor_mode": "2FA"}
    weak, deny = {"name": "Anyone", "factor_mode": "1FA"}, {"name": "Nobody", "access": "DENY"}
    assert edited([policy(strict)], [policy(weak, strict)])[RULES_OF_STRICT].rules == ("mfa-weakened",)
    change = edited([policy(strict)], [policy(deny, strict)])[RULES_OF_STRICT]
    assert (change.severity, change.rules) == (Severity.INFO, ())
    assert [one.path for one in change.fields[0].differences] == ["rules[Nobody]"]


def test_what_makes_a_tenant_safer_is_info():
    rule = {"name": "Office", "factor_mode": "1FA"}
    change = edited([policy(rule)], [policy(rule | {"factor_mode": "2FA"})])[RULES_OF_STRICT]
    assert (change.severity, change.rules) == (Severity.INFO, ())


def test_restoring_what_was_changed_in_the_tenant_is_not_rated():
    """Also if the tenant was made stricter: the declared value was reviewed."""
    world = settled(desired_of([app()]))
    world.show(WIKI, redirect_uris=["https://evil.example/*"], pkce_required=True)
    change = planned(world)[WIKI]
    assert all(field.drifted for field in change.fields)
    assert (change.severity, change.rules) == (Severity.INFO, ())
    world.delete(WIKI)
    again = planned(world)[WIKI]
    assert (again.operation, again.recreated, again.severity) == (Operation.CREATE, True, Severity.INFO)


def test_a_field_that_definitions_and_tenant_changed_is_compared_with_the_tenant():
    world = settled(desired_of([app()]))
    world.show(WIKI, redirect_uris=["https://wiki.example/cb", "https://two.example/cb"])
    world.edit(WIKI, redirect_uris=["https://two.example/cb"])
    change = planned(world)[WIKI]
    (field,) = change.fields
    assert (field.drifted, sorted(field.old)) == (False, ["https://two.example/cb", "https://wiki.example/cb"])
    assert change.rules == ()


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({}, ()),
        ({"redirect_uris": ["https://*.wiki.example/cb"], "wildcard_redirect": "SUBDOMAIN"}, ("wildcard-uri",)),
        ({"implicit_assignment": True}, ("assigned-to-everyone",)),
        (
            {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"]},
            ("grants-widened", "implicit-flow"),
        ),
        ({"pkce_required": True}, ()),
        ({"groups": [{"group": "everyone"}]}, ()),
    ],
)
def test_a_created_object_is_rated_by_what_is_a_risk_in_itself(more, rules):
    assert created(app() | {"spec": app()["spec"] | more})[WIKI].rules == rules


def test_assigning_a_created_app_to_everyone_is_rated():
    changes = created(app(groups=[{"group": "everyone"}]))
    assert changes[Address("app-group-assignments", "wiki")].rules == ("assigned-to-everyone",)


def test_ordinary_objects_of_every_kind_are_created_without_noise():
    documents = [
        document("group", "staff", name="Staff"),
        document("group-rule", "all", name="All", expression='user.department=="X"', groups=["staff"]),
        document("trusted-origin", "site", name="Site", origin="https://site.example", scopes=["CORS"]),
        document("network-zone", "office", name="Office", type="IP", gateways=["198.51.100.0/24"]),
        policy({"name": "Office"}),
        app(groups=[{"group": "staff"}], authentication_policy="strict"),
    ]
    changes = created(*documents)
    assert len(changes) == 8
    assert {change.severity for change in changes.values()} == {Severity.INFO}


def test_deletions_are_at_least_medium():
    changes = edited([document("group", "staff", name="Staff")], [])
    assert changes[Address("group", "staff")].severity is Severity.MEDIUM


def test_a_deleted_blocklist_is_rated_by_what_it_was():
    zone = document("network-zone", "bad", name="Bad", type="IP", usage="BLOCKLIST", gateways=["198.51.100.0/24"])
    assert edited([zone], [])[Address("network-zone", "bad")].rules == ("blocklist-narrowed",)


def test_rules_deleted_from_a_policy_that_stays_are_rated():
    rule = {"name": "Office", "factor_mode": "2FA"}
    undeclared = policy()
    del undeclared["spec"]["rules"]
    changes = edited([policy(rule)], [undeclared])
    assert changes[RULES_OF_STRICT].rules == ("mfa-weakened",)
    changes = edited([policy(rule)], [])
    assert changes[RULES_OF_STRICT].rules == ()
    assert changes[STRICT].operation is Operation.DELETE


def session(*names: str) -> list[dict[str, Any]]:
    groups = [document("group", "staff", name="Staff")]
    policies = [
        document("global-session-policy", name, name=name, priority=position, groups_included=["staff"])
        for position, name in enumerate(names, start=1)
    ]
    return [*groups, *policies]


def test_only_a_changed_order_is_rated_not_changed_numbers():
    inserted = edited(session("a", "b"), session("new", "a", "b"))
    assert {address.name: change.rules for address, change in inserted.items()} == {"new": (), "a": (), "b": ()}
    swapped = edited(session("a", "b", "c"), session("c", "a", "b"))
    assert {address.name: change.rules for address, change in swapped.items()} == {
        "c": ("order-changed",),
        "a": (),
        "b": (),
    }


def test_changes_are_counted_by_rule_most_severe_first():
    zone = document("network-zone", "bad", name="Bad", type="IP", usage="BLOCKLIST", gateways=["198.51.100.0/24"])
    rule = {"name": "Office", "factor_mode": "2FA"}
    changes = edited([zone, policy(rule)], [policy(rule | {"factor_mode": "1FA"})])
    assert [(hit.rule.id, [one.address.name for one in hit.changes]) for hit in by_rule(changes.values())] == [
        ("mfa-weakened", ["strict"]),
        ("blocklist-narrowed", ["bad"]),
    ]


def test_creating_everything_applies_only_rules_for_new_objects():
    world = settled(desired_of([]))
    world.desired = all_declared()
    new = {risk.rule.id for kind in kinds() for risk in risks_of(kind.fields) if risk.new}
    for change in planned(world).values():
        assert new.issuperset(change.rules)


def test_the_meaning_of_a_rule_in_plans_fits_reviewed_changes():
    for rule in RULES:
        assert "declared" not in rule.planned
    about_drift = {rule.id for rule in RULES if not rule.planned}
    assert about_drift == {
        "admin-group-undeclared",
        "admin-role-undeclared",
        "device-check-added",
        "resource-set-undeclared",
        "rule-added",
        "service-undeclared",
    }
    for kind in kinds():
        for risk in risks_of(kind.fields):
            assert not risk.new or (risk.rule.planned and risk.of is not Occurrence.GONE)
