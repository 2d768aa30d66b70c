"""A company's repository for each module, and two local tenants and a runner that all tests share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from okta_sandbox import process
from reconciler.engine.toolchain.plugin import PLUGIN_VERSION
from tests.e2e.workspace import SandboxTenant
from tests.github.company import Company, founded, home
from tests.github.hub import serve


@pytest.fixture
def plugin(company: Company) -> Iterator[Path]:
    """The provider plugin of a tenant that is not local, as if it came from the cache. It is not run."""
    folder = Path(company.machine.environment["HOME"]) / f".pulumi/plugins/resource-okta-v{PLUGIN_VERSION}"
    folder.mkdir(parents=True)
    (folder / "pulumi-resource-okta").touch()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def tenants() -> Iterator[dict[str, SandboxTenant]]:
    """Staging and production, in one process."""
    with process.start_tenants("staging", "production") as running:
        yield {name: SandboxTenant(each.url, each.token) for name, each in running.items()}


@pytest.fixture(scope="session")
def runner_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a runner that has the software of this checkout."""
    return home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, tenants: dict[str, SandboxTenant], runner_home: Path
) -> Iterator[Company]:
    """A new repository and two fresh tenants. Nothing is applied yet."""
    folder = tmp_path_factory.mktemp("company")
    socket = Path(tempfile.mkdtemp()) / "gh.sock"  # a socket's path has at most 107 characters
    for tenant in tenants.values():
        tenant.reset()
    company = founded(folder, tenants, socket, runner_home)
    with serve(company.hub, socket) as address:
        company.machine.api = address
        yield company
    shutil.rmtree(socket.parent)
