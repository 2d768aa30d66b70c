from hypothesis import given
from hypothesis import strategies as st

from okta_sandbox.priorities import CONTIGUOUS, GAPPED

OTHERS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 20), max_size=6).filter(
    lambda numbers: len(set(numbers.values())) == len(numbers)
)


def test_contiguous_appends_without_or_beyond_range() -> None:
    assert CONTIGUOUS.insert({"a": 1, "b": 2}, "new", None)["new"] == 3
    assert CONTIGUOUS.insert({"a": 1, "b": 2}, "new", 999)["new"] == 3


def test_contiguous_shifts_the_whole_range() -> None:
    assert CONTIGUOUS.insert({"a": 1, "b": 2, "c": 3}, "new", 2) == {"a": 1, "new": 2, "b": 3, "c": 4}


def test_contiguous_closes_the_gap_of_a_delete() -> None:
    assert CONTIGUOUS.after_removal({"a": 1, "c": 3}) == {"a": 1, "c": 2}


def test_gapped_starts_at_zero_and_continues_after_the_highest() -> None:
    assert GAPPED.insert({}, "new", None) == {"new": 0}
    assert GAPPED.insert({"a": 4}, "new", None)["new"] == 5


def test_gapped_shifts_only_up_to_the_next_gap() -> None:
    placed = GAPPED.insert({"a": 1, "b": 2, "far": 9}, "new", 1)
    assert placed == {"new": 1, "a": 2, "b": 3, "far": 9}


def test_gapped_keeps_the_gap_of_a_delete() -> None:
    assert GAPPED.after_removal({"a": 1, "c": 3}) == {"a": 1, "c": 3}


def test_gapped_update_with_its_own_number_moves_the_successors() -> None:
    """Recorded: of rules 1 to 4, a PUT of the first with priority 1 makes 1, 3, 4, 5."""
    placed = GAPPED.insert({"second": 2, "third": 3, "fourth": 4}, "first", 1, current=1)
    assert placed == {"first": 1, "second": 3, "third": 4, "fourth": 5}


@given(OTHERS, st.none() | st.integers(0, 25))
def test_numbers_are_unique_and_order_is_kept(others: dict[str, int], wanted: int | None) -> None:
    for numbering in (CONTIGUOUS, GAPPED):
        placed = numbering.insert(others, "new", wanted)
        assert len(set(placed.values())) == len(others) + 1
        rest = sorted(others, key=lambda each: placed[each])
        assert rest == sorted(others, key=lambda each: others[each])


@given(OTHERS, st.integers(0, 25))
def test_gapped_gives_the_number_that_was_asked_for(others: dict[str, int], wanted: int) -> None:
    assert GAPPED.insert(others, "new", wanted)["new"] == wanted
