"""Settings that every tenant has once: they are imported, changed and released, but never created or deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

THREATS = "/api/v1/threats/configuration"
OFFICE = document("network-zone", "office", name="Office", type="IP", gateways=["192.0.2.0/24"])


def threats(**spec: Any) -> dict[str, Any]:
    return document("threat-insight", "threats", **spec)


def shown(workspace: Workspace) -> Any:
    return workspace.tenant.request("GET", THREATS)


def test_a_setting_is_imported_and_changed(workspace: Workspace):
    workspace.declare([OFFICE, threats(action="block", network_excludes=["office"])])

    assert "1 imported" in workspace.up().out

    assert shown(workspace)["action"] == "block"
    assert len(shown(workspace)["excludeZones"]) == 1
    workspace.expect_settled()


def test_a_setting_that_is_no_longer_declared_stays_as_it_is(workspace: Workspace):
    workspace.declare([OFFICE, threats(action="block")])
    workspace.up()
    workspace.declare([OFFICE])

    assert "releases it" in workspace.expect(0, "drift").out
    assert "1 released" in workspace.up().out

    assert shown(workspace)["action"] == "block"
    workspace.expect_settled()


def test_a_change_of_a_setting_is_found_whether_it_is_declared_or_not(workspace: Workspace):
    for documents in ([OFFICE, threats(action="block")], [OFFICE]):
        workspace.declare(documents)
        workspace.up()
        workspace.tenant.request("POST", THREATS, {"action": "none"})

        out = workspace.expect(2, "drift").out

        assert "threats-unblocked" in workspace.expect(2, "drift", "--format", "json").out
        assert out.count('"block" -> "none"') == 1
        assert "changed by" in out
        workspace.tenant.request("POST", THREATS, {"action": "block"})


def test_two_documents_cannot_declare_the_same_setting(workspace: Workspace):
    workspace.declare([threats(action="block"), document("threat-insight", "again", action="none")])
    assert "the threat-insight is declared twice" in workspace.expect(1, "validate").err
