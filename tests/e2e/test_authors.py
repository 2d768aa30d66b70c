"""Attribution: the report says who changed the tenant, when, and by which event."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import PrivateKey
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

STAFF = {
    "kind": "group",
    "name": "staff",
    "owner": "people",
    "purpose": "Everybody.",
    "spec": {"name": "Staff", "description": "Everybody who works here"},
}
HANDBOOK = {
    "kind": "bookmark-app",
    "name": "handbook",
    "owner": "people",
    "purpose": "What to know.",
    "spec": {"label": "Handbook", "url": "https://handbook.example", "groups": [{"group": "staff"}]},
}
SCOPES = ("okta.groups.read", "okta.groups.manage")


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    workspace.declare([STAFF])
    workspace.up()
    return workspace


@pytest.fixture
def other_app(applied: Workspace) -> dict[str, Any]:
    """A service app with its own key, other than the reconciler's."""
    app: dict[str, Any] = applied.tenant.request("POST", "/_sandbox/service-apps", {"scopes": list(SCOPES)})
    return app


def staff(tenant: SandboxTenant) -> dict[str, Any]:
    groups = tenant.request("GET", "/api/v1/groups?limit=200")
    return next(group for group in groups if group["profile"]["name"] == "Staff")


def change_as(tenant: SandboxTenant, app: dict[str, Any]) -> str:
    """Change the group as this app. Returns the id of the group."""
    return send_as(tenant, app, "PUT", {"profile": {"name": "Staff", "description": "Mine"}})


def delete_as(tenant: SandboxTenant, app: dict[str, Any]) -> str:
    """Delete the group as this app. Returns the id of the group."""
    return send_as(tenant, app, "DELETE")


def send_as(tenant: SandboxTenant, app: dict[str, Any], method: str, body: dict[str, Any] | None = None) -> str:
    group = staff(tenant)
    sign_in = PrivateKey(tenant.url, app["clientId"], app["privateKey"], app["keyId"], SCOPES)

    async def send() -> None:
        async with OktaClient(tenant.url, sign_in) as client:
            await client.send(method, f"/api/v1/groups/{group['id']}", body)

    asyncio.run(send())
    return str(group["id"])


def finding(workspace: Workspace, *options: str) -> dict[str, Any]:
    """The finding on the group's description."""
    file = workspace.root / "drift.json"
    workspace.expect(2, "drift", "--output", str(file), *options)
    return of_the_group(file)


def of_the_group(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text("utf-8"))["findings"]
    return next(one for one in found if (one["kind"], one["name"], one["field"]) == ("group", "staff", "description"))


def test_a_change_is_attributed_to_the_app_that_made_it(applied: Workspace, other_app: dict[str, Any]):
    before = datetime.now(UTC) - timedelta(seconds=1)
    change_as(applied.tenant, other_app)

    done = finding(applied)["attribution"]

    assert done["actor_id"] == other_app["clientId"]
    assert done["event"] == "group.profile.update"
    assert done["address"] == "127.0.0.1"
    assert done["by_reconciler"] is False
    assert before <= datetime.fromisoformat(done["time"]) <= datetime.now(UTC)


@pytest.mark.only_by_token("the change is made with the token of the reconciler itself")
def test_drift_is_never_attributed_to_the_reconciler(applied: Workspace):
    group = staff(applied.tenant)
    profile = {"name": "Staff", "description": "Mine"}
    applied.tenant.request("PUT", f"/api/v1/groups/{group['id']}", {"profile": profile})

    assert finding(applied)["attribution"] is None


def test_nor_to_the_app_that_made_the_last_up(applied: Workspace, other_app: dict[str, Any]):
    """`up` may sign in as another service app than `drift`."""
    change_as(applied.tenant, other_app)
    applied.comparison().reconciler.stack.record({"client": other_app["clientId"]})

    assert finding(applied)["attribution"] is None


def test_an_assignment_lost_with_a_group_is_attributed_to_whoever_deleted_it(
    applied: Workspace, other_app: dict[str, Any]
):
    applied.declare([STAFF, HANDBOOK])
    applied.up()
    delete_as(applied.tenant, other_app)

    file = applied.root / "drift.json"
    applied.expect(2, "drift", "--output", str(file))
    found = {one["kind"]: one["attribution"] for one in json.loads(file.read_text("utf-8"))["findings"]}

    for kind in ("group", "app-group-assignments"):
        assert (found[kind]["actor_id"], found[kind]["event"]) == (other_app["clientId"], "group.lifecycle.delete")


def test_the_last_change_is_attributed(applied: Workspace, other_app: dict[str, Any]):
    group = staff(applied.tenant)
    applied.tenant.request("PUT", f"/api/v1/groups/{group['id']}", {"profile": {"name": "Staff", "description": "No"}})
    change_as(applied.tenant, other_app)

    assert finding(applied)["attribution"]["actor_id"] == other_app["clientId"]


def test_findings_are_reported_without_the_system_log(applied: Workspace, other_app: dict[str, Any]):
    change_as(applied.tenant, other_app)
    applied.tenant.order_fault(path="/api/v1/logs", status=403)
    try:
        found = finding(applied)
        (note,) = json.loads((applied.root / "drift.json").read_text())["notes"]
    finally:
        applied.tenant.clear_faults()
    assert (found["verdict"], found["actual"]) == ("changed", "Mine")
    assert found["attribution"] is None
    assert found["severity"] == "medium"
    assert note.startswith("the System Log could not be read")
    assert "403" in note


def test_one_run_reads_the_log_once_and_writes_every_report(applied: Workspace, other_app: dict[str, Any]):
    change_as(applied.tenant, other_app)
    applied.tenant.clear_stats()
    applied.run("drift")
    once = applied.tenant.stats()
    applied.tenant.clear_stats()
    files = [applied.root / f"reports/drift{suffix}" for suffix in (".json", ".md", ".html", ".sarif", ".xml", ".txt")]

    applied.expect(2, "drift", *(word for file in files for word in ("--output", str(file))))

    assert applied.tenant.stats() == once
    assert once["GET", "/api/v1/logs"] <= 3  # Okta refuses a filter with all event types
    identity = of_the_group(files[0])["id"]
    assert all("staff" in file.read_text("utf-8") for file in files)
    assert identity in files[3].read_text("utf-8")


def test_an_ignored_finding_is_attributed_and_not_repaired(applied: Workspace, other_app: dict[str, Any]):
    change_as(applied.tenant, other_app)
    known = {"kind": "group", "name": "staff", "reason": "HR writes it.", "owner": "people"}
    file = applied.root / "drift.json"
    applied.run("drift", "--output", str(file))
    others = {one["kind"] for one in json.loads(file.read_text("utf-8"))["findings"]} - {"group"}
    strange = [
        {"kind": kind, "label": "*", "reason": "Changes the group.", "owner": "people"} for kind in sorted(others)
    ]
    assert "oidc-app" in others
    entries = [entry | {"expires": f"{datetime.now(UTC):%Y-%m-%d}"} for entry in (known, *strange)]
    (applied.definitions / "ignore.yaml").write_text(json.dumps(entries), encoding="utf-8")

    applied.expect(0, "drift", "--output", str(file))
    history = json.loads(applied.expect(0, "history", "--format", "json").out)

    entry, *_ = json.loads(file.read_text("utf-8"))["ignored"]
    (found,) = entry["findings"]
    assert (entry["reason"], found["severity"], found["attribution"]["actor_id"]) == (
        "HR writes it.",
        "medium",
        other_app["clientId"],
    )
    assert history["repaired"] == 0
    assert "group staff.description" in {one["subject"] for one in history["open"]}


def test_the_history_shows_when_a_finding_began_and_ended(applied: Workspace, other_app: dict[str, Any]):
    applied.run("drift")
    change_as(applied.tenant, other_app)
    applied.run("drift")
    applied.run("drift", "--no-history")
    applied.expect(0, "repair", "--yes")
    applied.run("drift")

    known = json.loads(applied.expect(0, "history", "--format", "json").out)

    assert len(known["runs"]) == 3
    assert known["repaired"] >= 1
    assert known["mean_time_to_repair_seconds"] >= 0
    assert not [one for one in known["open"] if one["subject"] == "group staff.description"]
