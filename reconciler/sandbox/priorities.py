"""The two ways in which Okta numbers policies, rules and assignments.

Source: Okta's guide on policy rule prioritization, and recorded answers.

    CONTIGUOUS   1, 2, 3, ...; no gaps: a delete closes the gap, a number too high means the end
    GAPPED       from 0; gaps stay: a number in use shifts its successors, but only up to the next gap

System objects (a default policy, a Catch-all Rule) are not part of the numbering: they stay last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Numbers: TypeAlias = dict[str, int]  # id -> priority


@dataclass(frozen=True)
class Contiguous:
    """No gaps, from `first`."""

    first: int = 1

    def place(
        self, others: Mapping[str, int], identifier: str, wanted: int | None, current: int | None = None
    ) -> Numbers:
        """The numbers of all, once `identifier` stands at `wanted` (or last) among `others`."""
        order = sorted(others, key=others.__getitem__)
        index = len(order) if wanted is None else min(max(wanted - self.first, 0), len(order))
        order.insert(index, identifier)
        return {each: number for number, each in enumerate(order, self.first)}

    def close(self, others: Mapping[str, int]) -> Numbers:
        """The numbers of those that stay, once one was taken away."""
        order = sorted(others, key=others.__getitem__)
        return {each: number for number, each in enumerate(order, self.first)}


@dataclass(frozen=True)
class Gapped:
    """Gaps are kept, from `first`."""

    first: int = 0

    def place(
        self, others: Mapping[str, int], identifier: str, wanted: int | None, current: int | None = None
    ) -> Numbers:
        """As for `Contiguous`; an update that sends the number it already has (`current`) moves its
        successors.

        That last rule was recorded: of rules 1 to 4, a PUT of the first with priority 1 makes 1, 3, 4, 5.
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

    def close(self, others: Mapping[str, int]) -> Numbers:
        """As for `Contiguous`: the gap of a delete stays."""
        return dict(others)


CONTIGUOUS = Contiguous()
GAPPED = Gapped()
Numbering: TypeAlias = Contiguous | Gapped
