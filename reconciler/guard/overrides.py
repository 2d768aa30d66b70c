"""Overrides: permissions to make one change that a guard refuses, for one run."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime

from reconciler.errors import ReconcilerError, Refused
from reconciler.guard.registry import guard_ids
from reconciler.plan import GuardResult, Override


class InvalidOverride(ReconcilerError):
    """Raised when an override does not name a guard and an object."""


class UnusedOverride(Refused):
    """Raised when overrides allow what no guard refuses: it may be a typo, and it must not be recorded."""

    def __init__(self, unused: Sequence[Override], results: Iterable[GuardResult]) -> None:
        self.unused = tuple(unused)
        self._results = tuple(results)
        super().__init__("\n".join(message for message, _ in self.explanations()))

    def explanations(self) -> Iterable[tuple[str, str]]:
        """Each override, and what its guard refuses."""
        return [
            (f"--allow {named(one.rule, one.object)} allows nothing", self._possible(one.rule)) for one in self.unused
        ]

    def _possible(self, rule: str) -> str:
        refused = [named(rule, one.object) for one in self._results if one.rule == rule]
        return f"{rule} refuses: {', '.join(refused)}" if refused else f"{rule} refuses nothing: remove the option"


def read_override(text: str, reason: str, by: str, at: datetime) -> Override:
    """The override that `--allow RULE:OBJECT` states. Raises `InvalidOverride`."""
    rule, _, what = text.partition(":")
    if rule not in guard_ids():
        raise InvalidOverride(f"unknown guard {rule or text!r}; the guards are {', '.join(guard_ids())}")
    if not what.strip():
        raise InvalidOverride(f"{text} names no object: write {rule}:OBJECT, as the guard shows it")
    return Override(rule, what.strip(), reason, by, at)


def named(rule: str, what: str) -> str:
    """Rule and object as one word of a command line."""
    return shlex.quote(f"{rule}:{what}")
