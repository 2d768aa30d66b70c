"""The two numbering schemes for priorities of policies, rules and assignments.

Source: Okta's guide on policy rule prioritization, and recorded answers.

    CONTIGUOUS   1, 2, 3, ... without gaps: a delete closes the gap, a number too high means the end
    GAPPED       from 0, gaps stay: a number in use shifts its successors up to the next gap

System objects (a default policy, a Catch-all Rule) are not numbered with the others: they stay last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Numbers: TypeAlias = dict[str, int]  # id -> priority


@dataclass(frozen=True)
class Contiguous:
    """Numbers without gaps, from `first`."""

    first: int = 1

    def insert(
        self, others: Mapping[str, int], identifier: str, wanted: int | None, current: int | None = None
    ) -> Numbers:
        """All numbers after `identifier` is inserted at `wanted`, or last."""
        order = sorted(others, key=others.__getitem__)
        index = len(order) if wanted is None else min(max(wanted - self.first, 0), len(order))
        order.insert(index, identifier)
        return {each: number for number, each in enumerate(order, self.first)}

    def after_removal(self, others: Mapping[str, int]) -> Numbers:
        """The numbers of the remaining objects after one was removed."""
        order = sorted(others, key=others.__getitem__)
        return {each: number for number, each in enumerate(order, self.first)}


@dataclass(frozen=True)
class Gapped:
    """Numbers with gaps, from `first`."""

    first: int = 0

    def insert(
        self, others: Mapping[str, int], identifier: str, wanted: int | None, current: int | None = None
    ) -> Numbers:
        """As for `Contiguous`. An update that sends its `current` number shifts its successors.

        The latter was recorded: of rules 1 to 4, a PUT of the first with priority 1 results in 1, 3, 4, 5.
        """
        if wanted is None:
            wanted = max(others.values(), default=self.first - 1) + 1
        numbers = {**others, identifier: wanted}
        holder = {number: each for each, number in others.items()}
        number = wanted + 1 if wanted == current else wanted
        while moving := holder.get(number):
            number += 1
            numbers[moving] = number
        return numbers

    def after_removal(self, others: Mapping[str, int]) -> Numbers:
        """As for `Contiguous`; the gap stays."""
        return dict(others)


CONTIGUOUS = Contiguous()
GAPPED = Gapped()
Numbering: TypeAlias = Contiguous | Gapped
