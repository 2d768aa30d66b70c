"""Failures of the disk, the network or the credentials are reported, and nothing is lost."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.drift import Verdict
from reconciler.kinds import kinds
from reconciler.report import FORMATS
from tests import official_plugin
from tests.e2e.documents import document, group, server, zone
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

COMMANDS = [("up", "--yes"), ("preview",), ("drift",), ("repair", "--yes")]


def titles(commands: list[tuple[str, ...]]) -> list[str]:
    return [command[0] for command in commands]


def test_a_state_folder_that_cannot_be_made(workspace: Workspace):
    workspace.declare([group("people")])
    (workspace.root / ".state").write_text("not a folder")

    outcome = workspace.expect(1, "up", "--yes")

    assert ".state" in outcome.err
    assert "Traceback" not in outcome.err
    assert workspace.tenant.labels() == []


def test_a_state_that_cannot_be_written(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace.declare([group("people")])
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///proc")

    outcome = workspace.expect(1, "up", "--yes")

    assert "/proc" in outcome.err
    assert "Traceback" not in outcome.err
    assert workspace.tenant.labels() == []


@pytest.mark.parametrize("command", COMMANDS, ids=titles(COMMANDS))
def test_an_unreachable_tenant(workspace: Workspace, tmp_path: Path, command: tuple[str, ...]):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    elsewhere = Workspace(tmp_path / "elsewhere", SandboxTenant(f"http://127.0.0.1:{port}", "token"))
    elsewhere.declare([group("people")])

    outcome = elsewhere.expect(3, *command)

    assert f"127.0.0.1:{port}" in outcome.err
    assert "check the tenant's url" in outcome.err


@pytest.mark.parametrize("command", COMMANDS, ids=titles(COMMANDS))
def test_a_token_that_the_tenant_refuses(workspace: Workspace, tmp_path: Path, command: tuple[str, ...]):
    intruder = Workspace(tmp_path / "intruder", SandboxTenant(workspace.tenant.url, "not-the-token"))
    intruder.declare([group("people")])

    outcome = intruder.expect(3, *command)

    assert "401" in outcome.err
    assert "check the credentials" in outcome.err
    assert "not-the-token" not in outcome.out + outcome.err


def test_an_unreadable_kind_causes_no_findings_on_references_to_it(workspace: Workspace):
    """Also for references to system objects, whose names are then unknown."""
    app = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example", groups=[{"group": "everyone"}])
    workspace.declare([app, server()])
    workspace.up()
    comparison = workspace.comparison()
    listed = [kind for kind in kinds() if not (kind.parents or kind.owned_by)]
    for path in sorted({(kind.within or kind).shape.path for kind in listed}):
        workspace.tenant.order_fault(method="GET", path=path, status=403)
        found = comparison.findings()
        workspace.tenant.clear_faults()
        assert {finding.verdict for finding in found} == {Verdict.UNREADABLE}, [one.subject for one in found]


def test_a_forbidden_collection_is_unreadable_and_not_missing(workspace: Workspace):
    workspace.declare([group("people"), zone("office"), server()])
    workspace.up()
    workspace.tenant.order_fault(method="GET", path="/api/v1/zones", status=403)
    workspace.tenant.order_fault(method="GET", path="/api/v1/authorizationServers/[^/]+/scopes", status=403)

    outcome = workspace.expect(3, "drift")

    assert "missing" not in outcome.out
    assert "unreadable" in outcome.out
    kinds = {found.kind for found in workspace.comparison().findings()}
    assert kinds == {"network-zone", "authorization-server-scope"}


def test_an_unreadable_object_is_not_created_twice(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    workspace.declare([group("people"), group("guests"), zone("office")])
    workspace.tenant.order_fault(method="GET", path="/api/v1/zones", status=403)
    before = workspace.tenant.stats()

    outcome = workspace.expect(1, "up", "--yes")

    assert "cannot determine which objects of kind network-zone exist already" in outcome.err
    assert {key: count for key, count in workspace.tenant.stats().items() if key[0] != "GET"} == {
        key: count for key, count in before.items() if key[0] != "GET"
    }


def test_a_missing_secret_is_an_error_before_anything_is_changed(workspace: Workspace):
    workspace.declare([group("people"), secretive()])
    workspace.secrets.clear()

    outcome = workspace.expect(1, "up", "--yes")

    assert "TEST_APP_SECRET is not set" in outcome.err
    assert workspace.tenant.labels() == []


def secretive() -> dict[str, Any]:
    return document(
        "oidc-app",
        "console",
        label="Console",
        type="web",
        redirect_uris=["https://console.example.com/callback"],
        client_secret="env:TEST_APP_SECRET",
    )


def test_no_secret_is_in_any_file_or_output(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    """Canaries: no file or output of any command contains a client secret or the token."""
    first, second = workspace.secrets["TEST_APP_SECRET"], "another-client-secret-of-the-tests"
    home = tmp_path / "pulumi-home"
    if request.config.getoption("--provider") == "official":
        official_plugin.install(official_plugin.require(), home)
    monkeypatch.setenv("PULUMI_HOME", str(home))
    said: list[str] = []

    def run(*command: str) -> None:
        outcome = workspace.run(*command)
        said.append(outcome.out + outcome.err)

    def expect_none_of_it(*canaries: str) -> None:
        for canary in (workspace.tenant.sign_in.secret, *canaries):
            assert [text for text in said if canary in text] == []
            for path in (*files(workspace.root), *files(home)):
                assert canary.encode() not in path.read_bytes(), f"a secret stands in {path}"
        assert files(workspace.root / ".state"), "there is no state to look into"
        assert files(home), "Pulumi's own folder is somewhere else"

    workspace.declare([group("people"), secretive()])
    workspace.tenant.order_fault(method="POST", path="/api/v1/apps", status=500, first=1)
    run("up", "--yes")  # fails at the app with the secret
    run("preview")
    run("up", "--yes")
    workspace.secrets["TEST_APP_SECRET"] = second
    run("preview", "--format", "markdown")
    run("up", "--yes")
    (app,) = [item for item in workspace.tenant.read().objects["oidc-app"] if item.label == "Console"]
    assert set_secret(workspace, app.id, app.json) == second
    expect_none_of_it(first, second)

    # Somebody writes the secret where everyone can read it: the reports do not spread it.
    set_secret(workspace, app.id, {**app.json, "label": f"Renamed {second}"})
    run("drift")
    for form in FORMATS:
        run("drift", "--format", form, "--output", str(workspace.root / f"report.{form}"))
    expect_none_of_it(first, second)
    run("repair", "--yes")
    assert [text for text in said if second in text] == []
    assert any("label" in text for text in said), "the change was not found"


def set_secret(workspace: Workspace, identity: str, body: Mapping[str, Any]) -> Any:
    """Update an app without changes, which makes the tenant return its secret."""
    shown = workspace.tenant.request("PUT", f"/api/v1/apps/{identity}", dict(body))
    return shown["credentials"]["oauthClient"]["client_secret"]


def files(folder: Path) -> list[Path]:
    """The files of a folder, without links (to the plugin)."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
