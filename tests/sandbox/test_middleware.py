"""Tokens, limits, and answers to invalid requests."""

import pytest

from .conftest import Okta
from .test_apps import BOOKMARK


def error_of(okta: Okta, method: str, path: str, status: int, **options: object) -> dict[str, object]:
    response = okta.request(method, path, **options)
    assert response.status_code == status, response.text
    body: dict[str, object] = response.json()
    assert set(body) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
    assert body["errorLink"] == body["errorCode"]
    assert str(body["errorId"]).startswith("oae")
    return body


@pytest.mark.parametrize("authorization", ["", "SSWS", "SSWS wrong", "Bearer secret", "Basic c2VjcmV0"])
def test_a_wrong_token_is_refused(okta: Okta, authorization: str) -> None:
    error = error_of(okta, "GET", "/api/v1/groups", 401, headers={"Authorization": authorization})
    assert (error["errorCode"], error["errorSummary"]) == ("E0000011", "Invalid token provided")


@pytest.mark.parametrize("path", ["/.well-known/okta-organization", "/_sandbox"])
def test_some_addresses_need_no_token(okta: Okta, path: str) -> None:
    assert okta.request("GET", path, headers={"Authorization": ""}).status_code == 200


@pytest.mark.parametrize("content", ["{", "[]", '"text"', "null", '{"profile": 1}', '{"profile": {"name": 1}}'])
def test_a_body_of_the_wrong_shape_is_refused(okta: Okta, content: str) -> None:
    assert error_of(okta, "POST", "/api/v1/groups", 400, content=content)["errorCode"] == "E0000003"


def test_a_missing_field_is_named(okta: Okta) -> None:
    error = error_of(okta, "POST", "/api/v1/groups", 400, json={"profile": {"name": ""}})
    assert error["errorSummary"] == "Api validation failed: profile.name"
    assert error["errorCauses"] == [{"errorSummary": "profile.name: The field cannot be left blank"}]


def test_too_much_body_is_refused(okta: Okta) -> None:
    error_of(okta, "POST", "/api/v1/groups", 413, content=b"x" * 1_000_001)


@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_a_body_that_is_nested_too_deep_is_refused(okta: Okta, opening: str, closing: str) -> None:
    """What is taken has to be shown again, with what Okta puts around it."""
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    path = f"/api/v1/apps/{app}/groups/{okta.group('Team')}"
    for depth in (200, 253, 300, 900, 1100, 5000):
        content = '{"profile":{"x":' + opening * depth + "1" + closing * depth + "}}"
        assert error_of(okta, "PUT", path, 400, content=content)["errorCode"] == "E0000003"
    nested = opening * 150 + "1" + closing * 150
    made = okta.request("PUT", path, content='{"profile":{"x":' + nested + "}}")
    assert made.status_code == 200, made.text
    assert nested in okta.request("GET", path).text


def test_unknown_addresses_and_methods(okta: Okta) -> None:
    error_of(okta, "GET", "/api/v1/nonsense", 404)
    assert error_of(okta, "PATCH", "/api/v1/groups", 405)["errorCode"] == "E0000022"


def test_an_unknown_id_is_a_404_that_names_it(okta: Okta) -> None:
    error = error_of(okta, "GET", "/api/v1/zones/nzo00000000000000000", 404)
    assert error["errorSummary"] == "Not found: Resource not found: nzo00000000000000000 (NetworkZone)"


def test_rate_limits_are_off_by_default(okta: Okta) -> None:
    assert "x-rate-limit-limit" not in okta.request("GET", "/api/v1/apps").headers
    okta.post("/_sandbox/rate-limits", {"enforced": True, "scale": 0.06})
    for remaining in ("2", "1", "0"):
        response = okta.request("GET", "/api/v1/apps")
        assert response.status_code == 200
        assert response.headers["x-rate-limit-limit"] == "3"
        assert response.headers["x-rate-limit-remaining"] == remaining
    response = okta.request("GET", "/api/v1/apps")
    assert response.status_code == 429
    assert response.json()["errorCode"] == "E0000047"
    assert response.headers["x-rate-limit-remaining"] == "0"
    assert int(response.headers["x-rate-limit-reset"]) % 60 == 0
    assert okta.request("GET", "/api/v1/zones").status_code == 200, "another bucket"
