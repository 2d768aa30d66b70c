"""`--strict-credentials`: commands that only read refuse credentials that can do more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from okta_sandbox import process
from okta_sandbox.process import RunningTenant
from reconciler.cli import reconciler, run
from reconciler.kinds import scopes
from reconciler.superfluous import granted
from reconciler.tenant import Tenant
from tests.definitions.folder import Folder, group
from tests.e2e.sign_in import PRIVATE_KEY, service_app
from tests.tenants import REAL

COMMANDS = (("preview",), ("drift",), ("coverage",), ("adopt", "--into", "adopted"), ("accept", "--dry-run"))
STRICT = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="00secret") as running:
        yield running


@pytest.fixture(autouse=True)
def _project(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "RECONCILER_STRICT_CREDENTIALS", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ACME_TOKEN", "00secret")
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    folder.write(group("people"))


def sign_in(folder: Folder, url: str, credentials: str = "token: env:ACME_TOKEN") -> None:
    folder.write(f"tenant:\n  url: {url}\n  credentials: {{{credentials}}}\n", "environments/staging.yaml")


def as_app(folder: Folder, tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, has: Iterable[str]) -> None:
    app = service_app(tenant.url, has)
    monkeypatch.setenv(PRIVATE_KEY, app.variables[PRIVATE_KEY])
    sign_in(folder, tenant.url, ", ".join(f"{name}: {value!r}" for name, value in app.credentials.items()))


def outcome(folder: Folder, tmp_path: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the messages of a command."""
    command, *options = (str(tmp_path / one) if one == "adopted" else one for one in arguments)
    line = ["--definitions", str(folder.path), command, "staging", *options]
    with CliRunner().isolation() as (_, err, _):
        return run(line), err.getvalue().decode()


@STRICT
def test_a_token_is_refused(folder: Folder, tenant: RunningTenant, tmp_path: Path, command: tuple[str, ...]):
    sign_in(folder, tenant.url)
    code, said = outcome(folder, tmp_path, *command, "--strict-credentials")
    assert code == 4
    assert f"API token, which can change the tenant; `{command[0]}` only reads it" in said
    assert "--no-strict-credentials" in said and "docs/tenant-access.md" in said


@pytest.mark.parametrize("command", COMMANDS[1:4], ids=lambda command: command[0])
def test_an_app_with_read_scopes_is_accepted(folder, tenant, tmp_path, monkeypatch, command: tuple[str, ...]):
    as_app(folder, tenant, monkeypatch, scopes.to_read() | scopes.to_attribute())
    assert outcome(folder, tmp_path, *command, "--strict-credentials")[0] in (0, 2, 3)


@STRICT
def test_an_app_that_may_change_something_is_refused(folder, tenant, tmp_path, monkeypatch, command: tuple[str, ...]):
    as_app(folder, tenant, monkeypatch, scopes.to_read() | {"okta.groups.manage", "okta.users.manage"})
    code, said = outcome(folder, tmp_path, *command, "--strict-credentials")
    assert code == 4
    assert f"scopes that `{command[0]}` does not need: okta.groups.manage, okta.users.manage\n" in said


def test_a_local_tenant_is_not_strict_by_default(folder, tenant, tmp_path, monkeypatch):
    sign_in(folder, tenant.url)
    monkeypatch.setenv("CI", "true")
    assert outcome(folder, tmp_path, "coverage")[0] == 0
    monkeypatch.setenv("RECONCILER_STRICT_CREDENTIALS", "true")
    assert outcome(folder, tmp_path, "coverage")[0] == 4


@pytest.mark.parametrize(
    ("variables", "options", "strict"),
    [
        ({}, (), False),
        ({"CI": "true"}, (), True),
        ({"CI": "false"}, (), False),
        ({"CI": "true"}, ("--no-strict-credentials",), False),
        ({"CI": "true", "RECONCILER_STRICT_CREDENTIALS": "false"}, (), False),
        ({}, ("--strict-credentials",), True),
    ],
)
def test_in_ci_a_real_tenant_is_strict_by_default(folder, tmp_path, monkeypatch, variables, options, strict: bool):
    """Nothing is sent: strict commands refuse before, and others find that the proxy does not work."""
    sign_in(folder, REAL)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("reconciler.okta.client._TRIES", 1)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, said = outcome(folder, tmp_path, "coverage", *options)
    assert code == (4 if strict else 3), said
    assert ("only reads it" in said) is strict
    if not strict:
        assert said.count("warning: environment staging signs in with an API token") == 1
        assert "use a service app with a private key instead (docs/tenant-access.md#service-apps)" in said


def test_scopes_that_the_tenant_does_not_know_do_not_hide_others(folder, tenant, monkeypatch):
    as_app(folder, tenant, monkeypatch, {"okta.groups.manage", "okta.apps.manage"})
    asked = {"openid", "profile", "okta.groups.manage", "okta.apps.manage", "okta.users.manage"}
    found = Tenant(folder.load().environment)
    assert granted(found, asked) == {"okta.groups.manage", "okta.apps.manage"}
    assert granted(found, {"openid"}) == granted(found, {"okta.users.manage"}) == granted(found, ()) == frozenset()


@pytest.mark.parametrize("name", ["up", "repair", "doctor"])
def test_other_commands_have_no_such_option(name: str):
    command = reconciler.get_command(None, name)  # type: ignore[arg-type]
    assert command and "strict" not in {parameter.name for parameter in command.params}
