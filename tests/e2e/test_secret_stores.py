"""Secrets in a store: `up` reads them, once; commands that only read the tenant never do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.documents import document, group
from tests.e2e.workspace import ENVIRONMENT, Workspace

pytestmark = pytest.mark.e2e

SECRET = "a-client-secret-in-the-store"


def app(name: str = "console", reference: str = "exec:console", **spec: Any) -> dict[str, Any]:
    whole = {"label": f"The {name}", "type": "web", "redirect_uris": ["https://console.example.com/callback"]}
    return document("oidc-app", name, **whole, client_secret=reference, **spec)


class Store:
    """A program that prints secrets, and records each run of it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.program = workspace.root / "store"
        self.program.write_text(
            f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\n"
            f"with open({str(self.log)!r}, 'a') as log:\n    print(sys.argv[1], file=log)\n"
            f"sys.stdout.write(Path({str(workspace.root)!r}, sys.argv[1]).read_text())\n"
        )
        self.program.chmod(0o755)
        self.put("console", SECRET)
        commands = {name: {"run": [str(self.program), name]} for name in ("console", "token")}
        pins = {
            "hosts": ["127.0.0.1"],
            "commands": commands,
            "secrets": [{"allow": "exec:console", "owner": "tests"}, {"allow": "env:*", "owner": "tests"}],
            "credentials": ["exec:token", "env:TEST_TENANT_*"],
        }
        workspace.write("pins.yaml", [{"environments": {ENVIRONMENT: pins}}])

    def put(self, name: str, secret: str) -> None:
        (self.workspace.root / name).write_text(secret)

    @property
    def log(self) -> Path:
        return self.workspace.root / "runs"

    @property
    def runs(self) -> list[str]:
        """The secrets that were read since the last time."""
        read = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return read


@pytest.fixture
def store(workspace: Workspace) -> Store:
    return Store(workspace)


def test_only_up_reads_the_secrets_of_apps(workspace: Workspace, store: Store, tmp_path: Path):
    workspace.declare([app(), app("other"), group("people")])
    workspace.expect(0, "validate", environment=None)
    for command in ("preview", "drift"):
        workspace.run(command)
    assert store.runs == []

    workspace.up()
    assert store.runs == ["console"]  # for two apps

    outcome = workspace.expect(0, "preview", "--expect-no-changes")
    reason = "not compared: client_secret of oidc-app console (exec:console): a preview contacts no store"
    assert reason in outcome.out
    workspace.declare([app(reference="env:TEST_APP_SECRET"), app("other"), group("people")])
    changed = json.loads(workspace.expect(0, "preview", "--format", "json").out)["changes"]
    assert [(one["name"], one["fields"]) for one in changed] == [("console", ["client_secret"])]
    workspace.declare([app(), app("other"), group("people", description="New.")])
    workspace.expect(0, "preview", "--save-plan", str(tmp_path / "plan.json"))
    workspace.expect(0, "drift")
    workspace.expect(0, "coverage")
    assert store.runs == []


def test_what_up_reads_reaches_the_tenant_and_no_output(workspace: Workspace, store: Store):
    workspace.declare([app(), group("people")])
    workspace.up()
    objects = workspace.tenant.read().objects
    (made,) = [one for one in objects["oidc-app"] if one.label == "The console"]
    sent = workspace.tenant.request("GET", f"{made.path}/credentials/secrets")
    assert SECRET in [one["client_secret"] for one in sent]

    (people,) = [one for one in objects["group"] if one.label == "People"]
    workspace.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": f"It is {SECRET}."}})
    outcome = workspace.up()
    assert "[redacted]" in outcome.out and SECRET not in outcome.out + outcome.err
    for file in workspace.root.rglob("*"):
        if file.is_file() and file.name != "console":
            assert SECRET.encode() not in file.read_bytes(), file

    store.put("console", "another-secret-in-the-store")
    assert "client_secret" in workspace.up().out
    sent = workspace.tenant.request("GET", f"{made.path}/credentials/secrets")
    assert "another-secret-in-the-store" in [one["client_secret"] for one in sent]


def test_a_secret_that_cannot_be_read_stops_up_before_it_changes_anything(workspace: Workspace, store: Store):
    workspace.declare([group("people"), app()])
    (workspace.root / "console").unlink()
    workspace.tenant.clear_stats()
    failed = workspace.expect(1, "up", "--yes")
    assert f"{workspace.definitions}/all.yaml:" in failed.err
    assert "exec:console: store ended with exit code 1" in failed.err
    assert workspace.tenant.writes() == {}


def test_credentials_in_a_store(workspace: Workspace, store: Store):
    """They are read once for each command, and no app can have them."""
    store.put("token", workspace.tenant.token)
    environment = {"tenant": {"url": workspace.tenant.url, "credentials": {"token": "exec:token"}}}
    workspace.write(f"environments/{ENVIRONMENT}.yaml", [environment])
    workspace.declare([group("people")])
    workspace.expect(0, "preview")
    assert store.runs == ["token"]
    workspace.up()
    assert store.runs == ["token"]
    workspace.expect(0, "drift")
    assert store.runs == ["token"]

    workspace.declare([app(reference="exec:token")])
    refused = workspace.expect(1, "up", "--yes")
    assert "exec:token holds credentials, not the secret of an app" in refused.err
    assert store.runs == []


def test_the_check_before_up_names_what_cannot_be_read(workspace: Workspace, store: Store):
    workspace.declare([app()])
    (workspace.root / "console").unlink()
    outcome = workspace.run("doctor", "--ci", ENVIRONMENT, environment=None)
    assert "client_secret of oidc-app console: " in outcome.out
    assert "exec:console: store ended with exit code 1" in outcome.out
