"""Fixtures for the real engine and the local tenant: one tenant per worker, and workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from okta_sandbox import process
from reconciler.okta.snapshot import Snapshot
from tests.e2e.sign_in import WAYS
from tests.e2e.workspace import Comparison, SandboxTenant, StartTenant, Workspace
from tests.specimens import everything


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_sign_ins` runs with both, unless the run is limited to one."""
    marked = metafunc.definition.get_closest_marker("both_sign_ins")
    if marked and metafunc.config.getoption("--sign-in") == "token":
        metafunc.parametrize("sign_in", WAYS, indirect=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    marked = item.get_closest_marker("stand_in")
    if marked and item.config.getoption("--provider") == "official":
        pytest.skip(f"about the stand-in: {marked.args[0]}")


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> str:
    """How environments sign in: as the test or the whole run chooses."""
    if request.node.get_closest_marker("only_by_token"):
        return "token"
    return str(getattr(request, "param", request.config.getoption("--sign-in")))


@pytest.fixture(scope="session")
def start_tenant(request: pytest.FixtureRequest) -> StartTenant:
    """Starts a separate tenant with a fresh org, for a module or the whole run."""

    @contextmanager
    def start() -> Iterator[SandboxTenant]:
        with process.start() as running:
            tenant = SandboxTenant(running.url, running.token)
            tenant.reset()
            yield tenant.signed_in(request.config.getoption("--sign-in"))

    return start


@pytest.fixture(scope="session")
def running_tenant(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    with start_tenant() as running:
        yield running


@pytest.fixture
def tenant(running_tenant: SandboxTenant, sign_in: str) -> SandboxTenant:
    """A fresh org."""
    running_tenant.reset()
    return running_tenant.signed_in(sign_in)


@pytest.fixture
def workspace(tenant: SandboxTenant, tmp_path: Path) -> Workspace:
    """A workspace with a fresh org."""
    return Workspace(tmp_path, tenant)


@pytest.fixture(scope="session")
def applied_everything(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """A separate tenant to which all specimens were applied with every field set."""
    with start_tenant() as tenant:
        workspace = Workspace(tmp_path_factory.mktemp("everything"), tenant)
        workspace.declare(everything())
        workspace.up()
        yield workspace.comparison()


@pytest.fixture
def applied(applied_everything: Comparison) -> Iterator[Comparison]:
    """The same, for a test that restores what it changes in the tenant."""
    yield applied_everything
    assert applied_everything.findings() == [], "this test did not restore what it changed"


@pytest.fixture(scope="session")
def before(applied_everything: Comparison) -> Snapshot:
    """A snapshot of that tenant before any change."""
    return applied_everything.live()
