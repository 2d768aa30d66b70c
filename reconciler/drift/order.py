"""The order of objects that Okta evaluates by priority. Positions are compared, not priority numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reconciler.drift.findings import Verdict

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Position:
    """The declared, applied and live position of an object among its siblings, from 1."""

    declared: int
    applied: int
    live: int
    verdict: Verdict
    """The verdict on the order as a whole: a single position may be unchanged by chance."""


def misplaced(expected: Sequence[T], applied: Sequence[T], actual: Sequence[T]) -> dict[T, Position]:
    """The positions of the fewest members that must move. All three sequences have the same members."""
    verdict = Verdict.PENDING if actual == applied else Verdict.CHANGED if applied == expected else Verdict.CONFLICT
    return {
        member: Position(expected.index(member) + 1, applied.index(member) + 1, actual.index(member) + 1, verdict)
        for member in moved(expected, actual)
    }


def moved(expected: Sequence[T], actual: Sequence[T]) -> list[T]:
    """The fewest members that must move to bring `actual` (the same members) into the expected order."""
    rank = {member: position for position, member in enumerate(expected)}
    sequence = [rank[member] for member in actual]
    stays = _longest_increasing(sequence)
    return [member for member in expected if rank[member] not in stays]


def _longest_increasing(sequence: Sequence[int]) -> set[int]:
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, value in enumerate(sequence):
        index_in_tails = bisect_left(tails, value)
        before.append(ends[index_in_tails - 1] if index_in_tails else None)
        if index_in_tails == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[index_in_tails] = value
            ends[index_in_tails] = index
    chosen: set[int] = set()
    index_or_none = ends[-1] if ends else None
    while index_or_none is not None:
        chosen.add(sequence[index_or_none])
        index_or_none = before[index_or_none]
    return chosen
