"""Expressions of group rules: all documented ones are read, and any other text is read or refused with a reason."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.kinds.expression_functions import FUNCTIONS, unknown_functions
from reconciler.kinds.expressions import DEEPEST, NotAnExpression, calls

VALID = [
    'user.department == "Engineering"',
    'user.department == "Risk" or user.department == "Compliance"',
    'String.stringContains(user.firstName, "dummy")',
    'String.startsWith(user.firstName,String.toLowerCase("bob"))',
    "user.salary > 1000000 AND !user.isContractor",
    "NOT (user.a eq 'x') && user.b ne null || true",
    "user.groupCode == 123 ? 'Sales' : 'Other'",
    'a != "" ? (a + " ") : b != "" ? (b + " ") : ""',
    "user.score >= 1.5e3 and user.score lt 0x1F and user.score % 2 == -1L",
    "Arrays.contains({10, 20, 30}, user.code) && !Arrays.isEmpty(NULL)",
    "Arrays.size({}) == 0",
    "user.isMemberOf({'group.profile.name': 'West Coast Users', 'operator': 'EXACT'})",
    'user.isMemberOf({"group.type": {"OKTA_GROUP"}}, {"group.profile.name": "Sales", "operator": "STARTS_WITH"})',
    'user.getLinkedObject("manager").lastName == "Gates"',
    'isMemberOfAnyGroup("00g1", "00g2")',
    'user.profile.login.contains("@p")',
    'user.name == \'it\'\'s\' and user.nick == "say ""hi"""',
    'user.login matches "^a.*$"',
    'hasDirectoryUser() ? findDirectoryUser().managerUpn : ""',
    "user.roles[0] == 'a' and user?.manager?.name != null",
    "user.größe == 'ä' ?: false",
    "user.list.![name] == {:}",
    "Time.now() > user.end",
    " \n true ",
]


@pytest.mark.parametrize("expression", VALID)
def test_documented_expressions_are_read(expression: str):
    calls(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('user.x = "a"', "column 8: = is an assignment, which expressions do not support: write == to compare"),
        ("a & b", "column 3: & is no operator: write && or AND"),
        ("user.x == “a”", "column 11: “ does not begin text: write \" or '"),
        ('user.x == "a', "column 11: this text has no closing quote"),
        ('user.x == "a" AND', "column 18: a value is missing here"),
        ("", "column 1: a value is missing here"),
        ("a && && b", "column 6: a value is missing before &&"),
        ("(user.x", "column 1: this ( is not closed"),
        ("f(a, {1, 2)", "column 11: ) does not belong here"),
        ("a)", "column 2: ) does not belong here"),
        ("()", "column 2: a value is missing before )"),
        ("user.x user.y", "column 8: an operator is missing before user"),
        ("user. == 1", "column 7: a name is missing after the ."),
        ("a == b == c", "column 8: comparisons cannot be chained: join them with AND"),
        ("a ? b", "column 6: the ? at column 3 needs a : and a value for the other case"),
        ("a instanceof b", "column 3: Okta's expressions have no instanceof"),
        ("#root", "column 1: Okta's expressions have no variables (#)"),
    ],
)
def test_syntax_error_has_its_column(expression: str, message: str):
    with pytest.raises(NotAnExpression) as caught:
        calls(expression)
    assert str(caught.value) == message


def test_called_functions():
    found = calls('String.len(user.a) == 1 && user.isMemberOf({}) && f(g().h(), user.b.c("x"))')
    assert [call.name for call in found] == ["String.len", "user.isMemberOf", "f", "g", "user.b.c"]
    assert [call.column for call in found] == [1, 28, 51, 53, 62]


@pytest.mark.parametrize("expression", VALID)
def test_documented_expressions_cause_no_warning(expression: str):
    assert list(unknown_functions(expression)) == []


def test_every_documented_function_is_known():
    assert list(unknown_functions(" + ".join(f"{name}()" for name in FUNCTIONS))) == []


@pytest.mark.parametrize(
    ("expression", "warning"),
    [
        (
            'String.startswith(user.a, "b")',
            "column 1: Okta documents no function String.startswith; did you mean String.startsWith?",
        ),
        (
            '!isMemberOfGroupname("b")',
            "column 2: Okta documents no function isMemberOfGroupname; did you mean isMemberOfGroupName?",
        ),
        ("user.qwertz()", "column 1: Okta documents no function user.qwertz"),
        ("Objects.now()", "column 1: Okta documents no function Objects.now"),
        ("user.qwertz() AND user.qwertz()", "column 1: Okta documents no function user.qwertz"),
    ],
)
def test_unknown_function_is_a_warning(expression: str, warning: str):
    assert list(unknown_functions(expression)) == [warning]


def test_brackets_may_be_nested_as_deep_as_the_limit():
    calls("(" * DEEPEST + "a" + ")" * DEEPEST)
    calls("f(" * DEEPEST + "a" + ")" * DEEPEST)
    with pytest.raises(NotAnExpression, match="nested more than"):
        calls("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1))


SIGNS = [".", "==", "=", "(", ")", "{", "}", "[", "]", ",", ":", "?", "?.", "?:", "!", "+", "&&", "|", "#", "“"]
WORDS = ["user", "ß", "and", "not", "null", "$", "1", "1e", "'x'", '"', "'", " ", "\n", "\x00"]
PIECES = st.sampled_from(SIGNS + WORDS)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40))
@example("a.?[")
@example("a.$[1]")
def test_any_text_is_read_or_explained(expression: str):
    try:
        calls(expression)
    except NotAnExpression as error:
        assert 1 <= error.column <= len(expression) + 1
        assert str(error).startswith(f"column {error.column}: ")
    list(unknown_functions(expression))


@pytest.mark.parametrize("piece", ["(", "!", "a?", "a?b:", "{", "f(", "'", '"', ".a", "a[0]", "1e", "f()+", "a=="])
def test_work_is_linear_in_length(piece: str):
    def steps(length: int) -> int:
        """The number of function calls that reading an expression takes."""
        count = 0

        def call(frame: FrameType, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        before = sys.getprofile()
        gc.disable()  # what it finalises calls functions, too
        sys.setprofile(call)
        try:
            with suppress(NotAnExpression):
                calls("a" + piece * (length // len(piece)))
        finally:
            sys.setprofile(before)
            gc.enable()
        return count

    assert steps(20_000) < 12 * steps(2_000) + 1_000
