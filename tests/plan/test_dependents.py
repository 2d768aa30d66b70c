"""Who refers to an object, managed or not."""

from __future__ import annotations

from dataclasses import replace

from reconciler.definitions.model import Address
from reconciler.okta.snapshot import Outside, Snapshot
from reconciler.plan import Plan
from tests.plan.plans import plan_of
from tests.settled import World, desired_of, document, identity_of, settled
from tests.sign_on_modes import mode_of_no_kind

STAFF = identity_of("group", "staff")
STRICT = identity_of("authentication-policy", "strict")
RULE = {"name": "Any", "groups_included": ["staff"]}


def world() -> World:
    return settled(
        desired_of(
            [
                document("group", "staff", name="Staff"),
                document("group-rule", "all", name="All", expression='user.department=="X"', groups=["staff"]),
                document("authentication-policy", "strict", name="Strict", description="For money.", rules=[RULE]),
                document(
                    "bookmark-app",
                    "wiki",
                    label="Wiki",
                    url="https://wiki.example",
                    authentication_policy="strict",
                    groups=[{"group": "staff"}],
                ),
            ]
        )
    )


def shown(plan: Plan, kind: str, identity: str) -> list[tuple[str, str, bool]]:
    return [(str(one), one.field, one.managed) for one in plan.dependents.of(kind, identity)]


def test_managed_objects_refer_by_fields_and_lists_by_their_owners():
    assert shown(plan_of(world()), "group", STAFF) == [
        ("authentication-policy strict", "rules.groups_included", True),
        ("bookmark-app wiki", "groups.group", True),
        ("group-rule all", "groups", True),
    ]


def test_unmanaged_objects_are_named_as_okta_names_them():
    here = world()
    here.add(
        "group-rule",
        "by-hand",
        None,
        name="By hand",
        conditions={"expression": {"value": "true"}},
        actions={"assignUserToGroups": {"groupIds": [STAFF]}},
    )
    assert ("group-rule By hand", "groups", False) in shown(plan_of(here), "group", STAFF)


def test_an_observed_object_is_not_managed():
    here = world()
    environment = replace(here.desired.environment, modes={"group-rule": "observe"})
    here.desired = replace(here.desired, environment=environment)
    here.applied.pop(Address("group-rule", "all"))
    assert ("group-rule all", "groups", False) in shown(plan_of(here), "group", STAFF)


def test_members_that_definitions_do_not_cover_count():
    here = world()
    policy = here.add(
        "password-policy", "lobby", None, priority=1, conditions={"people": {"groups": {"exclude": [STAFF]}}}
    )
    here.put(policy)
    assert ("password-policy lobby", "conditions.people.groups.exclude", False) in shown(plan_of(here), "group", STAFF)


def test_an_app_that_no_kind_covers_refers_to_its_policy():
    plan = plan_of(world())
    href = f"https://acme.okta.com/api/v1/policies/{STRICT}"
    links = {"accessPolicy": {"href": href}}
    form = {"id": "0oa1", "label": "Old form", "signOnMode": mode_of_no_kind(), "_links": links}
    live = plan.live
    live = Snapshot(live.objects, live.unreadable, 0, live.by_id, (Outside("/api/v1/apps", form, False, "app"),))
    assert shown(replace(plan, match=plan.match.read_further(live)), "authentication-policy", STRICT) == [
        ("app Old form", "authentication_policy", False),
        ("bookmark-app wiki", "authentication_policy", True),
    ]


def test_an_object_does_not_refer_to_itself_or_to_its_owner():
    assert shown(plan_of(world()), "bookmark-app", identity_of("bookmark-app", "wiki")) == []
    assert [one for one in shown(plan_of(world()), "authentication-policy", STRICT) if "policy strict" in one[0]] == []


def test_what_okta_deletes_along_with_an_object_does_not_count():
    here = world()
    app = here.add("oidc-app", "crm", None, label="CRM", signOnMode="OPENID_CONNECT")
    here.add("app-rate-limit", "of-crm", None, principalId=app.id, defaultPercentage=50)
    here.add("profile-mapping", "to-crm", None, source={"id": "user-type:user"}, target={"id": app.id})
    here.add("inline-hook", "for-crm", None, name="For the CRM", note=app.id)

    assert shown(plan_of(here), "oidc-app", app.id) == [("inline-hook For the CRM", "note", False)]
