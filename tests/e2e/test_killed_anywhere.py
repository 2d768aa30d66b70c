"""Runs with all operations, killed anywhere: the next run completes the work, although the engine recorded nothing.

To kill more runs: pytest tests/e2e/test_killed_anywhere.py --kills 40
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from reconciler.engine.local_state import LocalState
from reconciler.okta.snapshot import LiveObject
from tests.e2e.documents import document, group, groups, server, zone
from tests.e2e.test_faults import expect_convergence
from tests.e2e.test_killed import PATIENCE_SECONDS, engine_of, running, until
from tests.e2e.workspace import SandboxTenant, StartTenant, Workspace
from tests.specimens import SECRET

pytestmark = pytest.mark.e2e
CHANGES = frozenset({"POST", "PUT", "DELETE"})
ALL = 40
"""About the number of changing requests of an undisturbed run."""


@pytest.fixture
def tenant(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    """A tenant of its own, so that a killed run affects no other test."""
    with start_tenant() as tenant:
        yield tenant


def app(name: str, kind: str, *groups: str, **spec: Any) -> dict[str, Any]:
    grants = ["client_credentials"] if kind == "service" else ["authorization_code"]
    uris = {} if kind == "service" else {"redirect_uris": ["https://app.example.com/callback"]}
    assigned = {"groups": [{"group": each} for each in groups]}
    return document("oidc-app", name, label=name, type=kind, grant_types=grants, **uris, **assigned, **spec)


def policy(*rules: dict[str, str]) -> dict[str, Any]:
    spec = {"groups_included": ["everyone"], "priority": 1, "rules": list(rules)}
    return document("password-policy", "strict", name="Strict", **spec)


def before() -> list[dict[str, Any]]:
    return [
        *groups(8),
        zone("office"),
        zone("lab"),
        server(),
        policy({"name": "First"}, {"name": "Second"}, {"name": "Third"}),
        app("portal", "web", "group-00", "group-01"),
        app("mobile", "native", "group-02"),
        app("gone", "web", "group-03"),
        document("group-rule", "staff", name="Staff", expression='user.department == "A"', groups=["group-04"]),
    ]


def after() -> list[dict[str, Any]]:
    changed = server()
    spec = changed["spec"]
    spec["scopes"] = [{"name": "payments:read", "description": "To read."}, {"name": "payments:new"}]
    spec["policies"][0]["rules"][0]["access_token_lifetime_minutes"] = 30
    return [
        *(group(f"group-{number:02}", description="Changed.") for number in range(5)),  # three are removed
        group("renamed", name="Group-05") | {"previously": "group-05"},
        *(group(f"new-{number}") for number in range(3)),
        group("found"),  # created by hand
        zone("office", type="DYNAMIC", gateways=None, locations=["NO"]),  # replaced
        zone("attic", status="INACTIVE"),
        changed,
        policy({"name": "First"}, {"name": "Renamed", "previously": "Second"}, {"name": "Fourth"}),
        app("portal", "service", "group-00", "new-1", client_secret=f"env:{SECRET}"),  # replaced
        app("mobile", "native", "group-02", "new-0"),
        document("group-rule", "staff", name="Staff", expression='user.department == "B"', groups=["new-2"]),
    ]


def changes(workspace: Workspace) -> int:
    return sum(count for (method, _), count in workspace.tenant.stats().items() if method in CHANGES)


def content(workspace: Workspace) -> list[tuple[str, ...]]:
    """The objects of the tenant, without ids and members that contain ids."""
    live = workspace.tenant.read()

    def path(item: LiveObject) -> tuple[str, ...]:
        return (*(path(item.parent) if item.parent else ()), item.kind.name, item.label)

    return sorted(path(item) for items in live.objects.values() for item in items)


def settled_by(workspace: Workspace, point: int, *, engine_only: bool) -> None:
    """Kill a run after this number of changes, and check that the next one completes the work."""
    workspace.declare(before())
    workspace.up()
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Found"}})
    workspace.tenant.clear_stats()
    for method in CHANGES:
        workspace.tenant.order_fault(method=method, latency=0.05)
    workspace.declare(after())
    with running(workspace, "up", "--yes") as process:
        until(lambda: changes(workspace) >= point or process.poll() is not None, f"change {point}")
        with suppress(ProcessLookupError):
            if engine_only and (engine := engine_of(process)):
                os.kill(engine, signal.SIGKILL)
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_SECONDS)

    expect_convergence(workspace)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attempt" in metafunc.fixturenames:
        metafunc.parametrize("attempt", range(max(1, int(metafunc.config.getoption("--kills")) // 2)))


@pytest.mark.parametrize("engine_only", [False, True], ids=["all", "engine"])
def test_a_run_killed_anywhere_is_completed_by_the_next(workspace: Workspace, engine_only: bool, attempt: int):
    """The point is random in each test run, and named on failure."""
    point = random.randrange(1, ALL)
    print(f"killed after {point} changes")
    settled_by(workspace, point, engine_only=engine_only)

    left = content(workspace)
    workspace.tenant.reset()
    undisturbed = Workspace(workspace.root / "undisturbed", workspace.tenant)
    undisturbed.declare(after())
    undisturbed.up()
    assert content(undisturbed) == left


def test_unrecorded_operations_are_found_in_the_tenant(workspace: Workspace):
    """The reconciler was killed with the engine, before the engine reported its last operation."""
    workspace.declare([zone("office"), group("gone"), group("stays")])
    workspace.up()
    objects = workspace.tenant.read().objects
    ids = {item.label: item for kind in ("network-zone", "group") for item in objects[kind]}
    workspace.tenant.request("POST", f"{ids['office'].path}/lifecycle/deactivate")
    for name in ("office", "Gone"):
        workspace.tenant.request("DELETE", ids[name].path)
    replacement = {"type": "DYNAMIC", "name": "office", "locations": [{"country": "NO"}], "asns": []}
    made = workspace.tenant.request("POST", "/api/v1/zones", replacement)["id"]
    unverified = LocalState(workspace.root / ".state", "okta", "test").unverified
    unverified.parent.mkdir(exist_ok=True, parents=True)
    unverified.write_text("")
    workspace.declare([zone("office", type="DYNAMIC", gateways=None, locations=["NO"]), group("stays")])

    expect_convergence(workspace)

    assert ("network-zone", made) in workspace.tenant.read().by_id
    assert not unverified.exists()
