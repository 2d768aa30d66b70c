"""The provider of the test run: the stand-in, or the official plugin (`make test PROVIDER=official`)."""

from __future__ import annotations

import pytest

from reconciler.definitions import load
from reconciler.provider import provider_of
from reconciler.tenant import Tenant
from tests.e2e.workspace import ENVIRONMENT, Workspace
from tests.specimens import leaving, staying

pytestmark = pytest.mark.e2e


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--provider"))


def test_everything_is_created_settled_and_removed_again(workspace: Workspace, provider: str):
    fresh = sorted(workspace.tenant.read().by_id)
    workspace.declare(leaving())

    workspace.expect(0, "up", "--yes", "--provider", provider)
    workspace.expect(0, "preview", "--expect-no-changes", "--provider", provider)
    workspace.expect(0, "drift")
    for left in (staying(), []):
        workspace.declare(left)
        workspace.expect(0, "up", "--yes", "--provider", provider)

    assert sorted(workspace.tenant.read().by_id) == fresh


def test_a_run_without_a_provider_option_uses_the_provider_of_the_tests(workspace: Workspace, provider: str):
    workspace.declare([])
    tenant = Tenant(load(workspace.definitions, ENVIRONMENT).environment)
    with workspace.environment(), provider_of(tenant) as settings:
        assert ("PULUMI_DEBUG_PROVIDERS" in settings) == (provider == "stand-in")
