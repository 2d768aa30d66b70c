"""The same program through both providers: the official plugin, where it is installed, and the stand-in for it."""

from __future__ import annotations

import pytest

from reconciler.tenant import PLUGIN_VERSION, official_plugin
from tests.e2e.workspace import Workspace
from tests.specimens import everything

OFFICIAL = pytest.param(
    "official",
    marks=pytest.mark.skipif(
        official_plugin() is None, reason=f"the official provider plugin {PLUGIN_VERSION} is not installed"
    ),
)

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("provider", ["stand-in", OFFICIAL])
def test_everything_is_created_settled_and_removed_again(workspace: Workspace, provider: str):
    fresh = sorted(workspace.tenant.read().by_id)
    workspace.declare(everything())

    workspace.expect(0, "up", "--yes", "--provider", provider)
    workspace.expect(0, "preview", "--expect-no-changes", "--provider", provider)
    workspace.expect(0, "drift")
    workspace.declare([])
    workspace.expect(0, "up", "--yes", "--provider", provider)

    assert sorted(workspace.tenant.read().by_id) == fresh
