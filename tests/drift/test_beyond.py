"""What changes beyond what any kind declares: found if it means something, and never with a secret."""

from __future__ import annotations

import json

import pytest

from reconciler.drift.beyond import BY_ITSELF, baseline, beyond, remainder
from reconciler.drift.findings import Verdict
from reconciler.engine.state import EMPTY
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject
from tests.drift import live


def found(before, after):
    known = json.loads(json.dumps(baseline(live.snapshot(before))))  # as it comes back from a file
    return list(beyond(known, live.snapshot(after), live.desired(), live.state()))


def test_nothing_changed_is_nothing_found():
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
def test_what_no_kind_declares_is_found_with_both_values(path, before, after):
    (finding,) = [one for one in found(live.APP, live.changed(path, after)) if one.field == path]
    assert finding.verdict is Verdict.BEYOND
    assert (finding.kind, finding.name, finding.okta_id) == ("oidc-app", "console", "0oa1")
    assert (finding.expected, finding.applied, finding.actual) == (before, before, after)
    assert [(one.path, one.expected, one.actual) for one in finding.differences] == [(path, before, after)]
    assert finding.source is None


def test_what_is_new_and_what_is_gone_is_found():
    (new,) = found(live.APP, live.changed("settings.another", {"mode": "x"}))
    assert (new.field, new.expected, new.actual) == ("settings.another.mode", None, "x")
    (gone,) = found(live.APP, live.changed("settings.futureFeature", ...))
    assert (gone.field, gone.expected, gone.actual) == ("settings.futureFeature", "off", None)


def test_what_okta_gives_to_all_objects_at_once_is_nobodys_change():
    def two(*values):
        apps = [{**live.APP, "id": f"0oa{number}"} for number in (1, 2)]
        return [
            app if value is ... else live.changed("settings.released", value, app)
            for value, app in zip(values, apps, strict=True)
        ]

    def fields(*values):
        known = baseline(live.snapshot(*two(..., ...)))
        after = live.snapshot(*two(*values))
        findings = beyond(known, after, live.desired("0oa1", "0oa2"), live.state("0oa1", "0oa2"))
        return [(one.okta_id, one.field) for one in findings]

    assert fields("off", "off") == []
    assert fields("off", "on") == [("0oa1", "settings.released"), ("0oa2", "settings.released")]
    assert fields("on", ...) == [("0oa1", "settings.released")]


@pytest.mark.parametrize(("path", "value"), [("label", "Other"), ("settings.oauthClient.grant_types", ["password"])])
def test_what_a_kind_declares_is_for_the_comparison(path, value):
    assert found(live.APP, live.changed(path, value)) == []


@pytest.mark.parametrize("member", sorted(BY_ITSELF))
def test_what_changes_by_itself_is_no_finding(member):
    """At the top, and inside a member that no kind declares."""
    deep = live.changed(f"visibility.newThing.{member}", "1")
    assert found(deep, live.changed(f"visibility.newThing.{member}", "2")) == []
    if member != "id":
        assert found(live.changed(member, "1"), live.changed(member, "2")) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [("credentials.signing.rotationMode", "AUTO"), ("credentials.oauthClient.autoKeyRotation", True)],
)
def test_a_key_that_rotates_by_itself_is_no_finding(path, value):
    rotating = live.changed(path, value)
    assert found(rotating, live.changed("credentials.signing.kid", "key-2", rotating)) == []


def test_no_secret_is_kept():
    assert "CANARY" in json.dumps(live.APP)
    assert "CANARY" not in json.dumps(baseline(live.snapshot(live.APP)))


@pytest.mark.parametrize("name", ["client_secret", "clientSecret", "sharedSecret", "secretKey", "password"])
def test_a_secret_is_known_by_its_name_wherever_it_stands(name):
    app = live.changed(f"visibility.newThing.{name}", {"deep": ["CANARY-deep"], "value": "CANARY-value"})
    assert "CANARY" not in json.dumps(baseline(live.snapshot(app)))


def test_an_object_that_nobody_knew_is_no_finding():
    """It was not there after the last up, or no baseline says what it was like."""
    assert list(beyond({}, live.snapshot(live.APP), live.desired(), live.state())) == []
    assert list(beyond({"oidc-app": {}}, live.snapshot(live.APP), live.desired(), live.state())) == []


def test_an_object_that_is_gone_or_not_managed_is_no_finding():
    known = baseline(live.snapshot(live.APP))
    other = live.snapshot(live.changed("settings.futureFeature", "on"))
    assert list(beyond(known, live.snapshot(), live.desired(), live.state())) == []
    assert list(beyond(known, other, live.desired(), EMPTY)) == []
    assert len(list(beyond(known, other, live.desired(), live.state()))) == 1


def test_findings_come_in_the_order_of_their_paths():
    after = live.changed("settings.zeta", 1, live.changed("settings.alpha", 1, live.changed("features", ["x"])))
    assert [one.field for one in found(live.APP, after)] == sorted(one.field for one in found(live.APP, after))
    assert len(found(live.APP, after)) >= 2


def test_a_whole_list_has_nothing_beyond_itself():
    app = LiveObject(live.KIND, "0oa1", live.APP)
    assignments = kind_named("app-group-assignments")
    assert remainder(LiveObject(assignments, "0oa1", {"groups": [{"id": "00g1", "extra": 1}]}, app)) == {}
