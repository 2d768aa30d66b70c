"""The recommended sign-in: a service app with a private key and granted scopes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds import scopes
from reconciler.least_privilege import needs
from reconciler.okta import sign_in
from reconciler.okta.sign_in import PrivateKey
from tests.e2e import fake_plugin
from tests.e2e.documents import bookmark, group, zone
from tests.e2e.sign_in import KEY_ID, ByJwk, ByServiceApp, service_app
from tests.e2e.test_company_definitions import ship
from tests.e2e.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.only_by_token("makes the service apps that it needs itself")]

DEFINITIONS = [group("people"), zone("office"), bookmark("wiki", groups=[{"group": "people"}])]


def as_app(workspace: Workspace, granted: Iterable[str]) -> Workspace:
    """The same workspace, with a service app that has these scopes."""
    app = service_app(workspace.tenant.url, granted)
    return replace(workspace, tenant=replace(workspace.tenant, app=app))


@pytest.fixture
def own_app(workspace: Workspace) -> Workspace:
    """A workspace whose service app has the scopes of the kinds."""
    return as_app(workspace, scopes.needed())


def app_of(workspace: Workspace) -> ByServiceApp:
    assert workspace.tenant.app
    return workspace.tenant.app


def test_definitions_of_a_company_are_applied_compared_and_repaired(own_app: Workspace):
    ship(own_app, "production")
    own_app.up()
    own_app.expect_settled()
    policy, *_ = [one for one in own_app.tenant.read().objects["password-policy"] if not one.built_in]
    app, *_ = [one for one in own_app.tenant.read().objects["oidc-app"] if not one.built_in]
    own_app.tenant.request("PUT", policy.path, {**policy.json, "description": "By hand."})
    own_app.tenant.request("POST", f"{app.path}/lifecycle/deactivate")
    own_app.tenant.request("DELETE", app.path)

    found = own_app.expect(2, "drift")
    assert "1 changed" in found.out and "1 missing" in found.out
    assert "could not be read" not in found.out + found.err
    own_app.expect(0, "repair", "--yes", "--remove-unmanaged")

    own_app.expect_settled()
    expected = "ok       test: the service app has the scopes for preview, up, drift, repair, accept, adopt, coverage"
    assert expected in own_app.run("doctor", environment=None).out


def test_read_only_commands_work_with_read_scopes(workspace: Workspace):
    reader = as_app(workspace, scopes.to_read() | scopes.to_attribute())
    reader.declare(DEFINITIONS)

    assert "4 to create" in reader.expect(0, "preview").out
    reader.expect(3, "drift")
    refused = reader.expect(1, "up", "--yes")
    assert "403" in refused.out and "failed  group people" in refused.out
    assert reader.tenant.labels() == []

    doctor = reader.expect(0, "doctor", environment=None)
    assert "test: the service app has read scopes only" in doctor.out
    assert re.search(r"up, repair also need .*okta\.apps\.manage, ", doctor.out)


@pytest.mark.parametrize("official", [False, True], ids=["stand-in", "official"])
def test_a_preview_asks_only_for_scopes_to_read(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, official: bool
):
    """Of the tenant and through the provider, also if it refreshes what was changed and deleted there."""
    workspace.declare(DEFINITIONS)
    workspace.up()
    (people,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    (office,) = [one for one in workspace.tenant.read().objects["network-zone"] if not one.built_in]
    workspace.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    workspace.tenant.request("POST", f"{office.path}/lifecycle/deactivate")
    workspace.tenant.request("DELETE", office.path)
    reader = as_app(workspace, scopes.to_read())
    asked: list[Collection[str]] = []

    class Recorded(PrivateKey):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            asked.append(self._scopes)

    monkeypatch.setattr(sign_in, "PrivateKey", Recorded)
    home = tmp_path_factory.mktemp("home")
    folder = fake_plugin.install(home) if official else home
    monkeypatch.setenv("PULUMI_HOME", str(home))

    planned = reader.expect(0, "preview", "--provider", "official" if official else "stand-in")

    assert "1 to create" in planned.out and "1 to update" in planned.out
    notes = [one["variables"] for one in fake_plugin.notes(folder) if "started" in one]
    started = [one["OKTA_API_SCOPES"].split(",") for one in notes]
    assert bool(started) is official
    assert {scope.rpartition(".")[2] for scopes in (*asked, *started) for scope in scopes} == {"read"}


def test_doctor_names_the_scopes_that_are_missing(workspace: Workspace):
    lacking = as_app(workspace, scopes.needed() - {"okta.groups.read", "okta.logs.read"})
    lacking.declare(DEFINITIONS)

    doctor = lacking.expect(1, "doctor", environment=None)

    assert re.search(r"missing  test: for preview, up, .*, the service app lacks okta\.groups\.read\n", doctor.out)
    assert re.search(r"note     test: the service app cannot see .*\n.*okta\.logs\.read", doctor.out)


def test_without_the_log_nothing_is_attributed_and_the_report_says_why(own_app: Workspace):
    own_app.declare(DEFINITIONS)
    own_app.up()
    blind = as_app(own_app, scopes.needed() - scopes.to_attribute())
    (people,) = [one for one in blind.tenant.read().objects["group"] if one.label == "People"]
    blind.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})

    found = blind.expect(2, "drift")

    assert "the System Log could not be read" in found.out + found.err


def other_apps(workspace: Workspace) -> list[dict[str, Any]]:
    return [one for one in workspace.tenant.request("GET", "/api/v1/apps?limit=200") if one["label"].startswith("Rec")]


def test_our_own_app_is_no_drift_and_is_never_removed(own_app: Workspace):
    """It is undeclared, but deleting it would lock the reconciler out. Any other such app is a finding."""
    own_app.declare(DEFINITIONS)
    own_app.up()
    own_app.expect_settled()
    other_app = service_app(own_app.tenant.url, ["okta.groups.manage"])

    assert "1 unmanaged" in own_app.expect(2, "drift").out
    own_app.expect(0, "repair", "--yes", "--remove-unmanaged")

    remaining = {one["id"] for one in other_apps(own_app)}
    assert app_of(own_app).client_id in remaining and other_app.client_id not in remaining
    own_app.expect_settled()


def test_our_own_app_is_not_adopted_unless_declared(own_app: Workspace):
    own_app.expect(0, "adopt", "--into", str(own_app.definitions))

    account = (own_app.definitions / "imports" / "test-not-adopted.md").read_text()
    assert "The app this environment signs in with" in account
    assert app_of(own_app).client_id in account
    assert not any(own_app.definitions.glob("*-apps/*"))
    assert "reconciler" not in " ".join(path.name for path in own_app.definitions.rglob("*.yaml"))
    own_app.expect(0, "coverage")


def token_requests(workspace: Workspace) -> int:
    endpoints = workspace.tenant.request("GET", "/_sandbox/stats")["endpoints"]
    return sum(each["requests"] for each in endpoints if each["path"] == "/oauth2/v1/token")


def test_a_run_asks_for_one_token_for_each_set_of_scopes(own_app: Workspace):
    own_app.declare(DEFINITIONS)
    for arguments, expected in ((("preview",), 1), (("up", "--yes"), 3), (("drift",), 1)):
        own_app.tenant.clear_stats()
        own_app.expect(0, *arguments)
        assert token_requests(own_app) == expected, arguments


def test_a_jwk_needs_no_key_id(workspace: Workspace):
    app = ByJwk(service_app(workspace.tenant.url, needs("drift").all).client_id)
    jwk = replace(workspace, tenant=replace(workspace.tenant, app=app))
    jwk.declare(DEFINITIONS)
    assert "4 to create" in jwk.expect(0, "preview", "--strict-credentials").out
    assert "accepts the credentials" in jwk.run("doctor", environment=None).out
    another = ByJwk(app.client_id, key_id="another-key")
    warned = replace(workspace, tenant=replace(workspace.tenant, app=another)).expect(0, "preview")
    assert re.search(rf"test\.yaml:6:21: private_key_id another-key is not used, .*kid {KEY_ID}", warned.err)


def test_everything_works_with_tokens_that_are_bound_to_a_key(workspace: Workspace):
    app = service_app(workspace.tenant.url, dpop=True)
    bound = replace(workspace, tenant=replace(workspace.tenant, app=app))
    bound.declare(DEFINITIONS)
    bound.up()
    bound.expect_settled()
    (people,) = [one for one in bound.tenant.read().objects["group"] if one.label == "People"]
    bound.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    bound.expect(2, "drift")
    bound.expect(0, "repair", "--yes")
    bound.expect_settled()
    assert "accepts the credentials" in bound.expect(0, "doctor", environment=None).out
