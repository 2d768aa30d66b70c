"""Guards about values that a plan newly puts in force."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.guard import GUARDS, GuardSettings
from reconciler.guard.rules.token_lifetime import TokenLifetimeLimits
from reconciler.kinds import Part, kinds
from reconciler.kinds.mapping import schema
from reconciler.kinds.threats import RULES
from tests.guard.access import app, created, edited, group, refused_by, server, session_policy
from tests.guard.worlds import bookmark, world_of
from tests.plan.plans import plan_of
from tests.settled import document

PORTAL = Address("oidc-app", "portal")
RULE = Address("access-policy-rule", "api/Policy/Rule 0")
OPEN = {"redirect_uris": ["http://portal.example/callback"]}
IMPLICIT = {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"]}
FOREVER = {"refresh_token_lifetime_minutes": 0}


def test_the_refusal_names_the_address_its_field_and_its_line():
    found = refused_by(created(app(redirect_uris=["https://a.example", "http://b.example"])), "unsafe-redirect")
    result = found["oidc-app portal"]
    assert result.detail == "redirect_uris: http://b.example is plain HTTP"
    assert result.source is not None


@pytest.mark.parametrize(
    ("documents", "detail"),
    [
        (
            app(redirect_uris=["https://*.example.com/callback"], wildcard_redirect="SUBDOMAIN"),
            "redirect_uris: https://*.example.com/callback contains a wildcard; wildcard_redirect: SUBDOMAIN allows "
            "wildcards",
        ),
        (app(post_logout_redirect_uris=["http://a.example"]), "post_logout_redirect_uris: http://a.example is"),
        (app(login_uri="http://a.example"), "login_uri: http://a.example is plain HTTP"),
        (
            document("saml-app", "portal", label="P", sso_url="http://a.example", audience="a"),
            "sso_url: http://a.example is plain HTTP; recipient: http://a.example",
        ),
        (
            document("trusted-origin", "portal", name="P", origin="http://a.example", scopes=["CORS"]),
            "origin: http://a.example is plain HTTP",
        ),
    ],
)
def test_every_address_to_which_okta_sends_users_is_checked(documents, detail):
    (result,) = refused_by(created(documents), "unsafe-redirect").values()
    assert result.detail.startswith(detail)


@pytest.mark.parametrize(
    "document_",
    [
        app(redirect_uris=["com.example.app:/callback"], type="native"),
        app(redirect_uris=["http://127.0.0.1:8000/callback", "http://[::1]/callback", "http://localhost/callback"]),
        bookmark("wiki"),
        app(client_uri="http://a.example"),
    ],
)
def test_addresses_of_the_machine_itself_and_of_no_redirect_pass(document_):
    assert refused_by(created(document_), "unsafe-redirect") == {}


def test_what_drifted_and_is_restored_was_accepted_before():
    world = world_of([app(**OPEN)])
    world.show(PORTAL, redirect_uris=["https://portal.example/callback"])
    plan = plan_of(world)
    assert plan.by_address[PORTAL].fields[0].drifted
    assert refused_by(plan, "unsafe-redirect") == {}


def test_what_was_deleted_in_the_tenant_and_is_created_again_was_accepted_before():
    world = world_of([app(**OPEN)])
    world.delete(PORTAL)
    plan = plan_of(world)
    assert plan.by_address[PORTAL].recreated
    assert refused_by(plan, "unsafe-redirect") == {}


def test_an_inactive_app_passes_until_it_is_activated():
    world = world_of([app(status="INACTIVE")])
    assert refused_by(edited(world, PORTAL, **OPEN), "unsafe-redirect") == {}
    world = world_of([app(status="INACTIVE", **OPEN)])
    assert refused_by(edited(world, PORTAL, status="ACTIVE"), "unsafe-redirect").keys() == {"oidc-app portal"}


def test_an_activated_policy_puts_its_rules_in_force():
    implicit = {"grant_types": ["implicit"]}
    policy = Address("access-policy", "api/Policy")
    world = world_of([group("staff"), server(implicit)])
    world.reapply(policy, status="INACTIVE")
    world.show(policy, status="INACTIVE")
    plan = plan_of(world)
    assert plan.by_address.keys() == {policy}
    assert refused_by(plan, "implicit-flow").keys() == {"access-policy-rule api/Policy/Rule 0"}


@pytest.mark.parametrize("grant", ["implicit", "password"])
def test_obsolete_grants_of_rules_are_refused(grant):
    (result,) = refused_by(created(group("staff"), server({"grant_types": [grant]})), "implicit-flow").values()
    assert result.detail == f"would allow the grant type {grant}"


def test_another_grant_beside_an_old_one_passes():
    world = world_of([app(**IMPLICIT)])
    plan = edited(world, PORTAL, grant_types=["authorization_code", "implicit", "refresh_token"])
    assert refused_by(plan, "implicit-flow") == {}


@pytest.mark.parametrize(
    ("documents", "subject"),
    [
        ((session_policy({}),), "global-session-policy all"),
        (
            (document("password-policy", "all", name="All", priority=1, groups_included=["everyone"]),),
            "password-policy all",
        ),
        ((server({"groups": ["everyone"]}),), "access-policy-rule api/Policy/Rule 0"),
        ((app(implicit_assignment=True),), "oidc-app portal"),
        ((bookmark("wiki", groups=[{"group": "everyone"}]),), "bookmark-app wiki"),
    ],
)
def test_apps_policies_and_rules_for_everyone_are_refused(documents, subject):
    assert refused_by(created(*documents), "assigned-to-everyone").keys() == {subject}


def test_a_new_assignment_beside_that_of_everyone_passes():
    world = world_of([group("staff"), app(groups=[{"group": "everyone"}])])
    groups: list[dict[str, Any]] = [{"group": one, "profile": {}} for one in ("staff", "everyone")]
    plan = edited(world, Address("app-group-assignments", "portal"), groups=groups)
    assert plan.planned
    assert refused_by(plan, "assigned-to-everyone") == {}


def lifetimes(plan, **limits: int) -> dict[str, str]:
    settings = GuardSettings(limits={"token-lifetime": TokenLifetimeLimits(**limits)})
    return {what: one.detail for what, one in refused_by(plan, "token-lifetime", settings).items()}


def test_limits_can_be_set():
    plan = created(group("staff"), server({"access_token_lifetime_minutes": 60, "scopes": ["read"]}))
    assert lifetimes(plan) == {}
    assert lifetimes(plan, access_token=30) == {
        str(RULE): "access_token_lifetime_minutes: access tokens would be valid for 60 minutes; the limit is 30 minutes"
    }


def test_a_lifetime_beyond_the_limit_may_become_shorter_but_not_longer():
    world = world_of([group("staff"), server({"access_token_lifetime_minutes": 60, "scopes": ["read"]})])
    assert lifetimes(edited(world, RULE, access_token_lifetime_minutes=50), access_token=30) == {}
    assert lifetimes(edited(world, RULE, access_token_lifetime_minutes=70), access_token=30).keys() == {str(RULE)}


def test_no_limit_at_all_is_longer_than_any_lifetime():
    world = world_of([group("staff"), server({"refresh_token_lifetime_minutes": 1_000_000})])
    assert lifetimes(edited(world, RULE, **FOREVER))[str(RULE)].startswith(
        "refresh_token_lifetime_minutes: refresh tokens would not expire"
    )
    world = world_of([group("staff"), server(FOREVER)])
    assert lifetimes(edited(world, RULE, access_token_lifetime_minutes=5)) == {}


def test_a_rule_that_begins_to_issue_refresh_tokens_is_refused():
    world = world_of([group("staff"), server({"scopes": ["read"], **FOREVER})])
    assert lifetimes(edited(world, RULE, scopes=["offline_access", "read"])).keys() == {str(RULE)}


def test_every_lifetime_has_a_limit():
    def declared(model: type[Part]) -> set[str]:
        fields = schema(model)
        inner = (declared(field.part) for field in fields if field.part)
        return {field.lifetime.of for field in fields if field.lifetime}.union(*inner)

    assert set().union(*(declared(kind.fields) for kind in kinds())) == TokenLifetimeLimits.model_fields.keys()


def test_every_guard_that_a_severity_rule_names_exists():
    assert {rule.blocks for rule in RULES} - {""} <= {guard.id for guard in GUARDS} | {"sign-in-weakened"}


def test_objects_that_do_not_change_are_not_refused():
    world = world_of([group("staff"), app(**OPEN, **IMPLICIT, groups=[{"group": "everyone"}]), server(FOREVER)])
    plan = edited(world, Address("group", "staff"), description="Another.")
    for rule in ("unsafe-redirect", "implicit-flow", "assigned-to-everyone", "token-lifetime"):
        assert refused_by(plan, rule) == {}
