"""The comparison of one match, made once and shared by everything that works on its findings."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from reconciler.definitions.model import Address
from reconciler.drift.compare import compare
from reconciler.drift.findings import Finding, Verdict
from reconciler.engine.state import State
from reconciler.matching import Match

OPEN: Final = frozenset({Verdict.CHANGED, Verdict.CONFLICT, Verdict.MISSING, Verdict.UNMANAGED})
"""The verdicts of findings that can be resolved by editing a definition."""


@dataclass(frozen=True)
class Comparison:
    """A match, and everything that is not as declared."""

    match: Match
    findings: Sequence[Finding]
    """See `compare`."""

    @classmethod
    def of(cls, match: Match) -> Comparison:
        """Compare definitions, state and tenant."""
        return cls(match, compare(match))

    @cached_property
    def open(self) -> Sequence[Finding]:
        """The findings that can be resolved by editing a definition."""
        return [finding for finding in self.findings if finding.verdict in OPEN]

    @cached_property
    def drifted(self) -> Set[Address]:
        """The declared objects with such findings."""
        return {Address(finding.kind, finding.name) for finding in self.open}

    def with_state(self, state: State) -> Comparison:
        """The comparison with another state. Definitions and tenant are compared again only if a resource differs."""
        match = self.match.with_state(state)
        if state.resources == self.match.state.resources:
            return replace(self, match=match)
        return Comparison.of(match)
