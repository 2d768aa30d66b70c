"""`reconciler doctor`: the connection to a tenant, and for which commands the scopes are enough."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from okta_sandbox import process
from okta_sandbox.process import RunningTenant
from reconciler.cli import doctor
from reconciler.kinds import scopes
from reconciler.least_privilege import needs
from reconciler.okta.client import OktaClient
from reconciler.okta.rate_limits import RateLimits
from tests.definitions.folder import group
from tests.e2e.sign_in import PRIVATE_KEY, service_app
from tests.tenants import REAL

GROUP = ("okta.groups.manage", "okta.groups.read", "okta.roles.read")


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="00secret") as running:
        yield running


@pytest.fixture(autouse=True)
def _project(folder, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "state", lambda *_: ())
    monkeypatch.setattr(doctor, "machine", lambda: ())
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    monkeypatch.setenv("ACME_TOKEN", "00secret")
    folder.write(group("people"))


def sign_in(folder, url: str, credentials: str = "token: env:ACME_TOKEN") -> None:
    folder.write(f"tenant:\n  url: {url}\n  credentials: {{{credentials}}}\n", "environments/staging.yaml")


def as_app(folder, tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, granted: Any) -> None:
    app = service_app(tenant.url, granted)
    monkeypatch.setenv(PRIVATE_KEY, app.variables[PRIVATE_KEY])
    sign_in(folder, tenant.url, ", ".join(f"{name}: {value!r}" for name, value in app.credentials.items()))


def checks(invoke) -> dict[str, dict[str, str]]:
    """What was found by status, with the next action."""
    found: dict[str, dict[str, str]] = {"ok": {}, "missing": {}, "note": {}}
    for check in json.loads(invoke("doctor", "--format", "json").stdout):
        found[check["status"]][check["what"]] = check["hint"]
        assert bool(check["hint"]) is (check["status"] != "ok"), "each failure names the next action"
    return found


def test_a_tenant_that_answers(invoke, folder, tenant):
    sign_in(folder, tenant.url)
    found = checks(invoke)
    assert "staging: this machine's clock fits the tenant's" in found["ok"]
    assert f"staging: {tenant.url} answers and accepts the credentials" in found["ok"]
    assert found["missing"] == found["note"] == {}


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (ssl.SSLCertVerificationError("certificate verify failed"), "set SSL_CERT_FILE"),
        (socket.gaierror(-2, "Name or service not known"), "DNS"),
        (ConnectionRefusedError(111, "Connection refused"), "the network"),
    ],
    ids=["tls", "dns", "refused"],
)
def test_each_failure_to_connect_names_what_to_check(invoke, folder, monkeypatch, cause: Exception, hint: str):
    sign_in(folder, REAL)

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(cause)) from cause

    connect = OktaClient.__init__

    def failing(self: OktaClient, *arguments: Any, **options: Any) -> None:
        connect(self, *arguments, **{**options, "transport": httpx.MockTransport(fail)})

    monkeypatch.setattr(OktaClient, "__init__", failing)
    monkeypatch.setattr("reconciler.okta.client._TRIES", 1)
    found = checks(invoke)
    ((what, action),) = found["missing"].items()
    assert str(cause) in what and hint in action


def test_a_proxy_that_does_not_work_is_named(invoke, folder, monkeypatch):
    sign_in(folder, REAL)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("reconciler.okta.client._TRIES", 1)
    ((what, action),) = checks(invoke)["missing"].items()
    assert f"on {REAL}: " in what and "the network" in action


@pytest.mark.parametrize(("ahead", "said"), [(720.0, "12 minutes ahead of"), (-7200.0, "120 minutes behind")])
def test_a_wrong_clock_is_found(invoke, folder, tenant, monkeypatch, ahead: float, said: str):
    sign_in(folder, tenant.url)
    monkeypatch.setattr(RateLimits, "ahead", ahead)
    ((what, action),) = checks(invoke)["missing"].items()
    assert what == f"staging: this machine's clock is {said} the tenant's"
    assert "NTP" in action


def test_an_app_is_told_for_which_commands_its_scopes_are_enough(invoke, folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, GROUP)
    found = checks(invoke)
    assert "staging: the service app has the scopes for preview, up, repair, accept, doctor" in found["ok"]
    assert found["missing"] == {}
    (lacking,) = [what for what in found["note"] if "for drift, adopt, coverage, the service app lacks " in what]
    assert "okta.realms.read" in lacking and "okta.groups" not in lacking
    assert any("cannot see" in what for what in found["note"])


def test_an_app_with_all_scopes_lacks_nothing(invoke, folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, None)
    found = checks(invoke)
    all_commands = "preview, up, drift, repair, accept, adopt, coverage, rotate, doctor"
    assert f"staging: the service app has the scopes for {all_commands}" in found["ok"]
    assert found["missing"] == found["note"] == {}


def test_an_app_with_read_scopes_is_a_note(invoke, folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, needs("drift").all)
    found = checks(invoke)
    assert found["missing"] == {}
    assert found["note"] == {"staging: the service app has read scopes only": "up, repair also need okta.groups.manage"}


def test_an_app_that_cannot_even_preview_is_an_error(invoke, folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, scopes.needed() - {"okta.roles.read"})
    (what,) = checks(invoke)["missing"]
    assert what.endswith("the service app lacks okta.roles.read") and "for preview, up, drift" in what


def test_an_app_without_an_admin_role_is_told_so(invoke, folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, GROUP)
    fault = {"method": "GET", "path": "/api/v1/groups", "status": 403}
    httpx.post(f"{tenant.url}/_sandbox/faults", json=fault, trust_env=False).raise_for_status()
    try:
        missing = checks(invoke)["missing"]
    finally:
        httpx.delete(f"{tenant.url}/_sandbox/faults", trust_env=False)
    assert [hint for what, hint in missing.items() if "403" in what] == [
        "give the app an admin role: `reconciler scopes` says which one each command needs"
    ]
