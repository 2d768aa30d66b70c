"""Each command works with a service app that has exactly the scopes that `reconciler scopes` lists, and with no fewer.

The tenant is shared, and what a command leaves out is seen in its exit code or in its output. That reading all kinds
needs every scope of the kinds is tested in `tests/test_scopes.py`, in process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from okta_sandbox.families import ROUTES
from okta_sandbox.system_log import ROUTES as OF_LOG
from reconciler.definitions import load
from reconciler.kinds import Kind
from reconciler.least_privilege import needs
from tests.e2e.documents import bookmark, document, group, zone
from tests.e2e.sign_in import KEY_ID, ByServiceApp, service_app
from tests.e2e.workspace import ENVIRONMENT, Outcome, SandboxTenant, Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.only_by_token("makes the service apps that it needs itself")]

DEFINITIONS = [
    group("people", roles=[{"type": "HELP_DESK_ADMIN"}]),
    zone("office"),
    bookmark("wiki", groups=[{"group": "people"}], authentication_policy="strict"),
    document("authentication-policy", "strict", name="Strict", description="Two factors."),
]
SCOPES = {(route.method, route.path): route.needed_scope for route in (*ROUTES, *OF_LOG)}


def as_app(workspace: Workspace, granted: Iterable[str]) -> Workspace:
    """The same workspace, with a service app that has these scopes."""
    return replace(workspace, tenant=replace(workspace.tenant, app=service_app(workspace.tenant.url, granted)))


def in_use(workspace: Workspace) -> list[Kind]:
    with workspace.environment():
        declared = load(workspace.definitions, ENVIRONMENT).kinds
    return list(declared)


def used(tenant: SandboxTenant) -> set[str]:
    """The scopes of the requests that were sent."""
    return {scope for endpoint in tenant.stats() if (scope := SCOPES.get(endpoint, ""))}


def changed_outside(workspace: Workspace) -> None:
    """What `repair` and `accept` have to do, and `drift` to attribute."""
    (people,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    workspace.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})


COMMANDS: dict[str, tuple[tuple[str, ...], int]] = {
    "preview": ((), 0),
    "up": (("--yes",), 0),
    "drift": ((), 2),
    "repair": (("--yes",), 0),
    "accept": (("--yes",), 0),
    "coverage": ((), 0),
    "adopt": (("--into", "adopted"), 0),
}
"""The options and the exit code of each command."""


def run(workspace: Workspace, command: str, tmp_path: Path) -> Outcome:
    options, _ = COMMANDS[command]
    into = [str(tmp_path / one) if one == "adopted" else one for one in options]
    environment = None if command == "doctor" else ENVIRONMENT
    return workspace.run(command, *into, environment=environment)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works_with_exactly_its_scopes_and_uses_them_all(workspace: Workspace, tmp_path: Path, command: str):
    workspace.declare(DEFINITIONS)
    if command not in ("preview", "up"):
        workspace.up()
        changed_outside(workspace)
    found = needs(command, in_use(workspace))
    app = as_app(workspace, found.all)
    workspace.tenant.clear_stats()

    outcome = run(app, command, tmp_path)

    assert outcome.code == COMMANDS[command][1], outcome
    sent = used(workspace.tenant)
    assert sent <= found.all
    if command in ("drift", "coverage"):
        unused = found.all - sent
        assert all(scope.startswith(("okta.factors.", "okta.users.", "okta.appGrants.")) for scope in unused), unused


@pytest.mark.parametrize("command", ["preview", "up", "accept", "repair"])
def test_a_command_works_with_the_needed_scopes_alone(workspace: Workspace, tmp_path: Path, command: str):
    workspace.declare(DEFINITIONS)
    if command not in ("preview", "up"):
        workspace.up()
        changed_outside(workspace)
    app = as_app(workspace, needs(command, in_use(workspace)).needed)
    assert run(app, command, tmp_path).code == COMMANDS[command][1]


@pytest.fixture
def settled(workspace: Workspace) -> Workspace:
    workspace.declare(DEFINITIONS)
    workspace.up()
    changed_outside(workspace)
    return workspace


def names_the_gap(outcome: Outcome) -> bool:
    """Whether a command says that the credentials were not enough."""
    said = (outcome.out + outcome.err).lower()
    return any(words in said for words in ("403", "not visible to these credentials", "could not be read"))


def test_a_preview_without_any_one_scope_names_the_gap(settled: Workspace):
    found = needs("preview", in_use(settled))
    assert not names_the_gap(as_app(settled, found.all).run("preview"))
    for scope in found.needed:
        outcome = as_app(settled, found.all - {scope}).run("preview")
        assert names_the_gap(outcome), (scope, outcome)


def test_an_up_without_any_one_scope_fails_or_names_the_gap(workspace: Workspace, tmp_path: Path):
    workspace.declare(DEFINITIONS)
    found = needs("up", in_use(workspace))
    for scope in found.needed:
        workspace.tenant.reset()
        fresh = Workspace(tmp_path / scope, workspace.tenant)
        fresh.declare(DEFINITIONS)
        outcome = as_app(fresh, found.all - {scope}).run("up", "--yes")
        assert names_the_gap(outcome), (scope, outcome)
        if scope.endswith(".manage"):
            assert outcome.code == 1, (scope, outcome)


def test_a_drift_without_any_one_scope_names_the_gap(settled: Workspace):
    found = needs("drift", in_use(settled))
    chosen = {*needs("preview", in_use(settled)).needed, "okta.logs.read", "okta.brands.read", "okta.realms.read"}
    for scope in sorted(chosen):
        outcome = as_app(settled, found.all - {scope}).run("drift")
        assert names_the_gap(outcome), (scope, outcome)


def test_a_coverage_without_a_needed_scope_exits_with_3(settled: Workspace):
    found = needs("coverage", in_use(settled))
    for scope in ("okta.groups.read", "okta.realms.read", "okta.idps.read"):
        assert as_app(settled, found.all - {scope}).run("coverage").code == 3, scope


def test_a_doctor_needs_to_read_one_list(settled: Workspace):
    (scope,) = needs("doctor").needed
    assert "accepts the credentials" in as_app(settled, [scope]).run("doctor", environment=None).out
    refused = as_app(settled, ["okta.apps.read"]).run("doctor", environment=None)
    assert refused.code == 1 and "403" in refused.out


def test_the_definitions_of_a_role_can_be_applied(workspace: Workspace):
    workspace.declare([group("people"), bookmark("wiki", groups=[{"group": "people"}])])
    text = workspace.expect(0, "scopes", "up", ENVIRONMENT, "--format", "definition", environment=None).out
    (workspace.definitions / "role.yaml").write_text(text)
    workspace.up()
    roles: Any = workspace.tenant.request("GET", "/api/v1/iam/roles")["roles"]
    assert "Reconciler up (test)" in {role["label"] for role in roles}
    workspace.expect_settled()


class ByNamedApp(ByServiceApp):
    """A service app whose identifiers are in variables, as in jobs that use an app each."""

    @property
    def credentials(self) -> Mapping[str, str]:
        return {**super().credentials, "client_id": "env:TEST_APP_ID", "private_key_id": "env:TEST_KEY_ID"}

    @property
    def variables(self) -> Mapping[str, str]:
        return {**super().variables, "TEST_APP_ID": self.client_id, "TEST_KEY_ID": KEY_ID}


def job(workspace: Workspace, granted: Iterable[str]) -> Workspace:
    """The same workspace and environment, in a job with an app of its own."""
    app = ByNamedApp(service_app(workspace.tenant.url, granted).client_id)
    return replace(workspace, tenant=replace(workspace.tenant, app=app))


def test_the_job_that_reads_and_the_job_that_changes_have_an_app_each(workspace: Workspace):
    workspace.declare(DEFINITIONS)
    reads = job(workspace, needs("drift").all)
    changes = job(workspace, needs("up", in_use(reads)).all)

    assert "to create" in reads.expect(0, "preview", "--strict-credentials").out
    assert reads.run("up", "--yes").code == 1
    refused = changes.expect(4, "preview", "--strict-credentials")
    assert "has scopes that `preview` does not need: okta.apps.manage, okta.groups.manage" in refused.err
    changes.up()
    found = reads.expect(2, "drift", "--strict-credentials").out
    assert "1 unmanaged" in found and "oidc-app Reconciler of the tests" in found, "the other app is like any app"
