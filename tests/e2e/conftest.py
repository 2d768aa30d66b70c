"""The real engine against the local tenant: a tenant for each worker, and folders with definitions and state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.okta.snapshot import Snapshot
from reconciler.sandbox import process
from tests.e2e.sign_in import WAYS
from tests.e2e.workspace import Comparison, SandboxTenant, StartTenant, Workspace
from tests.specimens import everything


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that is marked `both_sign_ins` is run in both ways, unless the whole run is about one."""
    marked = metafunc.definition.get_closest_marker("both_sign_ins")
    if marked and metafunc.config.getoption("--sign-in") == "token":
        metafunc.parametrize("sign_in", WAYS, indirect=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    marked = item.get_closest_marker("stand_in")
    if marked and item.config.getoption("--provider") == "official":
        pytest.skip(f"about the stand-in: {marked.args[0]}")


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> str:
    """How environments sign in: as the test says, or as the whole run does."""
    if request.node.get_closest_marker("only_by_token"):
        return "token"
    return str(getattr(request, "param", request.config.getoption("--sign-in")))


@pytest.fixture(scope="session")
def start_tenant(request: pytest.FixtureRequest) -> StartTenant:
    """Starts a tenant of one's own, with a fresh org, for the tests of a module or of the whole run."""

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
    """A folder for definitions of a fresh org."""
    return Workspace(tmp_path, tenant)


@pytest.fixture(scope="session")
def applied_everything(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """A tenant of its own, to which everything was applied with every field set."""
    with start_tenant() as tenant:
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
