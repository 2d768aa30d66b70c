"""The real engine against the local tenant: a tenant for each worker, and folders with definitions and state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.okta.snapshot import Snapshot
from reconciler.sandbox import process
from tests.e2e.workspace import Comparison, SandboxTenant, Workspace
from tests.specimens import everything


@pytest.fixture(scope="session")
def running_tenant() -> Iterator[SandboxTenant]:
    with process.start() as running:
        yield SandboxTenant(running.url, running.token)


@pytest.fixture
def tenant(running_tenant: SandboxTenant) -> SandboxTenant:
    """A fresh org."""
    running_tenant.reset()
    return running_tenant


@pytest.fixture
def workspace(tenant: SandboxTenant, tmp_path: Path) -> Workspace:
    """A folder for definitions of a fresh org."""
    return Workspace(tmp_path, tenant)


@pytest.fixture(scope="session")
def applied_everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """A tenant of its own, to which everything was applied with every field set."""
    with process.start() as running:
        tenant = SandboxTenant(running.url, running.token)
        tenant.reset()
        workspace = Workspace(tmp_path_factory.mktemp("everything"), tenant)
        workspace.declare(everything())
        workspace.up()
        yield workspace.comparison()


@pytest.fixture
def applied(applied_everything: Comparison) -> Iterator[Comparison]:
    """The same, for a test that puts back what it changes in the tenant."""
    yield applied_everything
    assert applied_everything.findings() == [], "this test did not put back what it changed"


@pytest.fixture(scope="session")
def before(applied_everything: Comparison) -> Snapshot:
    """The tenant to which everything was applied, as long as nobody has changed anything."""
    return applied_everything.live()
