"""Preview and up read the tenant: drift is in the plan, and the up reverts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import dropwhile
from typing import Any

import pytest
import yaml

from reconciler.definitions.references import references
from tests.e2e.documents import bookmark, document, group, server, zone
from tests.e2e.test_repair import alter_all, delete, everything_altered, live_object
from tests.e2e.workspace import Outcome, StartTenant, Workspace
from tests.specimens import everything, updated

pytestmark = pytest.mark.e2e

SIGNS = {"-", "+-", "+", "~", "=", "/"}

DEFINITIONS = [
    group("people", description="As declared."),
    group("others"),
    zone("office"),
    bookmark("wiki", groups=[{"group": "people"}]),
    server(),
]


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    workspace.declare(DEFINITIONS)
    workspace.up()
    return workspace


def only(workspace: Workspace, kind: str, label: str) -> Any:
    (item,) = [one for one in workspace.tenant.read().objects[kind] if one.label == label]
    return item


def plan(outcome: Outcome) -> list[str]:
    """The lines of a plan from the first change on: operation, object and values."""
    lines = dropwhile(lambda line: line[:2].strip() not in SIGNS, outcome.out.splitlines())
    return [line for line in lines if line[:2].strip() in SIGNS or (line.startswith("    ") and line.strip())]


def previewed(workspace: Workspace) -> tuple[Outcome, dict[str, Any]]:
    """A preview as text and as data. It changes neither the tenant nor the state."""
    folder = workspace.root / ".state"
    before = {path: path.read_bytes() for path in folder.rglob("*.json") if "locks" not in path.parts}
    workspace.tenant.clear_stats()
    file = workspace.root / "plan.json"
    outcome = workspace.expect(0, "preview", "--output", "-", "--output", str(file))
    assert {method for method, path in workspace.tenant.stats() if "/_sandbox" not in path} <= {"GET", "HEAD"}
    assert {path: path.read_bytes() for path in folder.rglob("*.json") if "locks" not in path.parts} == before
    return outcome, json.loads(file.read_text())


def test_drift_is_in_the_plan_and_reverted(applied: Workspace):
    people, office, wiki = (
        only(applied, *which) for which in (("group", "People"), ("network-zone", "office"), ("bookmark-app", "wiki"))
    )
    auth = only(applied, "authorization-server", "Payments")
    stray = applied.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Stray"}})["id"]
    applied.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    applied.tenant.request("PUT", f"{wiki.path}/groups/{stray}", {})
    applied.tenant.request("POST", f"{office.path}/lifecycle/deactivate")
    applied.tenant.request("DELETE", office.path)
    applied.tenant.request("POST", f"{auth.path}/lifecycle/deactivate")
    applied.tenant.request("DELETE", auth.path)
    applied.declare([*DEFINITIONS[:1], group("others", description="New."), *DEFINITIONS[2:]])

    said, told = previewed(applied)

    changes = {(one["operation"], f"{one['kind']} {one['name']}"): one for one in told["changes"]}
    assert changes["update", "group people"]["drifted"] == ["description"]
    assert (changes["update", "group others"]["fields"], changes["update", "group others"]["drifted"]) == (
        ["description"],
        [],
    )
    assert changes["create", "network-zone office"]["deleted_in_tenant"]
    assert changes["create", "authorization-server payments"]["deleted_in_tenant"]
    assert changes["create", "access-policy-rule payments/People/First"]["deleted_in_tenant"]
    assert changes["update", "app-group-assignments wiki"]["drifted"] == ["groups"]
    assert ("delete", f"app-group-assignments wiki/Stray ({stray})") in changes
    assert told["compared_with"]["tenant"] and told["compared_with"]["state_written"]
    assert "Compared with the tenant and the state of" in said.out

    up = applied.up()

    assert plan(up) == plan(said)
    assert [one["label"] for one in findings(applied)] == ["Stray"]
    applied.expect(0, "preview", "--expect-no-changes")


def findings(workspace: Workspace) -> list[dict[str, Any]]:
    file = workspace.root / "drift.json"
    workspace.run("drift", "--output", str(file))
    return list(json.loads(file.read_text())["findings"])


@pytest.fixture(scope="module")
def of_all_kinds(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with start_tenant() as tenant:
        workspace = Workspace(tmp_path_factory.mktemp("refreshed"), tenant)
        workspace.declare(everything())
        workspace.up()
        yield workspace


def test_every_field_and_priority_of_every_kind_is_reverted(of_all_kinds: Workspace):
    workspace = of_all_kinds
    comparison = workspace.comparison()
    live = comparison.live()

    workspace.tenant.do(partial(alter_all, comparison, live, everything_altered))
    assert {found.kind for found in comparison.findings()} == {kind.name for kind in updated()}

    said, _ = previewed(workspace)
    up = workspace.up()

    assert plan(up) == plan(said)
    workspace.expect_settled()


def test_an_emptied_tenant_is_created_again(of_all_kinds: Workspace):
    workspace = of_all_kinds
    comparison = workspace.comparison()
    live = comparison.live()
    declarations = [one for one in comparison.reconciler.desired.declarations.values() if not one.parent]
    # The provider refuses to preview settings that refer to an object that is not created yet.
    kept = {target for one in declarations if not one.kind.shape.deletable for _, target in references(one)}
    for declaration in reversed([one for one in declarations if one.address not in kept]):
        workspace.tenant.do(partial(delete, live_object(comparison, declaration, live)))

    without = workspace.expect(0, "preview", "--no-refresh", "--expect-no-changes").out
    assert "No changes" in without
    assert "Compared with the state of" in without and "only" in without
    said, told = previewed(workspace)
    assert {one["deleted_in_tenant"] for one in told["changes"] if one["operation"] == "create"} == {True}
    up = workspace.up()

    assert plan(up) == plan(said)
    workspace.expect_settled()


def test_an_up_without_refresh_does_not_revert_drift(applied: Workspace):
    people = only(applied, "group", "People")
    applied.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    outcome = applied.expect(0, "up", "--yes", "--no-refresh").out
    assert "No changes" in outcome and "Compared with the state of" in outcome
    assert [one["verdict"] for one in findings(applied)] == ["changed"]


def test_ignored_fields_stay_beside_reverted_ones(applied: Workspace):
    people = only(applied, "group", "People")
    office = only(applied, "network-zone", "office")
    applied.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    body = {**office.json, "name": "moved", "gateways": [{"type": "CIDR", "value": "198.51.100.0/24"}]}
    applied.tenant.request("PUT", office.path, body)
    entries = [
        {"kind": "group", "name": "people", "field": "description"},
        {"kind": "network-zone", "name": "office", "field": "gateways"},
    ]
    common = {"reason": "HR writes it.", "owner": "tests", "expires": date.today()}
    (applied.definitions / "ignore.yaml").write_text(yaml.safe_dump([one | common for one in entries]))

    said, told = previewed(applied)
    up = applied.up()

    assert plan(up) == plan(said)
    assert [(one["name"], one["fields"], one["drifted"]) for one in told["changes"]] == [("office", [], ["name"])]
    now = only(applied, "network-zone", "office").json
    assert now["gateways"] == [{"type": "CIDR", "value": "198.51.100.0/24"}]
    assert only(applied, "group", "People").json["profile"]["description"] == "By hand."
    assert "2 ignored" in applied.expect(0, "drift").out


def test_drift_that_an_up_could_not_revert_is_found_again(applied: Workspace):
    people, office = only(applied, "group", "People"), only(applied, "network-zone", "office")
    applied.tenant.request("PUT", people.path, {"profile": {"name": "People", "description": "By hand."}})
    applied.tenant.request("POST", f"{office.path}/lifecycle/deactivate")
    applied.tenant.request("DELETE", office.path)
    applied.tenant.order_fault(method="PUT", path="/api/v1/groups/[^/]+", status=403)
    applied.tenant.order_fault(method="POST", path="/api/v1/zones", status=403)

    applied.expect(1, "up", "--yes")

    applied.tenant.clear_faults()
    assert [(one["verdict"], one["name"], one["field"]) for one in findings(applied)] == [
        ("changed", "people", "description"),
        ("missing", "office", ""),
    ]
    applied.up()
    applied.expect_settled()


def test_a_preview_makes_no_more_requests_than_drift(applied: Workspace):
    def requests(*command: str) -> dict[tuple[str, str], int]:
        applied.tenant.clear_stats()
        applied.expect(0, *command)
        return {key: count for key, count in applied.tenant.stats().items() if "/_sandbox" not in key[1]}

    drift = requests("drift")  # reads what no kind covers, too
    preview = requests("preview")
    assert {key: max(count, drift.get(key, 0)) for key, count in preview.items()}.items() <= drift.items()
    assert requests("up", "--yes") == preview
    assert requests("preview", "--no-refresh") == preview


def test_an_unreadable_kind_is_compared_with_the_state_and_reported(applied: Workspace):
    office = only(applied, "network-zone", "office")
    applied.tenant.request("POST", f"{office.path}/lifecycle/deactivate")
    applied.tenant.order_fault(method="GET", path="/api/v1/zones", status=403)

    outcome = applied.expect(0, "preview").out

    assert "Note: network-zone was compared with the state only" in outcome
    assert "No changes" in outcome


def test_an_object_deleted_and_created_again_is_imported(applied: Workspace):
    people = only(applied, "group", "People")
    applied.tenant.request("DELETE", people.path)
    applied.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "People", "description": "By hand."}})

    said, told = previewed(applied)
    up = applied.up()

    assert ("import", "people") in [(one["operation"], one["name"]) for one in told["changes"]]
    assert plan(up) == plan(said)
    applied.expect_settled()


def test_an_object_that_must_be_replaced_is_replaced_with_its_children(workspace: Workspace):
    wiki = {"label": "Wiki", "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none"}
    workspace.declare([document("oidc-app", "wiki", type="browser", **wiki, groups=[{"group": "everyone"}])])
    workspace.up()
    item = only(workspace, "oidc-app", "Wiki")
    body = dict(item.json)
    body["settings"]["oauthClient"]["application_type"] = "native"
    workspace.tenant.request("PUT", item.path, body)

    said, told = previewed(workspace)
    up = workspace.up()

    assert ("replace", "wiki", ["type"]) in [(one["operation"], one["name"], one["drifted"]) for one in told["changes"]]
    assert plan(up) == plan(said)
    workspace.expect_settled()
