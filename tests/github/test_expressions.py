"""The evaluator of expressions, against GitHub's documentation."""

import pytest

from tests.github.expressions import Contexts, ExpressionError

VALUES = {
    "github": {"ref_name": "main", "event": {"number": 7, "head": None}},
    "needs": {"a": {"result": "success", "outputs": {"list": '["x", "y"]'}}, "b": {"result": "failure"}},
    "matrix": {"environment": "staging"},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'it''s'", "it's"),
        ("github.ref_name == 'MAIN'", True),
        ("github.event.head.repo.name", None),
        ("github.event.number == '7'", True),
        ("fromJSON(needs.a.outputs.list)[1]", "y"),
        ("needs.*.result", ["success", "failure"]),
        ("contains(needs.*.result, 'failure')", True),
        ("needs.b.result == 'failure' && 'no' || 'yes'", "no"),
        ("!(needs.a.result == 'success') || github['ref_name'] != 'main'", False),
        ("format('{0}-{1}', matrix.environment, 'read')", "staging-read"),
        ("startsWith(github.ref_name, 'ma')", True),
    ],
)
def test_values(source, value):
    assert Contexts(VALUES).evaluate(source) == value


def test_texts():
    contexts = Contexts(VALUES)
    assert contexts.text("${{ matrix.environment }}-${{ github.event.number }}") == "staging-7"
    assert contexts.interpolate("${{ fromJSON(needs.a.outputs.list) }}") == ["x", "y"]
    assert contexts.text("${{ github.event.head }}") == ""


@pytest.mark.parametrize(
    ("condition", "status", "holds"),
    [
        (None, "success", True),
        (None, "failure", False),
        ("github.ref_name == 'main'", "failure", False),
        ("always()", "failure", True),
        ("${{ failure() && github.ref_name == 'main' }}", "failure", True),
        ("always() && needs.b.result == 'success'", "failure", False),
    ],
)
def test_conditions(condition, status, holds):
    assert Contexts(VALUES, status).holds(condition) is holds


@pytest.mark.parametrize("source", ["secrets.TOKEN", "a b", "nothing()", "'open", "github.", "(1"])
def test_what_it_does_not_know_is_an_error(source):
    with pytest.raises((ExpressionError, IndexError)):
        Contexts(VALUES).evaluate(source)
