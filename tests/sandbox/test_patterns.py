"""Regular expressions of clients: linear time, whole matches, refusals with a reason."""

import pytest

from okta_sandbox.patterns import MAX_TEXT_LENGTH, InvalidPattern, Pattern

from .conftest import Okta


def test_the_whole_text_has_to_match() -> None:
    pattern = Pattern("/api/v1/(zones|apps)|/other")
    assert pattern.matches("/api/v1/zones")
    assert pattern.matches("/other")
    assert not pattern.matches("/api/v1/zones/x")
    assert not pattern.matches("x/other")


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(", "unclosed group"),
        ("a)|(b", "unopened group"),
        ("(?!a)b", "look-around"),
        (r"(a)\1", "backreferences"),
        (r"\w{999}", "size limit"),
        ("a" * 501, "longer than 500"),
    ],
)
def test_refused_patterns(expression: str, reason: str) -> None:
    with pytest.raises(InvalidPattern, match=reason):
        Pattern(expression)


@pytest.mark.parametrize("expression", ["(a+)+b", "(a|a)*b", "(a|b|ab)*c", "(.*)*x", "(?:(?:a?){99}){99}b"])
def test_no_catastrophic_backtracking(expression: str) -> None:
    """Python's engine would not come back from any of these."""
    assert not Pattern(expression).matches("a" * 1000)


def test_long_text_matches_only_anything() -> None:
    text = "a" * (MAX_TEXT_LENGTH + 1)
    assert Pattern(".*").matches(text)
    assert not Pattern("a*").matches(text)


def test_fault_with_costly_path_does_not_hang(okta: Okta) -> None:
    okta.post("/_sandbox/faults", {"path": "/api/(v1/(x+)+)+y", "status": 503}, status=201)
    assert okta.request("GET", f"/api/v1/{'x' * 400}").status_code == 404


def test_fault_with_invalid_path_is_refused(okta: Okta) -> None:
    error = okta.post("/_sandbox/faults", {"path": "(?!/api).*", "status": 503}, status=400)
    assert "look-around" in error["errorCauses"][0]["errorSummary"]


@pytest.mark.parametrize("pattern", ["(", 5, ["a"], "(?=a)"])
def test_invalid_login_pattern_is_refused(okta: Okta, pattern: object) -> None:
    change = {"definitions": {"base": {"properties": {"login": {"pattern": pattern}}}}}
    okta.post("/api/v1/meta/schemas/user/default", change, status=400)
    okta.user("ada@example.com")


def test_login_pattern_is_enforced(okta: Okta) -> None:
    change = {"definitions": {"base": {"properties": {"login": {"pattern": "([a-z]+)+"}}}}}
    okta.post("/api/v1/meta/schemas/user/default", change)
    okta.user("ada")
    profile = {"login": "a" * 60 + "!", "email": "a@example.com", "firstName": "A", "lastName": "B"}
    okta.post("/api/v1/users", {"profile": profile}, status=400)
