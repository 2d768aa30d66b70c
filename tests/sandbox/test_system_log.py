import pytest

from .conftest import Okta
from .test_paging import next_of
from .valid_requests import ACCESS_RULE


def test_event_has_actor_and_target(okta: Okta) -> None:
    group = okta.group("Team")
    (event,) = okta.get("/api/v1/logs", filter=f'target.id eq "{group}"')
    assert event["eventType"] == "group.lifecycle.create"
    assert event["actor"]["alternateId"] == "admin@sandbox.test"
    assert event["target"][0]["displayName"] == "Team"


def test_events_of_a_lifecycle(okta: Okta) -> None:
    zone = okta.post("/api/v1/zones", {"type": "IP", "name": "z"})["id"]
    okta.put(f"/api/v1/zones/{zone}", {"type": "IP", "name": "z2"})
    okta.post(f"/api/v1/zones/{zone}/lifecycle/deactivate")
    okta.delete(f"/api/v1/zones/{zone}")
    assert okta.events(filter='eventType sw "zone."') == [
        "zone.create",
        "zone.update",
        "zone.deactivate",
        "zone.delete",
    ]


def test_refused_change_has_no_event(okta: Okta) -> None:
    okta.group("Team")
    before = okta.events()
    okta.post("/api/v1/groups", {"profile": {"name": "Team"}}, status=400)
    okta.get("/api/v1/groups")
    assert okta.events() == before


def test_a_window_of_time(okta: Okta) -> None:
    okta.group("early")
    okta.clock.advance(hours=1)
    okta.group("late")
    noon_and_half = "2026-01-01T12:30:00.000Z"
    targets = [event["target"][0]["displayName"] for event in okta.get("/api/v1/logs", since=noon_and_half)]
    assert targets == ["late"]
    assert len(okta.get("/api/v1/logs", until=noon_and_half)) == 1


def test_a_poll_always_has_a_next_page_and_a_window_does_not(okta: Okta) -> None:
    okta.group("one")
    response = okta.request("GET", "/api/v1/logs")
    following = next_of(response.headers["link"])
    assert following is not None
    assert okta.request("GET", following).json() == []
    okta.group("two")
    assert [event["target"][0]["displayName"] for event in okta.request("GET", following).json()] == ["two"]
    window = okta.request("GET", "/api/v1/logs?until=2030-01-01T00:00:00.000Z")
    assert next_of(window.headers["link"]) is None


def test_newest_first_in_pages(okta: Okta) -> None:
    for name in "abc":
        okta.group(name)
    response = okta.request("GET", "/api/v1/logs?sortOrder=DESCENDING&limit=2")
    assert [event["target"][0]["displayName"] for event in response.json()] == ["c", "b"]
    rest = okta.request("GET", next_of(response.headers["link"]) or "").json()
    assert [event["target"][0]["displayName"] for event in rest] == ["a"]


def test_filterable_attributes(okta: Okta) -> None:
    group = okta.group("Team")
    okta.post("/api/v1/zones", {"type": "IP", "name": "z"})
    me, (event,) = okta.get("/api/v1/users/me")["id"], okta.get("/api/v1/logs", q="Team")
    token = event["transaction"]["detail"]["requestApiTokenId"]
    for expression, found in (
        ('eventType sw "group." or eventType eq "zone.create"', 2),
        (f'actor.id eq "{me}" and target.id eq "{group}"', 1),
        (f'transaction.detail.requestApiTokenId eq "{token}"', 2),
        (f'transaction.id eq "{event["transaction"]["id"]}"', 1),
        ('outcome.result eq "FAILURE"', 0),
        ('client.userAgent.rawUserAgent co "python-httpx"', 2),
        ('not (target.type eq "UserGroup") and severity eq "INFO"', 1),
        (f'uuid eq "{event["uuid"]}"', 1),
    ):
        assert len(okta.get("/api/v1/logs", filter=expression)) == found, expression
    for expression in (
        'published gt "2026"',
        "eventType",
        'debugContext.debugData.requestUri co "x"',
        'eventType is "x"',
    ):
        assert okta.request("GET", "/api/v1/logs", params={"filter": expression}).status_code == 400, expression


@pytest.mark.parametrize(
    "query", [{"since": "yesterday"}, {"until": "2026-13-01"}, {"sortOrder": "UP"}, {"q": "x" * 41}, {"q": "a " * 11}]
)
def test_invalid_queries(okta: Okta, query: dict[str, str]) -> None:
    response = okta.request("GET", "/api/v1/logs", params=query)
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000001")


def test_times_may_have_a_zone(okta: Okta) -> None:
    okta.group("Team")  # at noon, UTC
    assert okta.get("/api/v1/logs", since="2026-01-01T12:30:00+01:00")
    assert not okta.get("/api/v1/logs", since="2026-01-01T11:30:00-01:00")
    assert not okta.get("/api/v1/logs", until="2026-01-01T12:00:00Z")


def test_limit_default_and_maximum(okta: Okta) -> None:
    okta.post("/_sandbox/seed", {"groups": 1010})
    assert [len(okta.get("/api/v1/logs", **query)) for query in ({}, {"limit": 7}, {"limit": 5000})] == [100, 7, 1000]


def test_change_details(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", {"name": "bookmark", "label": "a", "settings": {"app": {"url": "https://a"}}})
    okta.put(f"/api/v1/apps/{app['id']}", {**app, "label": "b"})
    (event,) = okta.get("/api/v1/logs", filter='eventType eq "application.lifecycle.update"')
    assert event["target"][0]["changeDetails"] == {"from": {"label": "a"}, "to": {"label": "b"}}
    group = okta.group("Team")
    okta.put(f"/api/v1/groups/{group}", {"profile": {"name": "Other"}})
    (event,) = okta.get("/api/v1/logs", filter='eventType eq "group.profile.update"')
    assert "changeDetails" not in event["target"][0]


def test_event_names_the_parent(okta: Okta) -> None:
    policy = okta.post("/api/v1/policies", {"type": "ACCESS_POLICY", "name": "p"})
    okta.post(f"/api/v1/policies/{policy['id']}/rules", ACCESS_RULE)
    (event,) = okta.get("/api/v1/logs", filter='eventType eq "policy.rule.add"')
    assert [target["displayName"] for target in event["target"]] == ["r", "p"]
