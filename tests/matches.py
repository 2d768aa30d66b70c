"""Matches of definitions, a state and a tenant, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Desired
from reconciler.engine.state import State
from reconciler.matching import Match, StateMatch
from reconciler.okta.snapshot import Snapshot
from reconciler.plan import Plan


def match_of(desired: Desired, state: State, live: Snapshot) -> Match:
    """All three, matched."""
    return Match.of(StateMatch.of(desired, state), live)


def with_outputs(plan: Plan, outputs: Mapping[str, Any]) -> Plan:
    """The plan, made from a state with these outputs."""
    return replace(plan, match=plan.match.with_state(replace(plan.state, outputs=outputs)))
