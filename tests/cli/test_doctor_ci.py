"""`reconciler doctor --ci`: what the job of an environment has, lacks and must not have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from okta_sandbox import process
from okta_sandbox.process import RunningTenant
from reconciler.kinds import scopes
from tests.definitions.folder import document, group
from tests.e2e.sign_in import PRIVATE_KEY, service_app

PROTECTED = {
    "protection_rules": [{"type": "required_reviewers", "reviewers": [{"type": "Team"}]}],
    "deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False},
}
REPOSITORY = "/repos/acme/identity/environments/staging"


class GitHub(ThreadingHTTPServer):
    """The part of GitHub's API that shows environments."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {REPOSITORY: PROTECTED}
        self.tokens: set[str | None] = set()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])
        answer = self.server.answers.get(self.path, 404)
        self.send_response(answer if isinstance(answer, int) else 200)
        self.end_headers()
        self.wfile.write(b"{}" if isinstance(answer, int) else json.dumps(answer).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/identity")
    monkeypatch.setenv("GH_TOKEN", "a token of the job")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="00secret") as running:
        yield running


@pytest.fixture(autouse=True)
def setting(folder, tmp_path, tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with one environment, which signs in with a token."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    sign_in(folder, tenant.url, "token: env:ACME_TOKEN")
    folder.write(group("people"))
    monkeypatch.setenv("ACME_TOKEN", "00secret")


def sign_in(folder, url: str, credentials: str) -> None:
    folder.write(f"tenant:\n  url: {url}\n  credentials: {{{credentials}}}\n", "environments/staging.yaml")


def checks(invoke, *options: str) -> dict[str, list[str]]:
    result = invoke("doctor", "--ci", "staging", "--format", "json", *options)
    found: dict[str, list[str]] = {"ok": [], "missing": [], "note": []}
    for check in json.loads(result.stdout):
        found[check["status"]].append(check["what"])
        assert check["hint"] or check["status"] == "ok"
    assert result.exit_code == int(bool(found["missing"]))
    return found


def test_a_protected_environment_is_ready(invoke, github: GitHub):
    found = checks(invoke)
    assert found["missing"] == []
    assert "staging: the GitHub environment staging: only protected branches may use it" in found["ok"]
    assert github.tokens == {"Bearer a token of the job"}


@pytest.mark.parametrize(
    ("environment", "policies", "problem"),
    [
        (404, {}, "staging: the GitHub environment staging does not exist"),
        (403, {}, "staging: the GitHub environment staging cannot be checked: GitHub answered 403"),
        (PROTECTED | {"protection_rules": []}, {}, "staging: the GitHub environment staging: no run needs an approval"),
        (
            PROTECTED | {"protection_rules": [{"type": "required_reviewers", "reviewers": []}]},
            {},
            "staging: the GitHub environment staging: no run needs an approval",
        ),
        (
            PROTECTED | {"deployment_branch_policy": None},
            {},
            "staging: the GitHub environment staging: any branch may use it, and with it the secrets of the tenant",
        ),
        (
            PROTECTED | {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}},
            {"branch_policies": [{"name": "main"}, {"name": "release/*"}]},
            "staging: the GitHub environment staging: any branch that matches release/* may use it, and with it the "
            "secrets of the tenant",
        ),
    ],
)
def test_an_environment_without_protection_is_an_error(invoke, github: GitHub, environment, policies, problem):
    github.answers = {REPOSITORY: environment, f"{REPOSITORY}/deployment-branch-policies": policies}
    assert checks(invoke)["missing"] == [problem]


def test_named_branches_are_enough(invoke, github: GitHub):
    custom = {"protected_branches": False, "custom_branch_policies": True}
    github.answers = {
        REPOSITORY: PROTECTED | {"deployment_branch_policy": custom, "can_admins_bypass": True},
        f"{REPOSITORY}/deployment-branch-policies": {"branch_policies": [{"name": "main"}]},
    }
    found = checks(invoke)
    assert found["missing"] == []
    assert "staging: the GitHub environment staging: only main may use it" in found["ok"]
    assert any("can bypass its rules" in note for note in found["note"])


def test_an_environment_may_need_no_approval_if_its_pins_say_so(invoke, folder, github: GitHub):
    github.answers[REPOSITORY] = PROTECTED | {"protection_rules": []}
    folder.write("environments: {staging: {approval: false}}\n", "pins.yaml")
    assert checks(invoke)["missing"] == []


def test_outside_of_a_job_protection_cannot_be_checked(invoke, monkeypatch: pytest.MonkeyPatch):
    for name in ("GITHUB_REPOSITORY", "GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (problem,) = checks(invoke)["missing"]
    assert problem.endswith("cannot be checked: GITHUB_REPOSITORY and GH_TOKEN not set")


def test_a_missing_secret_of_an_app_is_found_before_the_up(invoke, folder, github: GitHub):
    spec = "label: Console\ntype: web\nredirect_uris: [https://a.example/cb]\nclient_secret: env:CONSOLE_SECRET"
    folder.write(document("oidc-app", "console", spec))
    (problem,) = checks(invoke)["missing"]
    assert "client_secret of oidc-app console" in problem and "CONSOLE_SECRET is not set" in problem
    assert checks(invoke, "--job", "preview")["missing"] == []


def test_refused_credentials(invoke, github: GitHub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ACME_TOKEN", "00wrong")
    (problem,) = checks(invoke)["missing"]
    assert problem.startswith("staging: ") and "401" in problem


def as_app(folder, tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, granted: frozenset[str]) -> None:
    app = service_app(tenant.url, granted)
    monkeypatch.setenv(PRIVATE_KEY, app.variables[PRIVATE_KEY])
    sign_in(folder, tenant.url, ", ".join(f"{name}: {value!r}" for name, value in app.credentials.items()))


def test_a_service_app_with_exactly_the_scopes_of_its_job(invoke, folder, tenant, github, monkeypatch):
    as_app(folder, tenant, monkeypatch, scopes.needed())
    assert checks(invoke)["missing"] == []
    as_app(folder, tenant, monkeypatch, scopes.to_read())
    assert checks(invoke, "--job", "preview")["missing"] == []
    (problem,) = checks(invoke)["missing"]
    assert problem.startswith("staging: the service app lacks okta.")


def test_an_app_that_can_do_more_than_its_job_is_an_error(invoke, folder, tenant, github, monkeypatch):
    as_app(folder, tenant, monkeypatch, scopes.needed() | {"okta.apiTokens.manage"})
    (problem,) = checks(invoke)["missing"]
    assert problem == "staging: the service app has scopes that `up` does not need: okta.apiTokens.manage"
    (problem,) = checks(invoke, "--job", "preview")["missing"]
    assert "okta.groups.manage" in problem


def test_the_passphrase_is_not_for_a_preview(invoke, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret")
    (problem,) = checks(invoke, "--job", "preview")["missing"]
    assert problem == "staging: PULUMI_CONFIG_PASSPHRASE is set, which decrypts the state"


def test_a_real_tenant_needs_plugin_checksum_backend_and_passphrase(invoke, folder, tmp_path, github, monkeypatch):
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setattr("reconciler.cli.doctor_ci._credentials", lambda tenant, job, found: ())
    sign_in(folder, "https://acme.okta.com", "token: env:ACME_TOKEN")
    plugin, state = checks(invoke)["missing"]
    assert plugin.endswith("6.8.0 is not installed") and "PULUMI_BACKEND_URL is not set" in state

    program = tmp_path / "plugins" / "resource-okta-v6.8.0" / "pulumi-resource-okta"
    program.parent.mkdir(parents=True)
    program.touch()
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "state").as_uri())
    checksum, passphrase = checks(invoke)["missing"]
    assert checksum == "the checksum of the plugin is not recorded for this platform"
    assert "needs a passphrase" in passphrase
    assert checks(invoke, "--job", "preview")["missing"] == [checksum]
