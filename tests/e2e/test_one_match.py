"""A command matches and compares definitions, state and tenant once, and again only if it changes one of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reconciler.definitions.model import Declaration
from reconciler.drift import Finding, comparison
from reconciler.drift.compare import compare
from reconciler.kinds import kinds
from reconciler.matching import Match, StateMatch, match, recognised
from reconciler.okta.snapshot import Snapshot
from tests.e2e.documents import groups
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


class Counts(NamedTuple):
    """How often a whole tenant was matched, and how often a match was compared."""

    matched: int
    compared: int


def counted(workspace: Workspace, *arguments: str) -> Counts:
    """Run a command that succeeds."""
    matched: list[Snapshot] = []
    compared: list[Match] = []
    roots = {kind.name for kind in kinds() if not kind.parents}

    def matching(sought: Iterable[Declaration], in_state: StateMatch, live: Snapshot) -> Any:
        if live.objects.keys() >= roots:  # a look-up of a few objects reads a few kinds
            matched.append(live)
        return recognised(sought, in_state, live)

    def comparing(one: Match) -> list[Finding]:
        compared.append(one)
        return compare(one)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match, "recognised", matching)
        patch.setattr(comparison, "compare", comparing)
        outcome = workspace.run(*arguments)
    assert outcome.code in (0, 2), outcome
    return Counts(len(matched), len(compared))


def test_each_command_matches_once(workspace: Workspace, tmp_path: Path):
    workspace.declare(groups(3))
    assert counted(workspace, "preview") == (1, 1)
    assert counted(workspace, "up", "--yes") == (1, 1)
    assert counted(workspace, "up", "--yes", "--no-refresh") == (1, 0)

    resources = workspace.comparison().state.resources
    paths = {name: f"/api/v1/groups/{one.id}" for (_, name), one in resources.items()}

    def tamper(name: str) -> None:
        profile = {"name": name.capitalize(), "description": "By hand."}
        workspace.tenant.request("PUT", paths[name], {"profile": profile})

    tamper("group-00")
    tamper("group-01")
    assert counted(workspace, "drift") == (1, 1)
    assert counted(workspace, "preview") == (1, 1)
    assert counted(workspace, "repair", "--yes", "group", "group-00") == (1, 1)
    assert counted(workspace, "accept", "--yes") == (2, 2), "once more with the edited definitions"
    workspace.expect_settled()

    workspace.tenant.request("DELETE", paths["group-02"])
    assert counted(workspace, "up", "--yes") == (2, 1), "once more without the deleted object in the state"
    assert counted(workspace, "coverage") == (0, 0)
    assert counted(workspace, "adopt", "--into", str(tmp_path / "adopted")) == (1, 0)
