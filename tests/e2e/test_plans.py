"""One plan is shown, and exactly this plan is applied, whatever happens while `up` waits for the answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.documents import bookmark, document, group, groups, zone
from tests.e2e.workspace import Outcome, Workspace
from tests.specimens import SECRET

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


def test_a_secret_that_changes_while_up_waits_is_not_sent(workspace: Workspace):
    app: dict[str, Any] = {
        "label": "Web",
        "type": "web",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": ["https://a.example/cb"],
        "client_secret": f"env:{SECRET}",
    }
    workspace.declare([document("oidc-app", "web", **app), group("people")])
    workspace.up()
    workspace.declare([document("oidc-app", "web", **app), group("people", description="New.")])

    answering(workspace, lambda: workspace.secrets.update({SECRET: "another-secret-of-the-tests"}))

    assert not [path for _, path in workspace.tenant.writes() if "apps" in path]


def test_a_state_that_another_run_changed_while_up_waits_is_refused(applied: Workspace):
    applied.declare(CHANGED)

    def other_run() -> None:
        applied.declare([group("group-00", description="Other."), *DEFINITIONS[1:]])
        applied.up()

    outcome = answering(applied, other_run, 4)

    assert "another run changed the state since the plan was made" in outcome.err
    assert applied.tenant.writes() == {}
    assert described(applied)["Group-00"] == "Other."


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
