"""A preview needs no passphrase and no secrets, writes nothing into the backend, and finds what `up` would find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.blind_preview import blind
from reconciler.cli.environment import opened
from reconciler.cli.settings import Settings
from reconciler.engine.changes import Changes
from reconciler.planning import make_plan
from reconciler.progress import SILENT
from reconciler.secret_digests import OUTPUT
from tests.e2e.documents import document, group, zone
from tests.e2e.workspace import ENVIRONMENT, Workspace
from tests.specimens import everything

pytestmark = pytest.mark.e2e

PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "only the up knows it"}


def app(**spec: Any) -> dict[str, Any]:
    whole = {"label": "Console", "type": "web", "redirect_uris": ["https://console.example.com/callback"]}
    return document("oidc-app", "console", **whole, **{"client_secret": "env:TEST_APP_SECRET", **spec})


@contextmanager
def without(workspace: Workspace, *names: str) -> Iterator[None]:
    """Without these variables, as in a job that has no secrets."""
    kept = {name: workspace.secrets.pop(name) for name in names}
    try:
        yield
    finally:
        workspace.secrets.update(kept)


def applied(workspace: Workspace, *documents: dict[str, Any]) -> None:
    """Apply with a passphrase that the following commands do not have."""
    workspace.declare(documents)
    workspace.secrets.update(PASSPHRASE)
    workspace.up()
    del workspace.secrets["PULUMI_CONFIG_PASSPHRASE"]


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(one): (one.stat().st_mtime_ns, one.read_bytes()) for one in folder.rglob("*") if one.is_file()}


def both(workspace: Workspace) -> tuple[Changes, Changes]:
    """The changes that a blind and a seeing preview find."""
    with workspace.environment():
        settings = Settings(workspace.definitions, policy=workspace.definitions)
        with opened(settings, ENVIRONMENT, "auto", SILENT) as seeing, blind(seeing) as copy:
            return make_plan(copy.reconciler, refresh=True).changes, make_plan(seeing, refresh=True).changes


def described(changes: Changes) -> Any:
    return sorted(map(repr, changes.changes.values())), changes.failures, changes.notes


def expect_parity(workspace: Workspace) -> Changes:
    found, seen = both(workspace)
    assert described(found) == described(seen)
    return found


@pytest.mark.both_sign_ins
def test_neither_the_passphrase_nor_the_secret_is_needed(workspace: Workspace):
    applied(workspace, app(), group("people"))
    before = contents(workspace.root / ".state")

    with without(workspace, "TEST_APP_SECRET"):
        outcome = workspace.expect(0, "preview", "--expect-no-changes")

    reason = "not compared: client_secret of oidc-app console (env:TEST_APP_SECRET): "
    assert reason + "the environment variable TEST_APP_SECRET is not set; `up` may change it" in outcome.out
    assert contents(workspace.root / ".state") == before
    assert "not compared" not in workspace.expect(0, "preview", "--expect-no-changes").out


def test_a_preview_works_while_another_run_holds_the_lock_and_leaves_its_lock(workspace: Workspace):
    applied(workspace, app())
    lock = workspace.root / ".state/.pulumi/locks/organization/okta/test/other.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pid": 1, "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}))
    before = contents(workspace.root / ".state")

    workspace.expect(0, "preview", "--expect-no-changes")

    assert contents(workspace.root / ".state") == before
    assert "another run holds the stack" in workspace.expect(4, "up", "--yes").err


def test_a_preview_creates_no_state(workspace: Workspace):
    workspace.declare([app()])
    with without(workspace, "TEST_APP_SECRET"):
        assert "1 to create" in workspace.expect(0, "preview").out
    assert not (workspace.root / ".state").exists()


def test_a_state_that_only_the_engine_can_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_DIY_BACKEND_GZIP", "true")
    applied(workspace, app(), group("people"))
    before = contents(workspace.root / ".state")
    workspace.declare([app(), group("people", description="New.")])

    with without(workspace, "TEST_APP_SECRET"):
        outcome = workspace.expect(0, "preview", "--format", "json")

    (change,) = json.loads(outcome.out)["changes"]
    assert (change["kind"], change["name"], change["operation"]) == ("group", "people", "update")
    assert contents(workspace.root / ".state") == before


@pytest.mark.parametrize("folder", ["settings", "../settings"])
def test_the_settings_of_the_stack_stay_as_they_are(workspace: Workspace, folder: str):
    """They may be in another folder, and have encrypted values that only the passphrase opens."""
    project = workspace.root / "Pulumi.yaml"
    project.write_text(project.read_text() + f"stackConfigDir: {folder}\n")
    (workspace.root / folder).mkdir(parents=True, exist_ok=True)
    applied(workspace, group("people"))
    settings = workspace.root / folder / "Pulumi.test.yaml"
    settings.write_text(settings.read_text() + "config:\n  okta:apiToken:\n    secure: v1:AAAA:AAAA\n")
    before = settings.read_text()

    workspace.expect(0, "preview", "--expect-no-changes")

    assert settings.read_text() == before


def test_a_changed_secret_is_found_by_its_digest(workspace: Workspace):
    applied(workspace, app())
    workspace.secrets["TEST_APP_SECRET"] = "another-client-secret-of-the-tests"

    shown = workspace.expect(0, "preview").out
    assert "client_secret: changed (secret)" in shown and "a preview compares digests, or references" in shown
    (change,) = expect_parity_without_passphrase(workspace)

    assert list(change.fields) == ["client_secret"]


def expect_parity_without_passphrase(workspace: Workspace) -> list[Any]:
    workspace.secrets.update(PASSPHRASE)
    found = expect_parity(workspace)
    del workspace.secrets["PULUMI_CONFIG_PASSPHRASE"]
    return list(found.changes.values())


def test_a_new_reference_is_shown_with_its_place_and_owner(workspace: Workspace):
    applied(workspace, app())
    assert "new secret" not in workspace.expect(0, "preview").out
    workspace.declare([app(client_secret="env:TEST_OTHER_SECRET")])

    outcome = workspace.expect(0, "preview")

    place = f"{workspace.definitions}/all.yaml:"
    assert f"new secret: client_secret of oidc-app console is env:TEST_OTHER_SECRET ({place}" in outcome.out
    assert "), owner tests" in outcome.out


def test_without_the_secret_a_changed_reference_is_a_change(workspace: Workspace):
    applied(workspace, app())
    workspace.declare([app(client_secret="env:TEST_OTHER_SECRET")])

    changed = json.loads(workspace.expect(0, "preview", "--format", "json").out)
    assert [one["fields"] for one in changed["changes"]] == [["client_secret"]]

    workspace.secrets["TEST_OTHER_SECRET"] = workspace.secrets["TEST_APP_SECRET"]
    assert expect_parity_without_passphrase(workspace) == []


def test_a_secret_that_was_not_sent_is_still_a_change(workspace: Workspace):
    applied(workspace, app())
    workspace.secrets["TEST_APP_SECRET"] = "another-client-secret-of-the-tests"
    workspace.secrets.update(PASSPHRASE)
    workspace.tenant.order_fault(method="PUT", path="/api/v1/apps/.*", status=400)
    workspace.expect(1, "up", "--yes")
    workspace.tenant.clear_faults()

    assert len(expect_parity(workspace)) == 1

    workspace.up()
    assert len(expect_parity(workspace)) == 0


def test_a_repair_of_another_object_keeps_the_record(workspace: Workspace):
    applied(workspace, app(), group("people"))
    workspace.secrets.update(PASSPHRASE)
    (people,) = [one for one in workspace.tenant.read().objects["group"] if one.label == "People"]
    workspace.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    before = workspace.comparison().state.outputs[OUTPUT]

    workspace.expect(0, "repair", "--yes")

    assert workspace.comparison().state.outputs[OUTPUT] == before
    assert before["objects"].keys() == {"oidc-app console"}


def test_the_state_has_no_secret_and_two_stacks_have_no_digest_in_common(workspace: Workspace):
    workspace.declare([app()])
    digests = set()
    for _ in range(2):
        workspace.up()
        state = (workspace.root / ".state/.pulumi/stacks/okta/test.json").read_text()
        assert workspace.secrets["TEST_APP_SECRET"] not in state
        digests.add(
            workspace.comparison().state.outputs[OUTPUT]["objects"]["oidc-app console"]["client_secret"]["digest"]
        )
        for file in (workspace.root / ".state").rglob("*.*"):
            file.unlink() if file.is_file() else None
    assert len(digests) == 2


def test_the_plan_of_everything_is_the_same_with_and_without_secrets(workspace: Workspace):
    """With every kind: unchanged, then with changes in definitions, tenant and secret."""
    documents = [one.document for one in everything()]
    workspace.declare(documents)
    workspace.up()
    assert len(expect_parity(workspace)) == 0

    changed = [{**one, "spec": dict(one["spec"])} for one in documents]
    for one in changed[::3]:
        if "description" in one["spec"]:
            one["spec"]["description"] = "Changed in the definitions."
    gone = {one["name"] for one in changed if one["kind"] == "trusted-origin"}
    workspace.declare([*(one for one in changed if one["name"] not in gone), group("new"), zone("new")])
    items = workspace.tenant.read().objects
    for app_ in items["oidc-app"]:
        if not app_.built_in:
            workspace.tenant.request("POST", f"{app_.path}/lifecycle/deactivate")
    (someone, *_) = [one for one in items["network-zone"] if not one.built_in]
    workspace.tenant.request("DELETE", someone.path)
    workspace.secrets["TEST_APP_SECRET"] = "another-client-secret-of-the-tests"

    assert len(expect_parity(workspace)) > 5
