"""Problems of definitions, each with its location; all are reported together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from reconciler.definitions.model import Source, for_item
from reconciler.definitions.positions import Place
from reconciler.errors import ReconcilerError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem, its location, and a hint how to fix it."""

    source: Source
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class DefinitionsError(ReconcilerError):
    """Raised when definitions are invalid; has all problems, sorted by location."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(by_template(problems))
        super().__init__("\n".join(map(str, self.problems)))

    def explanations(self) -> Iterable[tuple[str, str]]:
        """Each problem with its location, and its hint."""
        return [(str(problem), problem.hint) for problem in self.problems]


def by_template(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, sorted by location. Objects of one `foreach` that have the same problem share one, which names
    the first item."""
    items: dict[Problem, set[Place]] = {}
    for problem in problems:
        of_template = replace(problem, source=replace(problem.source, item=()))
        known = items.setdefault(of_template, set())
        if problem.source.item:
            known.add(problem.source.item)
    return sorted(_with_items(problem, sorted(places)) for problem, places in items.items())


def _with_items(problem: Problem, places: Sequence[Place]) -> Problem:
    if not places:
        return problem
    more = f", and for {len(places) - 1} more" if len(places) > 1 else ""
    return replace(problem, message=f"{problem.message} ({for_item(places[0])}{more})")


@lru_cache(maxsize=1024)
def nearest(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known names closest to a misspelled one, the closest first; at most three."""
    return tuple(get_close_matches(name, known, n=3))


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint: the closest known names, or all of them if they are few, or else `otherwise`."""
    candidates = tuple(sorted(known))
    if close := nearest(name, candidates):
        return f"did you mean {one_of(close)}?"
    if 0 < len(candidates) <= 12:
        return f"known: {', '.join(candidates)}"
    return otherwise


def one_of(names: Iterable[str]) -> str:
    """The names in a sentence: `a, b or c`."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
