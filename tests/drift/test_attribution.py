"""Attribution: findings joined with events of the System Log."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.drift.attribution import attributed
from reconciler.drift.findings import Attribution, Difference, Finding, Verdict
from reconciler.kinds import kinds
from reconciler.okta.system_log import LogEvent

APP = Finding(Verdict.CHANGED, "oidc-app", "console", "Console", okta_id="0oa1", field="label")
UPDATE = "application.lifecycle.update"


def event(minute=0, target="0oa1", kind=UPDATE, actor="kim@lumenpay.example", actor_id="00u1", client_id=""):
    time = datetime(2026, 3, 1, 2, minute, tzinfo=UTC)
    return LogEvent(kind, time, actor_id, actor, "198.51.100.1", client_id, frozenset({"other", target}))


def cause(*events, finding=APP, own=()):
    (found,) = attributed([finding], events, frozenset(own))
    return found.attribution


def test_an_event_says_who_when_from_where_and_what():
    assert cause(event(7)) == Attribution(
        "kim@lumenpay.example", "00u1", datetime(2026, 3, 1, 2, 7, tzinfo=UTC), "198.51.100.1", UPDATE, False
    )


@pytest.mark.parametrize("minutes", [(1, 5, 3), (5, 3, 1), (3, 1, 5)])
def test_the_last_event_counts_whatever_the_order(minutes):
    assert cause(*(event(minute, actor_id=f"00u{minute}") for minute in minutes)).actor_id == "00u5"


def test_of_two_events_at_the_same_time_the_later_in_the_log_counts():
    assert cause(event(3, actor_id="00u1"), event(3, actor_id="00u2")).actor_id == "00u2"


@pytest.mark.parametrize(
    "other",
    [
        event(9, target="0oa2"),
        event(9, kind="user.session.start"),
        event(9, kind="group.lifecycle.delete"),
        event(9, kind="policy.rule.update"),
    ],
    ids=["another-object", "no-change", "another-kind", "a-rule"],
)
def test_events_that_cannot_have_caused_the_finding_do_not_count(other):
    assert cause(other) is None
    assert cause(event(1), other) == cause(event(1))


def test_without_an_event_the_author_is_unknown():
    assert cause() is None


def test_an_object_without_an_id_has_no_author():
    pending = Finding(Verdict.PENDING, "oidc-app", "new", "New")
    assert cause(event(1), finding=pending) is None


@pytest.mark.parametrize(
    ("actor_id", "client_id", "by_reconciler"),
    [("0oaSelf", "", True), ("00u1", "0oaSelf", True), ("00u1", "0oaOther", False), ("00u1", "", False)],
)
def test_objects_made_by_the_reconciler_are_attributed_to_it(actor_id, client_id, by_reconciler):
    """For example, objects of a killed run."""
    left = replace(APP, verdict=Verdict.UNMANAGED, name="", field="")
    found = cause(event(actor_id=actor_id, client_id=client_id), finding=left, own={"0oaSelf"})
    assert found.by_reconciler is by_reconciler


@pytest.mark.parametrize("verdict", [Verdict.CHANGED, Verdict.MISSING, Verdict.CONFLICT, Verdict.BEYOND])
def test_drift_is_not_attributed_to_the_reconciler(verdict):
    finding = replace(APP, verdict=verdict)
    assert cause(event(1, actor_id="0oaSelf"), finding=finding, own={"0oaSelf"}) is None


def test_events_before_the_last_apply_do_not_count():
    before, applied, after = event(1, actor_id="00u1"), event(2, actor_id="0oaSelf"), event(3, actor_id="00u3")
    assert cause(before, applied, own={"0oaSelf"}) is None
    assert cause(before, applied, after, own={"0oaSelf"}).actor_id == "00u3"


# Effects of events

RULE = Finding(Verdict.CHANGED, "global-session-policy-rule", "staff", "Staff", okta_id="0pr1", field="access")
ZONE = Finding(Verdict.CHANGED, "network-zone", "office", "Office", okta_id="nzo1", field="gateways")
SERVER = Finding(Verdict.CHANGED, "authorization-server", "api", "API", okta_id="aus1", field="audiences")
RULES = Finding(
    Verdict.CHANGED, "authentication-policy-rules", "strict", "Strict", okta_id="rst1", field="rules", expected=[]
)


def rules(path, expected, actual):
    return replace(RULES, differences=[Difference(path, expected, actual)])


@pytest.mark.parametrize(
    ("finding", "events", "named"),
    [
        (RULE, ["policy.rule.deactivate", "policy.rule.update", "policy.rule.activate"], "policy.rule.update"),
        (RULE, ["policy.rule.update", "policy.rule.deactivate", "policy.rule.activate"], "policy.rule.update"),
        (replace(RULE, field="status"), ["policy.rule.deactivate", "policy.rule.update"], "policy.rule.deactivate"),
        (replace(RULE, verdict=Verdict.MISSING), ["policy.rule.delete", "policy.rule.update"], "policy.rule.delete"),
        (
            replace(RULE, verdict=Verdict.UNMANAGED, name="", field=""),
            ["policy.rule.add", "policy.rule.update", "policy.rule.activate"],
            "policy.rule.add",
        ),
        (replace(RULE, verdict=Verdict.BEYOND), ["policy.rule.update", "policy.rule.activate"], "policy.rule.update"),
        (RULE, ["policy.rule.deactivate", "policy.rule.activate"], "policy.rule.activate"),
        (ZONE, ["zone.deactivate", "zone.update", "zone.activate"], "zone.update"),
        (replace(ZONE, field="usage"), ["zone.make_blacklist", "zone.activate"], "zone.make_blacklist"),
        (SERVER, ["oauth2.as.updated", "oauth2.as.deactivated"], "oauth2.as.updated"),
        (replace(SERVER, field="status"), ["oauth2.as.deactivated", "oauth2.as.updated"], "oauth2.as.deactivated"),
        (
            rules("rules[A].access", "DENY", "ALLOW"),
            ["policy.rule.update", "policy.rule.deactivate"],
            "policy.rule.update",
        ),
        (
            rules("rules[A].status", "ACTIVE", "INACTIVE"),
            ["policy.rule.deactivate", "policy.rule.add"],
            "policy.rule.deactivate",
        ),
        (rules("rules[A]", None, {}), ["policy.rule.add", "policy.rule.update"], "policy.rule.add"),
        (rules("rules[A]", {}, None), ["policy.rule.delete", "policy.rule.update"], "policy.rule.delete"),
        (rules("rules[A]", {}, None), ["policy.rule.delete", "policy.rule.activate"], "policy.rule.delete"),
    ],
)
def test_the_event_with_the_effect_of_the_finding_counts(finding, events, named):
    found = cause(
        *(event(minute, target=finding.okta_id, kind=kind) for minute, kind in enumerate(events)), finding=finding
    )
    assert found.event == named


def test_of_several_matching_events_the_last_counts():
    events = [event(minute, target="nzo1", kind="zone.update", actor_id=f"00u{minute}") for minute in (1, 2)]
    switched = event(3, target="nzo1", kind="zone.activate", actor_id="00u3")
    assert cause(*events, switched, finding=ZONE).actor_id == "00u2"


DEACTIVATED = "group.user_membership.rule.deactivated"
GROUP_RULE = Finding(
    Verdict.CHANGED, "group-rule", "staff", "Staff", okta_id="0pr1", field="expression", detail="only observed"
)


@pytest.mark.parametrize("field", ["expression", "status"])
def test_a_change_that_okta_does_not_log_is_marked(field):
    """A change of a group rule has no event of its own: only the deactivation before it has."""
    finding = replace(GROUP_RULE, field=field)
    (found,) = attributed([finding], [event(1, target="0pr1", kind=DEACTIVATED)], frozenset())
    assert found.attribution
    assert found.attribution.event == DEACTIVATED
    assert ("Okta logs no event when a group rule is" in found.detail) is (field == "expression")
    assert found.detail.startswith("only observed")


# Groups of apps

GROUPS = Finding(
    Verdict.CHANGED,
    "app-group-assignments",
    "console",
    "Console",
    okta_id="0oa1",
    field="groups",
    expected=[{"group": "staff"}, {"group": "guests"}],
    actual=[{"group": "staff"}],
    differences=[Difference("groups[guests]", {"group": "guests"}, None)],
)
GUESTS = Finding(Verdict.MISSING, "group", "guests", "Guests", okta_id="00g1")
DELETED = event(3, target="00g1", kind="group.lifecycle.delete", actor_id="00uEve")


def assignment(minute, what, actor_id):
    return event(minute, kind=f"group.application_assignment.{what}", actor_id=actor_id)


def test_a_change_of_the_app_is_not_a_change_of_its_assignments():
    assert cause(assignment(1, "remove", "00uEve"), event(2, actor_id="00uBob"), finding=GROUPS).actor_id == "00uEve"


@pytest.mark.parametrize("what", ["add", "update", "remove"])
def test_a_removal_is_not_attributed_to_an_addition(what):
    found = cause(assignment(1, what, "00uEve"), finding=GROUPS)
    assert (found is None) is (what == "add")


def test_an_additional_item_is_attributed_to_its_addition():
    more = Difference("groups[everyone]", None, {"group": "everyone"})
    finding = replace(GROUPS, differences=[*GROUPS.differences, more])
    assert cause(assignment(1, "add", "00uEve"), finding=finding).actor_id == "00uEve"


def together(*findings, events):
    return [
        one.attribution and one.attribution.actor_id for one in attributed(findings, events, frozenset({"0oaSelf"}))
    ]


@pytest.mark.parametrize("events", [[DELETED], [assignment(1, "add", "0oaSelf"), DELETED, event(4, actor_id="00uBob")]])
def test_a_reference_lost_with_a_group_is_attributed_to_whoever_deleted_it(events):
    assert together(GROUPS, GUESTS, events=events) == ["00uEve", "00uEve"]


def test_without_an_event_for_the_deletion_the_author_is_unknown():
    assert together(GROUPS, GUESTS, events=[assignment(1, "update", "00uBob")]) == [None, None]


def test_a_remaining_group_was_removed_from_the_app():
    assert together(GROUPS, events=[DELETED, assignment(4, "remove", "00uBob")]) == ["00uBob"]


def test_other_differences_are_not_attributed_to_a_deletion():
    profile = Difference("groups[staff].profile.role", "reader", "admin")
    finding = replace(GROUPS, differences=[*GROUPS.differences, profile])
    events = [DELETED, assignment(4, "update", "00uBob")]
    assert together(finding, GUESTS, events=events) == ["00uBob", "00uEve"]


def test_an_app_moves_when_its_policy_is_deleted():
    moved = replace(
        APP,
        field="authentication_policy",
        expected="strict",
        actual="default",
        differences=[Difference("authentication_policy", "strict", "default")],
    )
    policy = Finding(Verdict.MISSING, "authentication-policy", "strict", "Strict", okta_id="rst1")
    deleted = event(3, target="rst1", kind="policy.lifecycle.delete", actor_id="00uEve")
    assert together(moved, policy, events=[deleted, event(4, actor_id="00uBob")]) == ["00uEve", "00uEve"]


def test_an_actor_without_an_id_is_not_the_reconciler():
    assert cause(event(actor_id="", client_id=""), own=()).by_reconciler is False


def test_findings_keep_their_order_and_everything_else():
    other = Finding(Verdict.MISSING, "group", "staff", "Staff", okta_id="00g1")
    deleted = event(3, target="00g1", kind="group.lifecycle.delete", actor_id="00u2")
    found = attributed([other, APP, other], [deleted, event(1)], frozenset())
    assert [one.attribution and one.attribution.actor_id for one in found] == ["00u2", "00u1", "00u2"]
    assert [one.id for one in found] == [other.id, APP.id, other.id]


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_every_kind_names_the_events_that_change_it(kind):
    assert kind.events or kind.unlogged
    for family in kind.events:
        finding = Finding(Verdict.CHANGED, kind.name, "one", "One", okta_id="id1")
        assert cause(event(target="id1", kind=f"{family}something"), finding=finding) is not None
