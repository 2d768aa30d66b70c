"""One plan is shown, and exactly this plan is applied, whatever happens while `up` waits for the answer."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from reconciler.cli.environment import opened
from reconciler.cli.settings import Settings
from reconciler.definitions.model import Source
from reconciler.definitions.secrets import resolve
from reconciler.plan.compare import StateChanged
from reconciler.plan.file import KEY
from reconciler.planning import apply_plan, make_plan
from reconciler.progress import SILENT
from tests.e2e.documents import bookmark, document, group, groups, zone
from tests.e2e.test_killed import PATIENCE_SECONDS, running, until
from tests.e2e.workspace import ENVIRONMENT, Outcome, Workspace
from tests.specimens import SECRET, everything

pytestmark = pytest.mark.e2e

DEFINITIONS = [*groups(11), zone("office"), bookmark("wiki", groups=[{"group": "group-00"}])]
CHANGED = [group("group-00", description="New."), *DEFINITIONS[1:]]


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    workspace.declare(DEFINITIONS)
    workspace.up()
    return workspace


def answering(workspace: Workspace, while_waiting: Callable[[], object], code: int = 0, *options: str) -> Outcome:
    """Run `up`, do something while it waits, and answer yes. Counts the requests from then on."""

    def answer() -> str:
        while_waiting()
        workspace.tenant.clear_stats()
        return "y"

    return workspace.expect(code, "up", *options, answer=answer)


def described(workspace: Workspace) -> dict[str, str | None]:
    """The descriptions of the groups, by name."""
    found = workspace.tenant.read().objects["group"]
    return {one.label: one.json["profile"].get("description") for one in found if not one.built_in}


def test_definitions_that_change_while_up_waits_are_not_applied(applied: Workspace):
    applied.declare(CHANGED)
    before = applied.tenant.labels()

    outcome = answering(applied, lambda: applied.declare([]))

    assert sum(applied.tenant.writes().values()) == 1
    assert applied.tenant.labels() == before
    assert described(applied)["Group-00"] == "New."
    assert "1 updated; 13 unchanged" in outcome.out.splitlines()[-1]
    assert "14 to delete" in applied.expect(0, "preview").out


def test_a_definitions_folder_that_vanishes_while_up_waits_changes_nothing(applied: Workspace):
    applied.declare(CHANGED)
    answering(applied, lambda: shutil.rmtree(applied.definitions))
    assert described(applied)["Group-00"] == "New."


def test_the_tenant_is_not_read_again_after_the_question(applied: Workspace):
    """Only the changed object is read, for the baseline, after it was written."""
    office = applied.tenant.read().objects["network-zone"]
    (zone_item,) = [one for one in office if one.label == "office"]
    applied.declare(CHANGED)

    def by_hand() -> None:
        applied.tenant.request("POST", f"{zone_item.path}/lifecycle/deactivate")
        applied.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "By hand"}})

    answering(applied, by_hand)

    read = {path for method, path in applied.tenant.stats() if method == "GET" and "/_sandbox" not in path}
    assert all(path.startswith("/api/v1/groups") for path in read), read
    assert sum(applied.tenant.writes().values()) == 1


def test_drift_is_reverted_as_planned_without_reading_again(applied: Workspace):
    (item,) = [one for one in applied.tenant.read().objects["group"] if one.label == "Group-03"]
    applied.tenant.request("PUT", item.path, {"profile": {"name": "Group-03", "description": "By hand."}})

    outcome = answering(applied, lambda: applied.declare([]))

    assert "~ group  group-03" in outcome.out
    assert sum(applied.tenant.writes().values()) == 1
    assert described(applied)["Group-03"] in ("", None)


def client(**more: Any) -> dict[str, Any]:
    """An app with a secret."""
    return document(
        "oidc-app",
        "web",
        label="Web",
        type="web",
        grant_types=["authorization_code"],
        response_types=["code"],
        redirect_uris=["https://a.example/cb"],
        client_secret=f"env:{SECRET}",
        **more,
    )


def test_a_secret_that_changes_while_up_waits_is_not_sent(workspace: Workspace):
    workspace.declare([client(), group("people")])
    workspace.up()
    workspace.declare([client(), group("people", description="New.")])

    answering(workspace, lambda: workspace.secrets.update({SECRET: "another-secret-of-the-tests"}))

    assert not [path for _, path in workspace.tenant.writes() if "apps" in path]


def test_a_plan_without_the_secret_lets_up_send_a_new_one_and_nothing_else(workspace: Workspace):
    workspace.declare([client(), group("people")])
    workspace.up()
    del workspace.secrets[SECRET]
    file = saved(workspace)
    assert "client_secret" in json.loads(Path(file).read_text())["not_compared"][0]["field"]

    workspace.secrets[SECRET] = "another-secret-of-the-tests"
    workspace.tenant.clear_stats()
    workspace.expect(0, "up", "--plan", file)
    assert [path for method, path in workspace.tenant.writes() if method == "PUT" and "apps" in path]
    workspace.expect_settled()

    del workspace.secrets[SECRET]
    file = saved(workspace)
    workspace.secrets[SECRET] = "a-third-secret-of-the-tests"
    (app,) = [one for one in workspace.tenant.read().objects["oidc-app"] if one.label == "Web"]
    workspace.tenant.request("POST", f"{app.path}/lifecycle/deactivate")
    assert "oidc-app" in workspace.expect(4, "up", "--plan", file).err


def test_a_state_that_another_run_changed_while_up_waits_is_refused(applied: Workspace):
    applied.declare(CHANGED)

    def other_run() -> None:
        applied.declare([group("group-00", description="Other."), *DEFINITIONS[1:]])
        applied.up()

    outcome = answering(applied, other_run, 4)

    assert "another run changed the state since the plan was made" in outcome.err
    assert applied.tenant.writes() == {}
    assert described(applied)["Group-00"] == "Other."


def test_a_state_that_changes_just_before_the_engine_locks_it_is_refused(workspace: Workspace):
    """The program reads its secrets after the first check of the state: then another run changes the state."""
    app = document("oidc-app", "web", label="Web", type="web", redirect_uris=["https://a.example/cb"])
    app["spec"]["client_secret"] = f"env:{SECRET}"
    workspace.declare([app, group("people")])
    workspace.up()
    workspace.declare([app, group("people", description="Planned.")])
    armed: list[bool] = []

    def secret(reference: str, source: Source) -> SecretStr:
        if armed:
            armed.clear()
            workspace.declare([app, group("people", description="Other.")])
            workspace.up()
        return resolve(reference, source)

    settings = Settings(workspace.definitions, policy=workspace.definitions)
    with workspace.environment(), opened(settings, ENVIRONMENT, "auto", SILENT) as seeing:
        reconciler = replace(seeing, secret=secret)
        plan = make_plan(reconciler, refresh=True)
        armed.append(True)
        with pytest.raises(StateChanged):
            apply_plan(reconciler, plan)

    assert not armed
    assert described(workspace)["People"] == "Other."


def test_without_consent_nothing_is_applied(applied: Workspace):
    applied.declare(CHANGED)
    applied.tenant.clear_stats()
    applied.expect(130, "up", answer=lambda: "n")
    assert applied.tenant.writes() == {}
    assert "1 to update" in applied.expect(0, "preview").out


def test_nothing_is_asked_when_nothing_changes(applied: Workspace):
    def answer() -> str:
        raise AssertionError("there is nothing to ask")

    assert "No changes" in applied.expect(0, "up", answer=answer).out


def test_a_plan_that_could_not_be_computed_is_not_applied(applied: Workspace):
    """The engine refuses one object, so the changes of the others are not known either."""
    (item,) = [one for one in applied.tenant.read().objects["group"] if one.label == "Group-00"]
    applied.tenant.request("DELETE", item.path)
    applied.declare([*CHANGED, group("another")])
    applied.tenant.clear_stats()

    outcome = applied.expect(1, "up", "--yes", "--no-refresh")

    assert "run `reconciler repair` to create it again" in outcome.out
    assert "nothing was changed" in outcome.err
    assert applied.tenant.writes() == {}


# Saved plans


def saved(workspace: Workspace) -> str:
    """Save a plan, and return the name of its file."""
    file = str(workspace.root / "plan.json")
    workspace.expect(0, "preview", "--save-plan", file)
    return file


def test_a_saved_plan_is_applied_without_a_question(applied: Workspace):
    applied.declare([*CHANGED[:-1], group("another")])
    file = saved(applied)
    written = json.loads(Path(file).read_text())
    assert [(one["operation"], one["kind"], one["name"]) for one in written["changes"]] == [
        ("delete", "app-group-assignments", "wiki"),
        ("delete", "bookmark-app", "wiki"),
        ("create", "group", "another"),
        ("update", "group", "group-00"),
    ]
    assert written["changes"][3]["values"][0]["new"] == "New."
    assert {tuple(one["steps"]) for one in written["engine"].values()} == {("create",), ("update",), ("delete",)}

    outcome = applied.expect(0, "up", "--plan", file)

    assert "1 created, 1 updated, 2 deleted" in outcome.out
    assert "state: group another is new" in applied.expect(4, "up", "--plan", file).err


def edit_definitions(workspace: Workspace) -> None:
    workspace.declare([*CHANGED[:5], group("group-05", description="Slipped in."), *CHANGED[6:]])


def edit_state(workspace: Workspace) -> None:
    """Another run, from another branch."""
    workspace.declare([*DEFINITIONS, group("from-elsewhere")])
    workspace.up()
    workspace.declare(CHANGED)


def edit_tenant(workspace: Workspace) -> None:
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "By hand"}})


@pytest.mark.parametrize(
    ("mutate", "named"),
    [
        (edit_definitions, "definitions: group group-05 changed: "),
        (edit_state, "state: group from-elsewhere is new"),
        (edit_tenant, "tenant: group By hand ("),
    ],
)
def test_a_plan_is_refused_if_anything_changed_since(
    mutate: Callable[[Workspace], object], named: str, applied: Workspace
):
    applied.declare(CHANGED)
    file = saved(applied)
    mutate(applied)
    applied.tenant.clear_stats()

    outcome = applied.expect(4, "up", "--plan", file)

    assert named in outcome.err
    assert "is stale: nothing was changed" in outcome.err
    assert applied.tenant.writes() == {}
    assert described(applied)["Group-00"] != "New."


def test_plans_for_something_else_are_refused(applied: Workspace):
    applied.declare(CHANGED)
    file = saved(applied)
    applied.write_environment("other")
    applied.tenant.clear_stats()
    err = applied.expect(4, "up", "other", "--plan", file, environment=None).err
    assert "is a plan for the environment test, not other" in err
    value = json.loads(Path(file).read_text())
    value["changes"] = []
    Path(file).write_text(json.dumps(value))
    assert "does not match its digest" in applied.expect(4, "up", "--plan", file).err
    Path(file).write_text("{")
    assert "truncated" in applied.expect(1, "up", "--plan", file).err
    assert applied.tenant.writes() == {}


def test_a_signed_plan_is_required_where_there_is_a_key(applied: Workspace):
    applied.declare(CHANGED)
    unsigned = saved(applied)
    applied.secrets[KEY] = "the-key-of-the-approvers"
    assert "the plan is not signed" in applied.expect(4, "up", "--plan", unsigned).err
    file = saved(applied)
    assert applied.secrets[KEY] not in Path(file).read_text()
    applied.expect(0, "up", "--plan", file)


def test_a_saved_plan_reverts_drift_and_has_no_secrets(workspace: Workspace):
    """Every kind, with drift and a changed secret: the plan of a preview without secrets is the one of an `up`."""
    workspace.declare(everything())
    workspace.up()
    for app in workspace.tenant.read().objects["oidc-app"]:
        if not app.built_in:
            workspace.tenant.request("POST", f"{app.path}/lifecycle/deactivate")
    (someone, *_) = [one for one in workspace.tenant.read().objects["network-zone"] if not one.built_in]
    workspace.tenant.request("DELETE", someone.path)
    workspace.secrets[SECRET] = "canary-secret-of-a-plan"

    file = saved(workspace)

    text = Path(file).read_text()
    for secret in (*workspace.secrets.values(), workspace.tenant.token):
        assert secret not in text
    assert "ciphertext" not in text
    workspace.expect(0, "up", "--plan", file)
    workspace.expect_settled()


def test_a_run_that_is_killed_before_it_applies_a_plan_leaves_the_plan_valid(applied: Workspace):
    applied.declare(CHANGED)
    file = saved(applied)
    applied.tenant.order_fault(method="GET", path="/api/v1/zones", latency=20)
    applied.tenant.clear_stats()
    with running(applied, "up", "--plan", file) as process:
        until(lambda: applied.tenant.stats().get(("GET", "/api/v1/groups"), 0) > 0, "the reading of the tenant")
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
    applied.tenant.clear_faults()
    applied.expect(0, "up", "--plan", file)
    assert described(applied)["Group-00"] == "New."
