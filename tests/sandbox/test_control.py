import httpx
import pytest

from okta_sandbox.middleware import ConnectionDropped

from .conftest import Okta


def test_identifies_itself_as_sandbox(okta: Okta) -> None:
    assert okta.get("/_sandbox")["sandbox"] == "okta"


def test_reset_gives_a_fresh_org_of_either_pipeline(okta: Okta) -> None:
    okta.group("Team")
    okta.post("/_sandbox/faults", {"status": 503}, status=201)
    okta.post("/_sandbox/reset", {"pipeline": "v1", "recording": "any"}, status=204)
    assert okta.get("/api/v1/groups", q="Team") == []
    assert okta.get("/.well-known/okta-organization")["pipeline"] == "v1"
    okta.post("/_sandbox/reset", status=204)
    assert okta.get("/.well-known/okta-organization")["pipeline"] == "idx"
    okta.post("/_sandbox/reset", {"pipeline": "v2"}, status=400)


def test_stats_count_by_endpoint(okta: Okta) -> None:
    group = okta.group("Team")
    for _ in range(2):
        okta.get(f"/api/v1/groups/{group}")
    okta.send("GET", "/api/v1/groups/nobody", status=404)
    stats = okta.get("/_sandbox/stats")
    (read,) = (each for each in stats["endpoints"] if each["method"] == "GET")
    assert (read["path"], read["requests"]) == ("/api/v1/groups/{group}", 3)
    assert read["statuses"] == {"200": 2, "404": 1}
    assert stats["requests"] == 4
    assert stats["bytes"] > 500
    okta.delete("/_sandbox/stats")
    assert okta.get("/_sandbox/stats")["requests"] == 0


def test_seeding(okta: Okta) -> None:
    made = okta.post("/_sandbox/seed", {"groups": 30, "users": 5, "apps": 3, "assignments": 40, "memberships": 20})
    assert made == {"groups": 30, "users": 5, "apps": 3, "assignments": 40, "memberships": 20}
    apps = okta.get("/api/v1/apps", q="seed-app")
    assigned = [okta.get(f"/api/v1/apps/{app['id']}/groups") for app in apps]
    assert [len(each) for each in assigned] == [14, 13, 13]
    assert [each["priority"] for each in assigned[0]] == list(range(14))
    okta.post("/_sandbox/seed", {"groups": -1}, status=400)


def test_a_status_for_the_first_requests_that_fit(okta: Okta) -> None:
    okta.post(
        "/_sandbox/faults",
        {"method": "GET", "path": "/api/v1/groups.*", "status": 503, "first": 2},
        status=201,
    )
    codes = [okta.request("GET", "/api/v1/groups").status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    assert okta.request("GET", "/api/v1/zones").status_code == 200
    (fault,) = okta.get("/_sandbox/faults")
    assert (fault["seen"], fault["applied"]) == (3, 2)


def test_a_status_after_some_requests_and_clearing(okta: Okta) -> None:
    okta.post("/_sandbox/faults", {"status": 429, "after": 1, "retryAfter": 7}, status=201)
    assert okta.request("GET", "/api/v1/groups").status_code == 200
    limited = okta.request("GET", "/api/v1/groups")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert limited.json()["errorCode"] == "E0000047"
    okta.delete("/_sandbox/faults")
    assert okta.request("GET", "/api/v1/groups").status_code == 200


def test_a_share_of_the_requests(okta: Okta) -> None:
    okta.post("/_sandbox/faults", {"status": 500, "share": 0.5}, status=201)
    failed = sum(okta.request("GET", "/api/v1/zones").status_code == 500 for _ in range(100))
    assert 25 < failed < 75


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_connection_dropped_before_or_after_execution(okta: Okta, when: str, done: int) -> None:
    okta.post("/_sandbox/faults", {"method": "POST", "drop": when, "first": 1}, status=201)
    with pytest.raises((ConnectionDropped, httpx.TransportError)):
        okta.request("POST", "/api/v1/groups", json={"profile": {"name": "Team"}})
    assert len(okta.get("/api/v1/groups", q="Team")) == done


@pytest.mark.parametrize(
    "order", [{}, {"status": 200}, {"share": 2.0, "status": 500}, {"path": "(", "status": 500}, {"typo": 1}]
)
def test_invalid_fault_is_refused(okta: Okta, order: dict[str, object]) -> None:
    okta.post("/_sandbox/faults", order, status=400)


def test_additional_administrator_is_the_actor(okta: Okta) -> None:
    eve = okta.post("/_sandbox/administrators", {"login": "eve@example.com"}, status=201)
    headers = {"Authorization": f"SSWS {eve['token']}"}
    assert okta.request("GET", "/api/v1/users/me", headers=headers).json()["id"] == eve["id"]
    assert okta.get("/api/v1/users/me")["id"] != eve["id"]
    okta.request("POST", "/api/v1/groups", headers=headers, json={"profile": {"name": "Eve's"}})
    (event,) = okta.get("/api/v1/logs", filter='eventType eq "group.lifecycle.create"')
    assert event["actor"]["alternateId"] == "eve@example.com"
    okta.post("/_sandbox/reset", {}, status=204)
    assert okta.request("GET", "/api/v1/users/me", headers=headers).status_code == 401
