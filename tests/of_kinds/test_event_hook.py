"""Event hooks."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, Refused, Requests, rule

HOOK = "event-hook"
_AUTH = {"key": "Authorization", "value": "env:TEST_APP_SECRET"}
_DELETES = "stand_in/test_objects.py::test_delete_deactivates_where_required"

about(
    kind=HOOK,
    usual={"name": "Tested", "events": ["user.lifecycle.create"], "uri": "https://hooks.example.com/okta"},
    harmless=frozenset({"name", "version"}),
    rules=(
        rule(
            HOOK,
            "create update",
            "channel without uri or without version",
            Refused(HOOK, "uri", "", {"uri": OMIT}),
            Refused(HOOK, "version", "", {"version": ""}),
        ),
        rule(
            HOOK,
            "create update",
            "auth given without key or without value",
            Refused(HOOK, "auth.key", "", {"auth": {"value": _AUTH["value"]}}, {"auth": _AUTH}),
            Refused(HOOK, "auth.value", "", {"auth": {"key": "Authorization"}}, {"auth": _AUTH}),
        ),
        rule(HOOK, "create update", "channel.type or auth.type unset", Converges(HOOK, {"auth": _AUTH})),
        rule(
            HOOK,
            "create update",
            "status differs from the answer",
            Converges(HOOK, {"status": "INACTIVE"}),
            Converges(HOOK, before={"status": "INACTIVE"}),
        ),
        rule(HOOK, "create", "status unset", Converges(HOOK, {"status": "ACTIVE"})),
        rule(HOOK, "delete", "always", Requests("ACTIVE objects are deactivated first", _DELETES)),
    ),
    attacks={
        "events-redirected": (
            changed(HOOK, "uri", "https://siem.example.com", "https://evil.example"),
            changed(HOOK, "auth", {"key": "Authorization"}, None),
            whole(Verdict.UNMANAGED, HOOK),
        ),
        "monitoring-reduced": (
            changed(HOOK, "events", ["user.session.start", "policy.rule.update"], ["user.session.start"]),
            changed(HOOK, "status", "ACTIVE", "INACTIVE"),
            changed(HOOK, "events.filter.eventFilterMap[0]", None, {"event": "a"}, Verdict.BEYOND),
            changed(HOOK, "verificationStatus", "VERIFIED", "UNVERIFIED", Verdict.BEYOND),
            whole(Verdict.MISSING, HOOK),
        ),
    },
    innocent={
        "events-redirected": (changed(HOOK, "events", ["a.b"], []), changed(HOOK, "name", "a", "b")),
        "monitoring-reduced": (
            changed(HOOK, "events", ["user.session.start"], ["policy.rule.update", "user.session.start"]),
            changed(HOOK, "status", "INACTIVE", "ACTIVE"),
        ),
    },
)
