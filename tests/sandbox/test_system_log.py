from .conftest import Okta
from .test_paging import next_of


def test_every_change_is_noted_with_who_and_what(okta: Okta) -> None:
    group = okta.group("Team")
    (event,) = okta.get("/api/v1/logs", filter=f'target.id eq "{group}"')
    assert event["eventType"] == "group.lifecycle.create"
    assert event["actor"]["alternateId"] == "admin@sandbox.test"
    assert event["target"][0]["displayName"] == "Team"


def test_the_events_of_a_life(okta: Okta) -> None:
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


def test_what_is_refused_is_not_noted(okta: Okta) -> None:
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
