"""Modes: objects of additive kinds are never deleted, and observed kinds are never changed."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

WEB = "https://wiki.example.com"


def group(name: str) -> dict[str, object]:
    return document("group", name, name=name)


def app(groups: list[str]) -> dict[str, object]:
    spec = {"label": "Wiki", "type": "web", "redirect_uris": [WEB], "groups": [{"group": name} for name in groups]}
    return document("oidc-app", "wiki", **spec)


def set_modes(workspace: Workspace, **modes: str) -> None:
    environment = workspace.definitions / "environments" / "test.yaml"
    text = yaml.safe_load(environment.read_text()) | {"modes": {k.replace("_", "-"): v for k, v in modes.items()}}
    environment.write_text(yaml.safe_dump(text))


def live(workspace: Workspace, kind: str) -> dict[str, Any]:
    return {item.label: item for item in workspace.tenant.read().objects[kind] if not item.built_in}


def test_an_orphan_of_an_additive_kind_is_released(workspace: Workspace):
    set_modes(workspace, group="additive")
    zone = {"name": "Office", "type": "IP", "gateways": ["192.0.2.0/24"]}
    workspace.declare([group("kept"), group("dropped"), document("network-zone", "z", **zone)])
    workspace.up()

    workspace.declare([group("kept")])
    assert "releases it" in workspace.expect(0, "drift").out
    preview = workspace.expect(0, "preview").out
    assert "1 released" not in preview
    assert "/ group" in preview
    assert "- network-zone" in preview
    outcome = workspace.up().out

    assert "1 deleted" in outcome
    assert "1 released" in outcome
    assert {"kept", "dropped"} <= live(workspace, "group").keys()
    assert "unmanaged" in workspace.expect(2, "drift").out
    workspace.expect(0, "preview", "--expect-no-changes")
    left = workspace.expect(0, "repair", "--yes", "--remove-unmanaged").out
    assert "nothing to repair" in left
    assert "dropped" in live(workspace, "group")


def test_an_observed_object_is_never_created_and_reported_if_missing(workspace: Workspace):
    set_modes(workspace, group="observe")
    workspace.declare([group("people")])

    assert "No changes" in workspace.expect(0, "preview").out
    workspace.up()

    assert "people" not in live(workspace, "group")
    found = workspace.expect(2, "drift").out
    assert "missing" in found
    assert "not in the tenant; only observed here" in found


def test_an_observed_object_is_found_by_name_and_compared(workspace: Workspace):
    workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "people", "description": "As it was."}})
    set_modes(workspace, group="observe")
    workspace.declare([document("group", "people", name="people", description="As it was."), app(["people"])])
    workspace.up()

    assigned = live(workspace, "app-group-assignments")["Wiki"].spec["groups"]
    assert [one["group"] for one in assigned] == [live(workspace, "group")["people"].id]
    workspace.expect_settled()

    at = f"/api/v1/groups/{live(workspace, 'group')['people'].id}"
    workspace.tenant.request("PUT", at, {"profile": {"name": "people", "description": "Somebody was here."}})
    found = workspace.expect(2, "drift").out
    assert "changed    description" in found
    assert '"Somebody was here."' in found
    assert "only observed here" in found
    assert "nothing to repair" in workspace.expect(0, "repair", "--yes").out
    assert "the mode of its kind is observe" in workspace.expect(64, "repair", "group", "people", "--yes").err
    assert live(workspace, "group")["people"].spec["description"] == "Somebody was here."

    workspace.expect(0, "accept", "--yes")
    assert "Somebody was here." in (workspace.definitions / "all.yaml").read_text()
    workspace.expect_settled()


def test_an_object_that_becomes_observed_is_released_with_its_children(workspace: Workspace):
    workspace.declare([group("people"), group("others"), app(["people", "others"])])
    workspace.up()

    set_modes(workspace, oidc_app="observe")
    assert "/ oidc-app" in workspace.expect(0, "preview").out
    assert "2 released" in workspace.up().out
    workspace.expect_settled()

    wiki, people = live(workspace, "oidc-app")["Wiki"], live(workspace, "group")["people"]
    workspace.tenant.request("DELETE", f"/api/v1/apps/{wiki.id}/groups/{people.id}")
    found = workspace.expect(2, "drift").out
    assert "app-group-assignments wiki" in found
    assert "changed" in found

    set_modes(workspace)
    workspace.up()
    workspace.expect_settled()
    assert live(workspace, "oidc-app")["Wiki"].id == wiki.id


def test_a_missing_observed_object_with_references_is_an_error(workspace: Workspace):
    set_modes(workspace, group="observe")
    workspace.declare([group("people"), app(["people"])])

    refused = workspace.expect(1, "up", "--yes").err

    assert "all.yaml:1:1: the tenant has no group people, and other definitions refer to it" in refused
    assert "Wiki" not in live(workspace, "oidc-app")
