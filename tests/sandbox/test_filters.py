import pytest

from okta_sandbox.errors import OktaError
from okta_sandbox.filters import MAX_DEPTH, compile_filter

ADA = {
    "status": "ACTIVE",
    "created": "2026-01-02T00:00:00.000Z",
    "profile": {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "tags": ["maths", "engines"],
        "level": 3,
        "title": None,
    },
}


@pytest.mark.parametrize(
    "expression",
    [
        'status eq "ACTIVE"',
        'status eq "active"',
        'profile.firstName sw "Ad" and profile.lastName ew "lace"',
        'profile.firstName eq "Bob" or profile.lastName co "love"',
        'profile.firstName eq "Bob" and status eq "X" or status eq "ACTIVE"',
        'status eq "ACTIVE" or status eq "X" and profile.firstName eq "Bob"',
        '(profile.firstName eq "Bob" or status eq "ACTIVE") and profile.level ge 3',
        'not (status eq "INACTIVE")',
        'profile.tags eq "engines"',
        'created gt "2026-01-01T00:00:00.000Z"',
        "profile.level lt 3.5",
        "profile.firstName pr",
        "not (profile.title pr)",
        'profile.firstName ne "Bob"',
        'profile.firstName eq "Ad\\a"',
    ],
)
def test_holds(expression: str) -> None:
    assert compile_filter(expression)(ADA)


@pytest.mark.parametrize(
    "expression",
    [
        'status eq "INACTIVE"',
        'profile.tags ne "engines"',
        'profile.nothing eq "x"',
        "profile.title pr",
        'profile.level gt "1"',
        'created lt "2026-01-01T00:00:00.000Z"',
        '(profile.firstName eq "Bob" or status eq "ACTIVE") and profile.level gt 3',
    ],
)
def test_does_not_hold(expression: str) -> None:
    assert not compile_filter(expression)(ADA)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "status",
        "status eq",
        'status like "x"',
        '(status eq "x"',
        'status eq "x" and',
        'status eq "x',
        "eq eq eq",
    ],
)
def test_refuses_invalid_expressions(expression: str) -> None:
    with pytest.raises(OktaError) as caught:
        compile_filter(expression)
    assert (caught.value.status, caught.value.code) == (400, "E0000031")


def test_refuses_other_attributes() -> None:
    with pytest.raises(OktaError):
        compile_filter('profile.level eq "3"', frozenset({"status"}))


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("not ", ""), ("not (", ")")])
def test_nesting_is_limited(opening: str, closing: str) -> None:
    inner = 'status eq "ACTIVE"'
    assert compile_filter("(" * MAX_DEPTH + inner + ")" * MAX_DEPTH)(ADA)
    with pytest.raises(OktaError) as refused:
        compile_filter(opening * 3000 + inner + closing * 3000)
    assert refused.value.code == "E0000031"
