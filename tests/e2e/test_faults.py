"""Failed requests: the report is clear, nothing is lost, and the next run completes the work."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.e2e.documents import bookmark, document, group, groups, server, zone
from tests.e2e.workspace import Outcome, SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

SCOPES = r"/api/v1/authorizationServers/[^/]+/scopes"
CREATING = [
    pytest.param({"status": 500}, id="answers-500"),
    pytest.param({"drop": "before"}, id="resets-before"),
    pytest.param({"drop": "after"}, id="resets-after"),
    pytest.param({"truncate": True}, id="truncates"),
]


def definitions() -> list[dict[str, Any]]:
    """Groups, and a server with scopes and rules as children."""
    return [*groups(4), server(), bookmark("handbook", groups=[{"group": "group-00"}])]


def expect_nothing_twice(tenant: SandboxTenant) -> None:
    assert [label for label, count in Counter(tenant.labels()).items() if count > 1] == []


def expect_convergence(workspace: Workspace) -> Outcome:
    """The next run does the rest. Then everything exists once and nothing is left to do."""
    workspace.tenant.clear_faults()
    outcome = workspace.up()
    workspace.expect_settled()
    expect_nothing_twice(workspace.tenant)
    return outcome


@pytest.mark.stand_in("the official plugin sends again what the connection dropped, a POST too")
@pytest.mark.parametrize("fault", CREATING)
def test_a_failed_create_is_reported_and_done_by_the_next_run(workspace: Workspace, fault: dict[str, Any]):
    """Also if the outcome is unknown: existing objects are recognised, at any depth."""
    workspace.declare(definitions())
    for path in ("/api/v1/groups", SCOPES, "/api/v1/apps"):
        workspace.tenant.order_fault(method="POST", path=path, first=1, **fault)

    outcome = workspace.expect(1, "up", "--yes")

    assert outcome.out.count("failed  ") == 3
    for kind in ("group group-0", "authorization-server-scope payments/payments:", "bookmark-app handbook"):
        assert f"failed  {kind}" in outcome.out
    assert "3 failures" in outcome.err
    assert "run the same command again" in outcome.err
    assert "Traceback" not in outcome.err + outcome.out
    expect_nothing_twice(workspace.tenant)

    again = expect_convergence(workspace)

    there = fault.get("drop") == "after" or "truncate" in fault
    assert ("3 imported" in again.out) == there


@pytest.mark.stand_in("the official plugin sends a POST again whose answer was lost")
def test_an_unrecorded_object_is_imported_and_updated(workspace: Workspace):
    """The answer to the POST is lost, so that fields set by later requests are not set."""
    workspace.declare(
        [
            zone("office", status="INACTIVE"),
            group("people"),
            document(
                "authentication-policy",
                "strict",
                name="Strict",
                description="Asks for more.",
            ),
            bookmark("handbook", status="INACTIVE", authentication_policy="strict", groups=[{"group": "people"}]),
            server(status="INACTIVE"),
        ]
    )
    workspace.tenant.order_fault(method="POST", path="/api/v1/(zones|apps|authorizationServers)", drop="after", first=3)

    workspace.expect(1, "up", "--yes")
    assert workspace.comparison().live().objects["network-zone"][-1].json["status"] == "ACTIVE"

    expect_convergence(workspace)


@pytest.mark.stand_in("how often it tries again: the official plugin is told to try once more, so that the tests go on")
def test_a_transient_failure_is_not_an_error(workspace: Workspace):
    workspace.declare(definitions())
    order = workspace.tenant.order_fault
    order(path="/api/v1/groups.*", status=429, first=3)
    order(path="/api/v1/authorizationServers.*", method="GET", status=502, first=2)
    order(path="/api/v1/apps.*", method="GET", drop="before", first=2)
    order(path="/api/v1/policies.*", method="GET", truncate=True, first=2)

    workspace.up()

    expect_convergence(workspace)


@pytest.mark.stand_in("what it says of a 429, and how often it asks again")
def test_endless_429_answers_end_the_run_with_a_report(workspace: Workspace):
    workspace.declare(definitions())
    workspace.tenant.order_fault(method="POST", path="/api/v1/groups", status=429, after=1)

    outcome = workspace.expect(1, "up", "--yes")

    assert outcome.out.count("failed  group") == 3
    assert "429" in outcome.out
    expect_convergence(workspace)


def test_updates_and_deletes_that_fail_are_done_by_the_next_run(workspace: Workspace):
    workspace.declare(definitions())
    workspace.up()
    workspace.declare([group("group-00", description="Changed."), *groups(4)[2:], server(claims=[])])
    workspace.tenant.order_fault(method="PUT", path="/api/v1/groups/.*", drop="after", first=9)
    workspace.tenant.order_fault(method="DELETE", path="/api/v1/.*", status=500)

    outcome = workspace.expect(1, "up", "--yes")

    assert "failed  group group-00" in outcome.out
    assert "failed  group group-01" in outcome.out
    expect_convergence(workspace)
    assert [label for label in workspace.tenant.labels() if "Group-01" in label or "department" in label] == []


def test_an_up_that_cannot_update_the_baseline_still_reports(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.tenant.clear_stats()
    workspace.expect(0, "preview", "--no-refresh")
    planning = sum(count for (_, path), count in workspace.tenant.stats().items() if "/api/v1/" in path)
    workspace.tenant.order_fault(method="GET", path=".*/api/v1/.*", status=403, after=planning)

    outcome = workspace.expect(1, "up", "--yes", "--no-refresh")

    assert "+ group  people" in outcome.out
    assert "the baseline was not updated" in outcome.out
    workspace.tenant.clear_faults()
    workspace.expect_settled()


@pytest.mark.parametrize("refused", ["DELETE", "POST"])
def test_a_half_refused_replacement_ends_with_a_report(workspace: Workspace, refused: str):
    """The engine would wait for ever: it never tells the program that the replacement failed."""
    workspace.declare([group("people"), zone("office")])
    workspace.up()
    workspace.declare(
        [group("people", description="Changed."), zone("office", type="DYNAMIC", gateways=[], asns=["1"])]
    )
    workspace.tenant.order_fault(method=refused, path="/api/v1/zones.*", status=403)

    outcome = workspace.expect(1, "up", "--yes")

    assert "failed  network-zone office" in outcome.out
    assert outcome.out.count("failed  ") == 1
    assert "~ group  people" in outcome.out
    expect_convergence(workspace)
