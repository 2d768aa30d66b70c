"""Each command works with a service app that has exactly the scopes that `reconciler scopes` lists, and with no fewer.

What a command could not do or see shows in its exit code or in its output. That changing objects of all kinds needs
every scope of the kinds is tested in `tests/test_scopes.py`, in process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from okta_sandbox.families import ROUTES
from okta_sandbox.system_log import ROUTES as OF_LOG
from reconciler import least_privilege, watched
from reconciler.definitions import load
from reconciler.kinds import Kind, scopes
from reconciler.least_privilege import needs, of_all_commands
from tests.e2e.documents import bookmark, document, group, zone
from tests.e2e.sign_in import KEY_ID, ByServiceApp, service_app
from tests.e2e.workspace import ENVIRONMENT, Outcome, SandboxTenant, Workspace
from tests.people import PEOPLE

pytestmark = [pytest.mark.e2e, pytest.mark.only_by_token("makes the service apps that it needs itself")]

DEFINITIONS = [
    group("people", roles=[{"type": "HELP_DESK_ADMIN"}]),
    zone("office"),
    bookmark("wiki", groups=[{"group": "people"}], authentication_policy="strict"),
    document("authentication-policy", "strict", name="Strict", description="Two factors."),
]
USERS = "okta.users.read"
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
    outcome = run(app, command, tmp_path)
    assert outcome.code == COMMANDS[command][1] and gaps_in(outcome), outcome
    if command != "preview":
        hidden = {row.word for row in watched.read_rows() if row.scope in ("okta.apiTokens", "okta.brands")}
        assert hidden and all(word in outcome.out + outcome.err for word in hidden), outcome


@dataclass(frozen=True)
class Granted:
    """A workspace that was applied, and whose service app has exactly some scopes.

    The definitions use every way in which a kind needs a scope of another one: references, owned objects and users.
    """

    workspace: Workspace

    @classmethod
    def of(cls, workspace: Workspace, command: str) -> Granted:
        """With the scopes of a command."""
        workspace.declare(ALL_DEFINITIONS)
        at_first = as_app(workspace, of_all_commands())
        at_first.write_environment(ENVIRONMENT)
        at_first.up()
        granted = cls(at_first)
        for scope in granted._grants().keys() - needs(command, in_use(at_first)).all:
            granted._revoke(scope)
        return granted

    @contextmanager
    def without(self, scope: str) -> Iterator[None]:
        """With all of its scopes but this one."""
        tenant = self.workspace.tenant
        self._revoke(scope)
        yield
        tenant.request("POST", self._path, {"issuer": tenant.url, "scopeId": scope})

    @property
    def _path(self) -> str:
        assert self.workspace.tenant.app
        return f"/api/v1/apps/{self.workspace.tenant.app.client_id}/grants"

    def _grants(self) -> dict[str, str]:
        return {one["scopeId"]: one["id"] for one in self.workspace.tenant.request("GET", self._path)}

    def _revoke(self, scope: str) -> None:
        self.workspace.tenant.request("DELETE", f"{self._path}/{self._grants()[scope]}")


ALL_DEFINITIONS = [
    *DEFINITIONS,
    document(
        "global-session-policy",
        "sessions",
        name="Sessions",
        description="Excludes a user.",
        priority=1,
        groups_included=["people"],
        rules=[{"name": "Rule", "users_excluded": PEOPLE[:1]}],
    ),
]
COMPLETE: dict[str, tuple[str, ...]] = {
    "preview": ("preview", ENVIRONMENT),
    "up": ("up", ENVIRONMENT, "--yes"),
    "drift": ("drift", ENVIRONMENT, "--fail-on", "MISSING"),
    "repair": ("repair", ENVIRONMENT, "--yes"),
    "accept": ("accept", ENVIRONMENT, "--dry-run"),
    "adopt": ("adopt", ENVIRONMENT, "--into"),
    "coverage": ("coverage", ENVIRONMENT),
    "rotate": ("rotate", ENVIRONMENT, "--due", "3650d"),
    "doctor": ("doctor",),
}
"""Every command, and how it ends with 0 if it sees everything. The grants that the tests change are drift that nobody
deletes, so `drift` fails only for what is missing."""
GAPS = ("403", "not visible to these credentials", "could not be read", "was compared with the state only", "refused")
"""What the commands say if the credentials were not enough."""


def gaps_in(outcome: Outcome) -> list[str]:
    said = (outcome.out + outcome.err).lower()
    return [words for words in GAPS if words in said]


def run_completely(workspace: Workspace, command: str, folder: Path) -> Outcome:
    """Run a command that has nothing to change; what it writes is written into a folder."""
    into = [str(folder)] if command == "adopt" else []
    name, *arguments = COMPLETE[command]
    return workspace.run(name, *arguments, *into, environment=None)


def test_every_command_is_run():
    assert COMPLETE.keys() == set(least_privilege.COMMANDS)


@pytest.mark.parametrize("command", [one for one in COMPLETE if one != "doctor"])
def test_a_command_lacks_each_scope_that_it_reads_with(workspace: Workspace, tmp_path: Path, command: str):
    granted = Granted.of(workspace, command)
    app = granted.workspace
    found = needs(command, in_use(app))
    complete = run_completely(app, command, tmp_path / "all")
    assert (complete.code, gaps_in(complete)) == (0, []), complete

    for scope in found.needed:
        if scope.endswith(".read"):
            with granted.without(scope):
                outcome = run_completely(app, command, tmp_path / scope)
            assert gaps_in(outcome), (scope, outcome)
            if command in ("preview", "up") and scope != USERS:
                assert outcome.code == 0 and "Note: " in outcome.out, (scope, outcome)
            else:
                assert outcome.code == (1 if command in ("preview", "up") else 3), (scope, outcome)

    for scope in found.useful if command != "up" else ():  # which reads what no kind covers for a new baseline only
        if scope in watched.scopes() | scopes.to_attribute():
            with granted.without(scope):
                outcome = run_completely(app, command, tmp_path / scope)
            assert outcome.code == 0 and gaps_in(outcome), (scope, outcome)


def test_an_up_fails_without_any_one_scope_to_change(workspace: Workspace, tmp_path: Path):
    workspace.declare(ALL_DEFINITIONS)
    found = needs("up", in_use(workspace))
    for scope in found.needed:
        if scope.endswith(".manage"):
            workspace.tenant.reset()
            fresh = Workspace(tmp_path / scope, workspace.tenant)
            fresh.declare(ALL_DEFINITIONS)
            outcome = as_app(fresh, found.all - {scope}).run("up", "--yes")
            assert outcome.code == 1 and "403" in outcome.out + outcome.err, (scope, outcome)


def test_a_repair_fails_without_any_one_scope_to_change(workspace: Workspace):
    granted = Granted.of(workspace, "repair")
    app = granted.workspace
    for scope in needs("repair", in_use(app)).needed:
        if scope.endswith(".manage"):
            delete_what_is_declared(app)
            with granted.without(scope):
                outcome = app.run("repair", "--yes")
            assert outcome.code == 1 and "403" in outcome.out + outcome.err, (scope, outcome)
    delete_what_is_declared(app)
    repaired = app.run("repair", "--yes")
    assert repaired.code == 0, repaired


def delete_what_is_declared(workspace: Workspace) -> None:
    """Delete every declared object in the tenant that is there."""
    tenant = workspace.tenant
    live = tenant.read()
    declared = [
        (one["kind"], one["spec"].get("name") or one["spec"]["label"])
        for one in sorted(ALL_DEFINITIONS, key=lambda one: one["kind"] != "bookmark-app")  # which has a policy
    ]
    for kind, label in declared:
        for one in live.objects[kind]:
            if one.label == label:
                if one.json.get("status") == "ACTIVE":
                    tenant.request("POST", f"{one.path}/lifecycle/deactivate")
                tenant.request("DELETE", one.path)


def test_a_rotation_fails_without_the_scope_to_change(workspace: Workspace):
    secret = workspace.definitions / "console.secret"
    secret.write_text("the-client-secret-of-console")
    service = {"label": "Console", "type": "service", "client_secret": "file:console.secret"}
    workspace.declare([document("oidc-app", "console", **service)])
    workspace.up()
    found = needs("rotate", in_use(workspace))
    for scope in found.needed:
        refused = as_app(workspace, {*found.needed} - {scope}).run("rotate", "--yes", "console")
        assert refused.code == 3 and gaps_in(refused), (scope, refused)
        assert secret.read_text() == "the-client-secret-of-console"
    as_app(workspace, found.needed).expect(0, "rotate", "--yes", "console")


def test_a_doctor_needs_to_read_one_list(workspace: Workspace):
    workspace.declare(DEFINITIONS)
    (scope,) = needs("doctor").needed
    assert "accepts the credentials" in as_app(workspace, [scope]).run("doctor", environment=None).out
    refused = as_app(workspace, ["okta.apps.read"]).run("doctor", environment=None)
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
