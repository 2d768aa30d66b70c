"""The real engine against the local tenant: a tenant for each worker, and folders with definitions and state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import process
from tests.e2e.workspace import SandboxTenant, Workspace


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


@pytest.fixture(scope="module")
def own_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A folder and a tenant that the tests of a module share."""
    with process.start() as running:
        tenant = SandboxTenant(running.url, running.token)
        tenant.reset()
        yield Workspace(tmp_path_factory.mktemp("workspace"), tenant)
