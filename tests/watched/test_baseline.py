"""The baseline of what is watched: what it stores, what an `up` renews, and what `accept` takes over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import orjson
import pytest

from reconciler.drift import watched_values
from reconciler.drift.baseline_values import Baseline, baseline, with_accepted
from reconciler.drift.unmanaged import kept_unmanaged, renewed
from reconciler.drift.watched_baseline import after_up, incomplete_rows, newly_marked
from reconciler.drift.watched_values import is_of_unmanaged
from reconciler.kinds import kinds
from reconciler.okta.snapshot import Snapshot
from reconciler.watched import Watch, read_rows, row_of_word, table
from tests.watched.org import Org, baseline_of
from tests.watched.seeds import APPS, GROUPS, IAM, IDPS, POLICIES, USERS, google, seed, service, stream, user


@pytest.fixture
def org(monkeypatch: pytest.MonkeyPatch) -> Iterator[Org]:
    """A tenant with something in every collection. All rows are read, whatever kinds have taken over."""
    monkeypatch.setattr(table, "lists_of_kinds", frozenset)
    caches = (table._read_rows, table._by_word)
    for cache in caches:
        cache.cache_clear()
    org = Org()
    seed(org)
    yield org
    for cache in caches:
        cache.cache_clear()


def beyond(org: Org, before: Baseline) -> list[tuple[str, str, str]]:
    """What the rows find; kinds find it too if they cover it."""
    found = (one for one in org.findings(before) if one.verdict == "beyond")
    return [(one.kind, one.label, one.field) for one in found if one.detail.startswith("no kind covers it")]


def test_no_secret_is_stored(org: Org):
    content = orjson.dumps(baseline(org.read()))
    assert b"CANARY" not in content
    assert b"(secret " in content


def test_a_changed_secret_is_noticed_and_not_shown(org: Org):
    before = baseline_of(org.read())
    headers = [{"key": "X-Team", "value": "CANARY-other"}]
    org.edit("/api/v1/eventHooks/{event_hook}", channel__config__headers=headers)
    (finding,) = [one for one in org.findings(before) if one.detail.startswith("no kind covers it")]
    assert finding.field == "channel.config.headers"
    assert finding.expected != finding.actual
    assert "CANARY" not in f"{finding.expected} {finding.actual}"


def test_rows_that_the_baseline_lacks_are_no_findings(org: Org):
    before = {word: items for word, items in baseline_of(org.read()).items() if "idps" not in word}
    org.make("rogue", IDPS, google("Rogue"))
    assert beyond(org, before) == []
    assert [row.word for row in incomplete_rows(before, read_rows())] == ["identity-provider", "identity-provider-key"]


def test_an_up_adds_the_rows_that_the_baseline_lacks(org: Org):
    before = {word: items for word, items in baseline_of(org.read()).items() if "idps" not in word}
    live = org.read(Watch(incomplete_rows(before, read_rows())), wanted=[])
    assert live.requests == 2
    after = {**before, **after_up(before, live.watched, ())}
    assert incomplete_rows(after, read_rows()) == ()
    org.make("rogue", IDPS, google("Rogue"))
    assert beyond(org, after) == [("identity-provider", "Rogue", "")]


def test_an_up_renews_the_relations_of_objects_that_it_made(org: Org):
    before = baseline_of(org.read())
    org.make("made", APPS, service("Made"))
    org.post(f"{APPS}/{{made}}/grants", {"scopeId": "okta.users.manage", "issuer": "http://tenant.test"})
    org.post(f"{APPS}/{{service}}/grants", {"scopeId": "okta.apps.manage", "issuer": "http://tenant.test"})
    assert len(beyond(org, before)) == 2

    rows = tuple(row for row in read_rows() if row.below == APPS)
    watch = Watch(rows, partly=frozenset(row.address for row in rows), owners=frozenset({org.ids["made"]}))
    live = org.read(watch, wanted=[])
    after = {**before, **after_up(before, live.watched, {org.ids["made"]})}

    assert beyond(org, after) == [("api-scope-of-app", "Service: okta.apps.manage", "")]
    assert {owner for lists in live.watched.lists.values() for owner in lists} == {org.ids["made"]}


def test_items_that_follow_other_objects_are_recorded_by_the_next_up(org: Org):
    before = baseline_of(org.read())
    org.make("made", APPS, service("Made"))
    assert beyond(org, before) == []
    (row,) = [row for row in read_rows() if row.word == "rate-limit-of-app"]
    after = {**before, **after_up(before, org.read(Watch((row,)), wanted=[]).watched, ())}
    (limit,) = [one for one in org.get(f"{row.request()}") if one["principalId"] == org.ids["made"]]
    body = {"principalId": org.ids["made"], "principalType": "OAUTH_CLIENT", "defaultPercentage": 100}
    org.send("PUT", f"/api/v1/principal-rate-limits/{limit['id']}", body)
    assert [field for _, _, field in beyond(org, after)] == ["defaultPercentage"]
    assert beyond(org, before) == [], "not known"


def test_an_up_removes_the_relations_of_objects_that_it_deleted(org: Org):
    before = baseline_of(org.read())
    address = f"{APPS}/{{id}}/credentials/secrets"
    assert any(org.ids["service"] in one for one in before[address])
    org.post(f"{APPS}/{{service}}/lifecycle/deactivate")
    org.send("DELETE", f"{APPS}/{{service}}")
    assert beyond(org, before) == [], "the app itself is a finding"
    after = {**before, **after_up(before, org.read().watched, {org.ids["service"]})}
    assert not any(org.ids["service"] in one for one in after[address])


def test_accepted_findings_are_gone_and_others_stay(org: Org):
    before = baseline_of(org.read())
    org.make("rogue", IDPS, google("Rogue"))
    org.edit(f"{IDPS}/{{idp}}", protocol__credentials__client__client_id="other", name="Renamed")
    org.send("DELETE", "/api/v1/logStreams/{other_stream}")
    org.make("new_rule", f"{POLICIES}/{{enrollment_policy}}/rules", {"name": "N", "type": "MFA_ENROLL"})
    org.edit(f"{POLICIES}/{{enrollment_policy}}/rules/{{second_rule}}", priority=1)
    live = org.read()
    findings = [one for one in org.findings(before, live) if one.detail.startswith("no kind covers it")]
    assert len(findings) == 6

    for number in range(len(findings)):
        after = with_accepted(before, live, findings[: number + 1])
        left = [one.id for one in org.findings(after, live) if one.detail.startswith("no kind covers it")]
        assert left == [one.id for one in findings[number + 1 :]]


def test_long_lists_are_digests(org: Org, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watched_values, "LONG", 2)
    org.make("another", "/api/v1/logStreams", stream("Another"))
    live = org.read()
    before = baseline_of(live)
    assert list(before["/api/v1/logStreams"]) == ["/"]
    assert beyond(org, before) == []

    org.make("new", "/api/v1/logStreams", stream("New"))
    org.edit("/api/v1/logStreams/{stream}", name="Renamed")
    org.send("DELETE", "/api/v1/logStreams/{other_stream}")
    live = org.read()
    found = [one for one in org.findings(before, live) if one.detail.startswith("no kind covers it")]
    assert [(one.label, one.field) for one in found] == [("New", ""), ("Renamed", "*"), ("1 of a long list", "")]
    assert {one.severity.word for one in found} == {"high", "critical"}
    after = with_accepted(before, live, found)
    assert beyond(org, after) == []


def test_many_new_items_are_one_finding(org: Org):
    before = baseline_of(org.read())
    for number in range(25):
        org.make(f"member{number}", f"{USERS}?activate=true", user(f"member{number}@example.com"))
        org.send("PUT", f"{GROUPS}/{{sensitive_group}}/users/{{member{number}}}")
    live = org.read()
    (finding,) = [one for one in org.findings(before, live) if one.detail.startswith("no kind covers it")]
    assert (finding.kind, finding.label) == ("member-of-group", "Sensitive_Group: 25 items")
    assert len(finding.actual) == 25
    assert finding.severity.word == "critical"
    assert beyond(org, with_accepted(before, live, [finding])) == []


def test_an_object_that_was_just_marked_is_compared_after_the_next_up(org: Org):
    marked = org.ids.pop("sensitive_group")
    org.send("PUT", f"{GROUPS}/{marked}/users/{{eve}}")
    before = baseline_of(org.read())
    org.ids["sensitive_group"] = marked
    assert beyond(org, before) == []

    row = row_of_word("member-of-group")
    assert row
    assert newly_marked(row, before, {marked: GROUPS}) == {marked}
    assert newly_marked(row, before, {marked: APPS}) == set()
    watch = Watch((row,), frozenset({marked}), frozenset({row.address}), frozenset({marked}))
    after = {**before, **after_up(before, org.read(watch, wanted=[]).watched, ())}
    assert newly_marked(row, after, {marked: GROUPS}) == set()

    org.send("PUT", f"{GROUPS}/{marked}/users/{{mallory}}")
    assert [label for _, label, _ in beyond(org, after)] == ["Sensitive_Group: mallory@example.com"]
    del org.ids["sensitive_group"]
    assert beyond(org, after) == [], "no longer marked"


class Refusing(httpx.AsyncBaseTransport):
    """A transport that answers some paths with an error."""

    def __init__(self, inner: httpx.AsyncBaseTransport, **refused: int) -> None:
        self.inner, self.refused = inner, refused

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for part, status in self.refused.items():
            if part in request.url.path and request.method == "GET":
                return httpx.Response(status, json={"errorCode": "E0000006", "errorSummary": "no"})
        return await self.inner.handle_async_request(request)


def refusing(org: Org, **refused: int) -> Snapshot:
    """The tenant as credentials see it that may read less."""
    org.transport = Refusing(org.transport, **refused)
    return org.read()


def test_what_the_credentials_cannot_see_is_reported_and_no_drift(org: Org):
    before = baseline_of(org.read())
    org.make("rogue", IDPS, google("Rogue"))
    live = refusing(org, idps=403, roles=403)
    assert set(live.watched.not_visible) >= {"identity-provider", "custom-admin-role", "permission-of-admin-role"}
    assert beyond(org, before) == []
    of_kinds = {kind.name for kind in kinds()}
    assert [one for one in org.findings(before, live) if one.verdict == "unreadable" and one.kind not in of_kinds] == []


def test_what_failed_is_a_finding(org: Org):
    before = baseline_of(org.read())
    live = refusing(org, **{"api-tokens": 409})
    (finding,) = [one for one in org.findings(before, live) if one.verdict == "unreadable"]
    assert finding.kind == "api-token"
    assert "409" in finding.detail


def test_what_was_not_visible_at_the_last_up_is_added_later(org: Org):
    transport = org.transport
    before = baseline_of(refusing(org, **{"resource-sets": 403}))
    org.transport = transport
    assert beyond(org, before) == []
    missing = incomplete_rows(before, read_rows())
    sets = "/api/v1/iam/resource-sets"
    relations = ("", "/{id}/resources", "/{id}/bindings", "/{id}/bindings/{id}/members")
    assert {row.address for row in missing} == {f"{sets}{path}" for path in relations}
    after = {**before, **after_up(before, org.read(Watch(missing), wanted=[]).watched, ())}
    assert incomplete_rows(after, read_rows()) == ()
    org.send("PATCH", f"{IAM}/resource-sets/{{set}}/resources", {"additions": [f"http://tenant.test{GROUPS}"]})
    assert [kind for kind, _, _ in beyond(org, after)] == ["resource-of-resource-set"]


def of_kinds(org: Org, before: Baseline) -> list[tuple[str, str, str]]:
    """What is found about undeclared objects of kinds besides that they exist."""
    found = (one for one in org.findings(before) if one.verdict == "beyond" and one.detail.startswith("not declared"))
    return [(one.kind, one.label, one.field) for one in found]


ORIGIN = {"name": "Old", "origin": "https://old.example", "scopes": [{"type": "CORS"}]}


def test_changed_and_removed_undeclared_objects_of_kinds_are_found_until_accepted(org: Org):
    org.make("origin", "/api/v1/trustedOrigins", ORIGIN)
    org.make("other", "/api/v1/trustedOrigins", {**ORIGIN, "name": "Other", "origin": "https://other.example"})
    before = baseline_of(org.read())
    assert of_kinds(org, before) == []

    org.edit("/api/v1/trustedOrigins/{origin}", origin="https://evil.example")
    org.send("DELETE", "/api/v1/trustedOrigins/{other}")
    assert of_kinds(org, before) == [("trusted-origin", "Old", "origin"), ("trusted-origin", "Other", "")]
    live = org.read()
    findings = [one for one in org.findings(before, live) if one.detail.startswith("not declared;")]
    assert {one.severity.word for one in findings if one.field} == {"high"}
    assert of_kinds(org, with_accepted(before, live, findings)) == []


def test_an_undeclared_object_says_whether_it_is_new(org: Org):
    org.make("origin", "/api/v1/trustedOrigins", ORIGIN)
    before = baseline_of(org.read())
    org.make("other", "/api/v1/trustedOrigins", {**ORIGIN, "name": "New", "origin": "https://new.example"})
    found = {one.label: one for one in org.findings(before) if one.kind == "trusted-origin"}
    assert (found["Old"].new, found["New"].new) == (False, True)
    assert found["New"].detail.endswith("added since the last `up`")


def test_a_declared_object_is_not_kept_as_an_undeclared_one(org: Org):
    org.make("origin", "/api/v1/trustedOrigins", ORIGIN)
    org.make("other", "/api/v1/trustedOrigins", {**ORIGIN, "name": "Other", "origin": "https://other.example"})
    live = org.read()
    before = kept_unmanaged(live, ())
    assert set(before["trusted-origin?"]) == {org.ids["origin"], org.ids["other"]}
    assert set(renewed(before, live, {org.ids["origin"]}, ())["trusted-origin?"]) == {org.ids["other"]}
    org.edit("/api/v1/trustedOrigins/{other}", origin="https://evil.example")
    now = org.read()
    assert renewed(before, now, (), ())["trusted-origin?"] == before["trusted-origin?"], "changes are still found"
    released = renewed(before, now, (), {org.ids["other"]})["trusted-origin?"][org.ids["other"]]
    assert released["origin"] == "https://evil.example"


def test_relations_of_an_object_that_was_just_released_are_no_findings(org: Org, monkeypatch: pytest.MonkeyPatch):
    """Until then a kind compared them, so that the baseline has no entry for the object."""
    address = f"{POLICIES}/{{id}}/rules?type=MFA_ENROLL"
    before = dict(baseline_of(org.read()))
    of_policy = org.ids["enrollment_policy"]
    before[address] = {one: values for one, values in before[address].items() if not one.startswith(of_policy)}
    assert len(beyond(org, before)) == 3, "without a kind they are new"
    monkeypatch.setattr(table, "lists_of_kinds", lambda: frozenset({address}))
    released = {
        word: {one: values for one, values in items.items() if one != of_policy or not is_of_unmanaged(word)}
        for word, items in before.items()
    }
    assert beyond(org, {**released, "mfa-enrollment-policy": {of_policy: {}}}) == []


def test_an_undeclared_object_that_had_no_relation_has_a_new_one(org: Org, monkeypatch: pytest.MonkeyPatch):
    """Also if a kind reads the relation of managed objects."""
    before = baseline_of(org.read())
    org.post(f"{GROUPS}/{{staff}}/roles", {"type": "SUPER_ADMIN"})
    monkeypatch.setattr(table, "lists_of_kinds", lambda: frozenset({f"{GROUPS}/{{id}}/roles"}))
    assert [kind for kind, _, _ in beyond(org, before)] == ["admin-role-of-group"]


def test_items_that_a_kind_reads_now_are_not_removed(org: Org):
    """A run that made the owner recorded them without the kind."""
    live = org.read()
    before = baseline_of(live)
    (row,) = (one for one in live.watched.rows if one.word == "admin-role-of-group")
    owner, *others = [one for one, items in live.watched.of(row).items() if items]
    lists = {**live.watched.lists, row.address: {one: live.watched.of(row)[one] for one in others}}
    gone = replace(live, watched=replace(live.watched, lists=lists))
    by_kind = replace(gone, watched=replace(gone.watched, by_kinds=frozenset({(row.address, owner)})))

    assert row.word in {one.kind for one in org.findings(before, gone)}
    assert row.word not in {one.kind for one in org.findings(before, by_kind)}
