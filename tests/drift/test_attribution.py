"""Who did it: findings joined with events of the System Log."""

from datetime import UTC, datetime

import pytest

from reconciler.drift.attribution import attributed
from reconciler.drift.findings import Attribution, Finding, Verdict
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
def test_the_last_event_counts_in_whatever_order_they_come(minutes):
    assert cause(*(event(minute, actor_id=f"00u{minute}") for minute in minutes)).actor_id == "00u5"


def test_of_two_at_the_same_time_the_one_that_the_log_has_later_counts():
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
def test_what_cannot_have_caused_it_does_not_count(other):
    assert cause(other) is None
    assert cause(event(1), other) == cause(event(1))


def test_without_an_event_nobody_is_known():
    assert cause() is None


def test_what_has_no_id_is_attributed_to_nobody():
    pending = Finding(Verdict.PENDING, "oidc-app", "new", "New")
    assert cause(event(1), finding=pending) is None


@pytest.mark.parametrize(
    ("actor_id", "client_id", "by_reconciler"),
    [("0oaSelf", "", True), ("00u1", "0oaSelf", True), ("00u1", "0oaOther", False), ("00u1", "", False)],
)
def test_its_own_changes_are_known_as_such(actor_id, client_id, by_reconciler):
    found = cause(event(actor_id=actor_id, client_id=client_id), own={"0oaSelf"})
    assert found.by_reconciler is by_reconciler


def test_somebody_without_an_id_is_not_the_reconciler():
    assert cause(event(actor_id="", client_id=""), own=()).by_reconciler is False


def test_findings_keep_their_order_and_everything_else():
    other = Finding(Verdict.MISSING, "group", "staff", "Staff", okta_id="00g1")
    deleted = event(3, target="00g1", kind="group.lifecycle.delete", actor_id="00u2")
    found = attributed([other, APP, other], [deleted, event(1)], frozenset())
    assert [one.attribution and one.attribution.actor_id for one in found] == ["00u2", "00u1", "00u2"]
    assert [one.id for one in found] == [other.id, APP.id, other.id]


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.kind)
def test_every_kind_names_the_events_that_change_it(kind):
    assert kind.events
    for family in kind.events:
        finding = Finding(Verdict.CHANGED, kind.kind, "one", "One", okta_id="id1")
        assert cause(event(target="id1", kind=f"{family}something"), finding=finding) is not None
