"""Eventually consistent lists."""

from .conftest import Okta

SEARCH = {"search": 'profile.name sw "Team"'}


def found(okta: Okta) -> list[str]:
    return [group["profile"]["name"] for group in okta.get("/api/v1/groups", **SEARCH)]


def test_search_has_no_lag_by_default(okta: Okta) -> None:
    okta.group("Team")
    assert found(okta) == ["Team"]


def test_search_lags(okta: Okta) -> None:
    gone, kept = okta.group("Team gone"), okta.group("Team kept")
    okta.post("/_sandbox/consistency", {"seconds": 5})
    okta.delete(f"/api/v1/groups/{gone}")
    okta.put(f"/api/v1/groups/{kept}", {"profile": {"name": "Team renamed"}})
    okta.put(f"/api/v1/groups/{kept}", {"profile": {"name": "Team renamed twice"}})
    okta.group("Team new")
    assert found(okta) == ["Team gone", "Team kept"]
    names = {group["profile"]["name"] for group in okta.get("/api/v1/groups")}
    assert names >= {"Team renamed twice", "Team new"}
    assert not names & {"Team gone", "Team kept"}, "a list without search does not lag"
    okta.clock.advance(seconds=6)
    assert found(okta) == ["Team renamed twice", "Team new"]


def test_members_lag(okta: Okta) -> None:
    group, user = okta.group("Team"), okta.user("ada@example.com")
    okta.post("/_sandbox/consistency", {"seconds": 5})
    okta.put(f"/api/v1/groups/{group}/users/{user}", status=204)
    assert okta.get(f"/api/v1/groups/{group}/users") == []
    okta.clock.advance(seconds=6)
    assert [each["id"] for each in okta.get(f"/api/v1/groups/{group}/users")] == [user]


def test_invalid_lag_is_refused_and_reset_ends_lag(okta: Okta) -> None:
    okta.post("/_sandbox/consistency", {"seconds": -1}, status=400)
    okta.post("/_sandbox/consistency", {"seconds": 60})
    okta.post("/_sandbox/reset", status=204)
    okta.group("Team")
    assert found(okta) == ["Team"]
