from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.drift.order import moved


def stay_in_order(expected: list[int], actual: list[int], without: list[int]) -> bool:
    return [one for one in expected if one not in without] == [one for one in actual if one not in without]


@given(st.permutations(range(12)))
def test_moving_only_the_moved_members_restores_the_order(actual: list[int]):
    expected = list(range(12))
    away = moved(expected, actual)
    restored = [one for one in actual if one not in away]
    for one in away:
        restored.insert(sum(other < one for other in restored), one)
    assert restored == expected
    assert stay_in_order(expected, actual, away)


@pytest.mark.parametrize("length", range(7))
def test_fewer_moves_do_not_restore_the_order(length: int):
    expected = list(range(length))
    for actual in permutations(expected):
        away = moved(expected, list(actual))
        assert stay_in_order(expected, list(actual), away)
        if away:
            fewer = combinations(expected, len(away) - 1)
            assert not any(stay_in_order(expected, list(actual), list(chosen)) for chosen in fewer)


@given(
    st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8).flatmap(
        lambda m: st.tuples(st.just(m), st.permutations(m))
    )
)
def test_the_names_do_not_matter_for_the_order(orders: tuple[list[str], list[str]]):
    expected, actual = orders
    away = moved(expected, actual)
    assert moved(list(range(len(expected))), [expected.index(one) for one in actual]) == [
        expected.index(one) for one in away
    ]
    assert away == sorted(away, key=expected.index)


@pytest.mark.parametrize(
    ("actual", "away"),
    [("abcd", ""), ("dabc", "d"), ("bcda", "a"), ("dcba", "abc"), ("", ""), ("badc", "ac")],
)
def test_examples(actual: str, away: str):
    assert len(moved(sorted(actual), actual)) == len(away)
    if actual in ("dabc", "bcda"):
        assert "".join(moved(sorted(actual), actual)) == away
