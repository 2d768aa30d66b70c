"""What the changes of a plan do to people and to other objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.impact import effects
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Outside, Unreadable
from reconciler.plan import AffectedObject
from tests.impact.tenants import (
    CATCH_ALL,
    CONTRACTORS,
    PASSWORDS,
    RULE,
    SIGN_IN,
    STAFF,
    STRICT,
    WIKI,
    count,
    default_rules,
    of,
    tenant,
    told,
)
from tests.plan.plans import plan_of
from tests.settled import World, all_declared, desired_of, document, identity_of, settled
from tests.sign_on_modes import mode_of_no_kind

ASSIGNED = Address("app-group-assignments", "wiki")
RULES = Address("authentication-policy-rules", "strict")


def without_contractors(*more) -> World:
    """The group is no longer declared, nor what refers to it."""
    world = tenant(*more)
    world.undeclare(CONTRACTORS, RULE)
    world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
    return world


def filling(*groups: Address) -> dict[str, Any]:
    return {
        "name": "By hand",
        "conditions": {"expression": {"value": "true"}},
        "actions": {"assignUserToGroups": {"groupIds": [identity_of(*group) for group in groups]}},
    }


def under(policy: Address) -> dict[str, Any]:
    return {"_links": {"accessPolicy": {"href": f"https://acme.okta.com/api/v1/policies/{identity_of(*policy)}"}}}


def in_policies(*groups: Address) -> dict[str, Any]:
    return {"conditions": {"people": {"groups": {"include": [identity_of(*group) for group in groups]}}}}


def session_policy(name: str, priority: int, group: str, **rule) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": name.capitalize(), "priority": priority, "groups_included": [group]}
    return document("global-session-policy", name, **spec, rules=[{"name": "All", **rule}])


def password_policy(name: str, priority: int, group: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": name.capitalize(), "priority": priority, "groups_included": [group]}
    return document("password-policy", name, **spec)


class TestNothingHappens:
    def test_without_changes(self):
        assert told(tenant()) == []

    def test_by_a_change_of_a_field_that_relates_nothing(self):
        world = tenant()
        world.edit(STAFF, description="New.")
        assert told(world) == []

    def test_by_a_release(self):
        world = without_contractors()
        environment = replace(world.desired.environment, modes={"group": "additive", "group-rule": "additive"})
        world.desired = replace(world.desired, environment=environment)
        assert of(world, "members-leave", "becomes-invalid", "memberships-remain") == []


class TestGroups:
    @pytest.mark.parametrize(
        ("people", "text"),
        [
            (30, "30 people leave the group Contractors"),
            (1, "1 person leaves the group Contractors"),
            (0, "Nobody leaves the group Contractors"),
            (None, "An unknown number of people leave the group Contractors"),
        ],
    )
    def test_the_members_of_a_deleted_group_leave(self, people, text):
        world = without_contractors()
        count(world, CONTRACTORS, people)
        (effect,) = [one for one in effects(plan_of(world)) if one.id == "members-leave"]
        assert (effect.cause, effect.summary, effect.people, effect.at_most) == (CONTRACTORS, text, people, False)

    def test_members_that_a_definition_no_longer_names_leave(self):
        everyone = ["ada@x.test", "grace@x.test", "joan@x.test"]
        world = settled(desired_of([document("group", "staff", name="Staff", members=everyone)]))
        world.edit(Address("group-memberships", "staff"), members=everyone[:1])
        assert of(world, "members-leave") == ["2 people leave the group Staff"]

    def test_its_members_lose_its_apps(self):
        (effect,) = [one for one in effects(plan_of(without_contractors())) if one.id == "access-lost"]
        text = "Up to 30 people lose the app wiki (still assigned to Staff) with the group Contractors"
        assert (effect.cause, effect.summary, effect.people, effect.at_most) == (CONTRACTORS, text, 30, True)
        assert effect.objects == (AffectedObject("bookmark-app", "wiki", identity_of(*WIKI), managed=True),)

    def test_a_group_that_goes_too_does_not_stay_assigned(self):
        world = without_contractors()
        world.undeclare(STAFF, STRICT, RULES)
        world.edit(ASSIGNED, groups=[])
        world.edit(WIKI, authentication_policy="default")
        assert of(world, "access-lost") == [
            "Up to 30 people lose the app wiki with the group Contractors",
            "Up to 200 people lose the app wiki with the group Staff",
        ]

    def test_its_members_lose_its_roles(self):
        world = without_contractors()
        count(world, CONTRACTORS, 30, hasAdminPrivlege=True)
        assert of(world, "roles-lost") == ["30 people lose its admin roles of the group Contractors"]
        world.tamper(CONTRACTORS, lambda json: json["_embedded"].update(roles=[{"type": "USER_ADMIN"}]))
        assert of(world, "roles-lost") == ["30 people lose the admin role USER_ADMIN of the group Contractors"]

    def test_an_unmanaged_rule_that_fills_it_becomes_invalid(self):
        world = without_contractors()
        world.add("group-rule", "hand", None, **filling(CONTRACTORS, STAFF))
        (effect,) = [one for one in effects(plan_of(world)) if one.id == "becomes-invalid"]
        assert effect.summary == (
            "The group rule By hand (not managed) becomes INVALID, because it names the group Contractors, "
            "and no longer assigns people to Staff"
        )
        assert (effect.becomes, [one.managed for one in effect.objects]) == ("INVALID", [False])

    def test_a_rule_that_the_plan_changes_does_not(self):
        world = tenant()
        world.undeclare(CONTRACTORS)
        world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
        world.edit(RULE, groups=["staff"])
        assert of(world, "becomes-invalid") == []

    def test_conditions_lose_it(self):
        world = without_contractors()
        world.add("password-policy", "lobby", None, name="Lobby", priority=3, **in_policies(CONTRACTORS, STAFF))
        world.add("password-policy", "shop", None, name="Shop", priority=4, **in_policies(CONTRACTORS))
        assert of(world, "conditions-change", "names-nobody") == [
            "The group Contractors is no longer named by the password policy Lobby (not managed)",
            "The password policy Shop (not managed) names only the group Contractors: Okta does not document what "
            "happens to it",
        ]

    def test_a_rule_of_a_policy_is_named(self):
        world = without_contractors()
        world.tamper(RULES, lambda json: json["rules"].append(rule_for("Lobby", CONTRACTORS, STAFF)))
        assert of(world, "conditions-change") == [
            "The group Contractors is no longer named by the authentication policy rule strict/Lobby"
        ]

    def test_a_push_mapping_keeps_it(self):
        world = without_contractors()
        count(world, CONTRACTORS, 30, groupPushMappingsCount=2)
        assert of(world, "deletion-refused") == [
            "Okta refuses to delete the group Contractors: used by 2 group push mappings"
        ]


def rule_for(name: str, *groups: Address) -> dict[str, Any]:
    return {"id": name, "name": name, "priority": 7, "status": "ACTIVE", **in_policies(*groups)}


class TestApps:
    def test_a_group_that_is_no_longer_assigned(self):
        world = tenant()
        world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
        assert told(world) == [
            "access-lost: Up to 30 people lose the app wiki: the group Contractors is no longer assigned; "
            "still assigned: Staff"
        ]

    def test_the_last_group_that_is_no_longer_assigned(self):
        world = tenant()
        world.edit(ASSIGNED, groups=[])
        assert told(world) == [
            "access-lost: Up to 230 people lose the app wiki: the groups Staff, Contractors are no longer assigned, "
            "nor is any other"
        ]

    def test_a_group_assigned_in_the_tenant_is_lost_too(self):
        world = tenant()
        everyone = identity_of("group", "everyone")
        world.tamper(ASSIGNED, lambda json: json["groups"].append({"id": everyone, "priority": 9}))
        assert told(world) == [
            "access-lost: An unknown number of people lose the app wiki: the group Everyone is no longer assigned; "
            "still assigned: Staff, Contractors"
        ]

    def test_a_group_that_is_assigned(self):
        world = tenant(document("group", "guests", name="Guests"))
        count(world, Address("group", "guests"), 5)
        world.edit(ASSIGNED, groups=[{"group": name, "profile": {}} for name in ("staff", "contractors", "guests")])
        assert told(world) == ["access-gained: Up to 5 people gain the app wiki: the group Guests is assigned"]

    def test_a_group_that_is_created_too(self):
        world = tenant()
        new = tenant(document("group", "guests", name="Guests")).desired.declarations[Address("group", "guests")]
        world.desired = replace(world.desired, declarations={**world.desired.declarations, new.address: new})
        world.edit(ASSIGNED, groups=[{"group": name, "profile": {}} for name in ("staff", "contractors", "guests")])
        assert told(world) == ["access-gained: Nobody gains the app wiki: the group guests is assigned"]

    def test_an_app_that_is_created_again(self):
        world = tenant()
        world.delete(WIKI)
        assert told(world) == [
            "access-gained: Up to 230 people gain the app wiki: the groups Staff, Contractors are assigned"
        ]

    def test_a_deleted_app(self):
        world = tenant()
        world.undeclare(WIKI, ASSIGNED)
        assert told(world) == [
            "access-lost: Up to 230 people lose the app wiki: it is assigned to the groups Contractors, Staff"
        ]

    def test_an_app_that_is_switched_off(self):
        world = tenant()
        world.edit(WIKI, status="INACTIVE")
        assert told(world) == [
            "access-lost: Up to 230 people lose the app wiki while it is INACTIVE: it is assigned to the groups "
            "Contractors, Staff"
        ]

    def test_a_replaced_client(self):
        world = tenant(
            document("oidc-app", "portal", label="Portal", type="web", redirect_uris=["https://p.example/callback"]),
            document(
                "authorization-server",
                "api",
                name="API",
                audiences=["https://api.example"],
                policies=[{"name": "Portal", "description": "Portal.", "clients": ["portal"]}],
            ),
        )
        portal = Address("oidc-app", "portal")
        client = {"oauthClient": {"client_id": "0oaportal"}}
        world.tamper(portal, lambda json: json.update(credentials=client))
        world.edit(portal, type="native", token_endpoint_auth_method="none")
        assert told(world) == [
            "client-id-lost: The client id 0oaportal of the app Portal stops working, and the new app gets another one",
        ]


class TestAuthenticationPolicies:
    def deleted(self, *rules) -> World:
        world = tenant()
        default_rules(world, *rules)
        world.undeclare(STRICT, RULES)
        world.edit(WIKI, authentication_policy="default")
        return world

    def test_unmanaged_apps_move_to_a_weaker_one(self):
        world = self.deleted(CATCH_ALL)
        world.add("bookmark-app", "payroll", None, label="Payroll", signOnMode="BOOKMARK", **under(STRICT))
        plan = plan_of(world)
        form = {"id": "0oa1", "label": "Old form", "signOnMode": mode_of_no_kind(), **under(STRICT)}
        live = replace(plan.live, outside=(Outside("/api/v1/apps", form, False, "app"),))
        plan = replace(plan, match=plan.match.read_further(live))
        found = [(one.cause, one.summary, one.becomes) for one in effects(plan)]
        assert found == [
            (
                WIKI,
                "The app wiki moves to the policy Any two factors, which asks for fewer or weaker factors",
                "Any two factors",
            ),
            (
                STRICT,
                "2 apps move to the policy Any two factors, which asks for fewer or weaker factors: "
                "Old form (not managed), Payroll (not managed)",
                "Any two factors",
            ),
        ]

    def test_a_policy_that_is_as_strict(self):
        two = {**CATCH_ALL, "actions": {"appSignOn": {"verificationMethod": {"factorMode": "2FA"}}}}
        world = self.deleted(two)
        assert told(world) == ["apps-move: The app wiki moves to the policy Any two factors"]

    def test_a_policy_whose_rules_are_unknown(self):
        world = self.deleted(CATCH_ALL)
        world.delete(RULES)
        world.add("bookmark-app", "payroll", None, label="Payroll", signOnMode="BOOKMARK", **under(STRICT))
        assert (
            "apps-move: 1 app moves to the policy Any two factors, whose rules were not compared: Payroll (not \
managed)"
            in told(world)
        )

    def test_an_app_that_gets_another_declared_policy(self):
        rules = [{"name": "All", "factor_mode": "1FA"}]
        lax = document("authentication-policy", "lax", name="Lax", description="For all.", rules=rules)
        world = tenant(lax)
        world.edit(WIKI, authentication_policy="lax")
        assert told(world) == [
            "apps-move: The app wiki moves to the policy Lax, which asks for fewer or weaker factors"
        ]


class TestPoliciesByPriority:
    def test_people_fall_to_the_next_policy_that_names_their_group(self):
        world = tenant(
            session_policy("externals", 1, "contractors", mfa_required=True, mfa_prompt="ALWAYS"),
            session_policy("others", 2, "staff"),
            session_policy("lobby", 3, "contractors"),
        )
        world.undeclare(SIGN_IN, *[one for one in world.applied if one.name.startswith("externals/")])
        (effect,) = [one for one in effects(plan_of(world)) if one.cause == SIGN_IN]
        assert (effect.summary, effect.people, effect.becomes) == (
            "Up to 30 people of the group Contractors fall from the global session policy Externals to Lobby, which "
            "asks for fewer factors",
            30,
            "Lobby",
        )

    def test_the_default_policy_is_the_last(self):
        world = tenant(password_policy("externals", 1, "contractors"), password_policy("others", 2, "staff"))
        world.undeclare(PASSWORDS)
        assert of(world, "next-policy-applies") == [
            "Up to 30 people of the group Contractors fall from the password policy Externals to Default Policy"
        ]

    def test_an_unmanaged_policy_may_be_the_next(self):
        world = tenant(password_policy("externals", 1, "contractors"))
        everyone = Address("group", "everyone")
        settings = {"password": {"complexity": {"minLength": 4}}}
        world.add("password-policy", "all", None, name="All", priority=2, settings=settings, **in_policies(everyone))
        world.undeclare(PASSWORDS)
        assert of(world, "next-policy-applies") == [
            "Up to 30 people of the group Contractors fall from the password policy Externals to All (not managed), "
            "whose rules were not compared"
        ]

    def test_a_policy_that_is_switched_off(self):
        world = tenant(password_policy("externals", 1, "contractors"))
        world.edit(PASSWORDS, status="INACTIVE")
        assert of(world, "next-policy-applies") == [
            "Up to 30 people of the group Contractors fall from the password policy Externals to Default Policy "
            "while it is INACTIVE"
        ]

    @pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE"])
    def test_rules_without_an_owner_have_other_conditions_than_people(self, status: str):
        """Nobody can say which rule applies instead, or what it is about."""
        rule = Address("entity-risk-policy-rule", "risky")
        declared = document(*rule, name="Risky", priority=1, risk_level="HIGH", groups_included=["contractors"])
        world = tenant(declared)
        if status == "ACTIVE":
            world.undeclare(rule)
        else:
            world.edit(rule, status=status, groups_included=["staff"])
        assert of(world, "next-policy-applies", "policy-applies") == []

    def test_a_policy_that_names_another_group(self):
        world = tenant(password_policy("externals", 1, "contractors"))
        world.edit(PASSWORDS, groups_included=["staff"])
        assert told(world) == [
            "next-policy-applies: Up to 30 people of the group Contractors fall from the password policy Externals to "
            "Default Policy",
            "policy-applies: The password policy Externals applies to up to 200 people of the group Staff",
        ]


class TestGroupRules:
    def test_people_stay_when_their_rule_is_deleted(self):
        world = tenant()
        world.undeclare(RULE)
        (effect,) = effects(plan_of(world))
        assert (effect.id, effect.summary, effect.people, effect.at_most) == (
            "memberships-remain",
            "Up to 30 people whom the group rule By title assigned stay in the group Contractors: no rule adds or "
            "removes people there any more",
            30,
            True,
        )

    def test_another_rule_may_go_on(self):
        world = tenant()
        world.add("group-rule", "hand", None, **filling(CONTRACTORS))
        world.edit(RULE, status="INACTIVE")
        assert told(world) == [
            "memberships-remain: Up to 30 people whom the group rule By title assigned stay in the group Contractors: "
            "only By hand (not managed) still assigns people to it"
        ]

    def test_a_replaced_rule(self):
        world = tenant()
        world.edit(RULE, groups=["staff", "contractors"])
        assert told(world) == [
            "memberships-remain: Up to 30 people whom the group rule By title assigned stay in the group Contractors: "
            "the new rule takes over those who match its expression; people join Contractors only after it has run"
        ]

    def test_an_inactive_rule_assigns_nobody(self):
        world = tenant()
        world.tamper(RULE, lambda json: json.update(status="INACTIVE"))
        world.undeclare(RULE)
        assert told(world) == []


class TestZonesServersAndOrigins:
    OFFICE, LAB = Address("network-zone", "office"), Address("network-zone", "lab")

    def with_zones(self) -> World:
        return tenant(
            document("network-zone", "office", name="Office", type="IP", gateways=["192.0.2.0/24"]),
            document("network-zone", "lab", name="Lab", type="IP", gateways=["198.51.100.0/24"]),
        )

    def rule_in(self, world: World, *zones: Address) -> None:
        network = {"connection": "ZONE", "include": [identity_of(*zone) for zone in zones]}
        rule = {"id": "r", "name": "Inside", "priority": 1, "status": "ACTIVE", "conditions": {"network": network}}
        world.tamper(RULES, lambda json: json["rules"].append(rule))

    def test_rules_lose_a_zone(self):
        world = self.with_zones()
        self.rule_in(world, self.OFFICE, self.LAB)
        world.undeclare(self.LAB)
        assert (
            "conditions-change: The network zone Lab is no longer named by the authentication policy rule \
strict/Inside"
            in told(world)
        )

    def test_rules_name_a_zone_that_is_switched_off(self):
        world = self.with_zones()
        self.rule_in(world, self.OFFICE, self.LAB)
        world.edit(self.LAB, status="INACTIVE")
        assert of(world, "conditions-change") == [
            "The network zone Lab matches nothing while it is INACTIVE, and is named by the authentication policy rule "
            "strict/Inside"
        ]

    def test_the_only_zone_of_an_unmanaged_rule_cannot_go(self):
        world = self.with_zones()
        policy = world.add("global-session-policy", "hand", None, name="By hand", priority=9)
        network = {"connection": "ZONE", "include": [identity_of(*self.LAB)]}
        world.add("global-session-policy-rule", "in", policy, name="In", priority=1, conditions={"network": network})
        world.undeclare(self.LAB)
        assert told(world) == [
            "deletion-refused: Okta refuses to delete the network zone Lab: the global session policy rule By hand/In "
            "(not managed) names no other"
        ]

    def test_a_blocklist(self):
        spec = {"name": "Bots", "type": "IP", "usage": "BLOCKLIST", "gateways": ["192.0.2.0/24"]}
        world = tenant(document("network-zone", "bots", **spec))
        world.undeclare(Address("network-zone", "bots"))
        assert told(world) == ["stops-working: Requests from the zone Bots are no longer blocked"]

    def test_a_server_with_clients(self):
        world = tenant(
            document("oidc-app", "portal", label="Portal", type="web", redirect_uris=["https://p.example/callback"]),
            document(
                "authorization-server",
                "api",
                name="API",
                audiences=["https://api.example"],
                policies=[{"name": "Portal", "description": "Portal.", "clients": ["portal"]}],
            ),
        )
        world.undeclare(*[one for one in world.applied if one.name == "api" or one.name.startswith("api/")])
        assert told(world) == [
            "clients-lose-tokens: 1 client gets no more tokens by the authorization server API: portal",
            "stops-working: No client gets tokens for https://api.example from the authorization server API any more",
        ]

    def test_an_origin(self):
        spec = {"name": "Shop", "origin": "https://shop.example", "scopes": ["CORS", "REDIRECT"]}
        world = tenant(document("trusted-origin", "shop", **spec))
        world.undeclare(Address("trusted-origin", "shop"))
        assert told(world) == [
            "stops-working: Pages of https://shop.example can no longer call Okta from a browser or be redirected to "
            "after sign-in or sign-out"
        ]


def test_what_could_not_be_read_has_unknown_effects():
    world = without_contractors()
    plan = plan_of(world)
    unread = [replace(one, item=None) if one.address == CONTRACTORS else one for one in plan.planned]
    found = effects(replace(plan, planned=unread))
    summaries = [one.summary for one in found]
    assert "The effects of removing group contractors are unknown: it could not be read" in summaries


def test_groups_that_could_not_be_read_are_not_taken_for_new_ones():
    world = tenant()
    world.edit(ASSIGNED, groups=[{"group": "staff", "profile": {}}])
    before = told(world)
    for group in (STAFF, CONTRACTORS):
        del world.items[group.kind, identity_of(*group)]
    world.unreadable.append(Unreadable(kind_named("group"), None, "403: no access"))
    (found,) = told(world)
    assert len(before) == 1
    assert found.startswith("access-lost: An unknown number of people lose the app wiki: the group contractors")


def test_a_rule_of_an_empty_group_leaves_nobody_there():
    world = tenant()
    count(world, CONTRACTORS, 0)
    world.undeclare(RULE)
    assert told(world) == [
        "memberships-remain: The group Contractors, to which the group rule By title assigns people, has no members "
        "now: no rule adds or removes people there any more"
    ]


def test_the_effects_of_deleting_everything_are_sentences():
    world = settled(all_declared())
    world.undeclare(*world.desired.declarations)
    found = effects(plan_of(world))
    assert {one.id for one in found} >= {"members-leave", "access-lost", "stops-working"}
    for one in found:
        assert one.summary == one.summary.strip()
        assert "  " not in one.summary and "\n" not in one.summary
        assert not one.summary.endswith(".")
    assert found == effects(plan_of(world))
