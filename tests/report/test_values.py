import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.report.values import contrast, cut, plural, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        ("none", '"none"'),
        ("", '""'),
        (True, "true"),
        ("true", '"true"'),
        (30, "30"),
        ({"b": 1, "a": ["Zürich"]}, '{"a": ["Zürich"], "b": 1}'),
        ("two\nlines", r'"two\nlines"'),
        ("\x9b31m", r'"\x9b31m"'),
        ("\u202egnp.exe", r'"\u202egnp.exe"'),
    ],
)
def test_a_value_is_one_line_in_which_types_can_be_told_apart(value, text):
    assert shown(value) == text


def test_a_long_value_is_cut_and_says_so():
    assert shown("a" * 5_214, longest=10) == '"aaaaaaaaa… (5,216 characters)'
    assert cut("a" * 10, 10) == "a" * 10


def test_differences_are_separated_from_what_is_shared():
    assert contrast("https://a.example/login", "https://a.example.evil/login") == (
        ("https://a.example", "", "/login"),
        ("https://a.example", ".evil", "/login"),
    )


@pytest.mark.parametrize(("one", "other"), [("TRUSTED", "REQUIRED"), ("30", "60"), ("same ending here", "x")])
def test_texts_that_share_little_differ_as_a_whole(one, other):
    assert contrast(one, other) == (("", one, ""), ("", other, ""))


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_letter_is_lost_between_shared_and_different(one, other):
    first, second = contrast(one, other)
    assert "".join(first) == one
    assert "".join(second) == other
    assert (first[0], first[2]) == (second[0], second[2])


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_a_short_value_can_be_read_back(value):
    text = shown(value, longest=10**9)
    if value is not None and json.dumps(value, ensure_ascii=False).isprintable():
        assert json.loads(text) == value


def test_one_and_many():
    assert (plural(1, "object"), plural(0, "object"), plural(1_200, "object")) == (
        "1 object",
        "0 objects",
        "1,200 objects",
    )
