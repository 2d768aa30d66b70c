"""What no kind covers is watched by whole commands: `up`, `drift`, `accept`, `ignore.yaml` and `coverage`."""

from __future__ import annotations

import gzip
import json
import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.e2e.documents import document, group
from tests.e2e.workspace import SandboxTenant, Workspace
from tests.watched.seeds import google, service

pytestmark = pytest.mark.e2e

SERVICE = document(
    "oidc-app",
    "worker",
    label="Worker",
    type="service",
    grant_types=["client_credentials"],
    response_types=["token"],
    token_endpoint_auth_method="client_secret_basic",
)


TEMPLATE = {"type": "SMS_VERIFY_CODE", "template": "Your code is ${code}"}


def other_administrator(tenant: SandboxTenant, login: str) -> SandboxTenant:
    made = tenant.request("POST", "/_sandbox/administrators", {"login": login})
    return replace(tenant, token=made["token"])


def found(workspace: Workspace) -> list[dict[str, Any]]:
    report = workspace.root / "drift.json"
    workspace.run("drift", "--output", str(report))
    findings: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    return findings


def test_what_no_kind_covers_is_watched(workspace: Workspace):
    login = f"{secrets.token_hex(4)}@example.com"
    attacker = other_administrator(workspace.tenant, login)
    kept = attacker.request("POST", "/api/v1/templates/sms", TEMPLATE | {"name": "Code"})
    workspace.declare([group("people"), SERVICE])
    workspace.up()
    assert "Also watched: " in workspace.expect(0, "drift").out

    # An `up` that creates more is no drift.
    workspace.declare([group("people"), group("others"), SERVICE])
    workspace.up()
    assert found(workspace) == []

    attacker.request("POST", "/api/v1/idps", google("Rogue"))
    text = {"template": "Call +1 555 0100 for ${code}"}
    attacker.request("PUT", f"/api/v1/templates/sms/{kept['id']}", TEMPLATE | {"name": "Code"} | text)
    by_label = {one["label"]: one for one in found(workspace)}
    rogue, altered = by_label["Rogue"], by_label["Code"]
    assert rogue["severity"] == "critical"
    assert rogue["attribution"]["actor"] == login
    assert rogue["attribution"]["event"] == "system.idp.lifecycle.create"
    assert (altered["kind"], altered["field"], altered["severity"]) == ("sms-template", "template", "high")
    assert (altered["expected"], altered["actual"]) == (TEMPLATE["template"], text["template"])
    assert "nothing to repair" in workspace.expect(0, "repair", "--yes").out

    # An entry of ignore.yaml covers one finding; the other one is accepted.
    expires = date.today() + timedelta(days=30)
    entry = f"- {{kind: sms-template, label: Code, reason: Moved., owner: security, expires: {expires}}}\n"
    (workspace.root / "definitions" / "ignore.yaml").write_text(entry)
    assert [one["label"] for one in found(workspace)] == ["Rogue"]
    assert "watched, not declared: " in workspace.expect(0, "coverage").out


def test_an_older_baseline_is_completed_by_the_next_up(workspace: Workspace):
    workspace.declare([group("people")])
    workspace.up()
    (file,) = workspace.root.rglob("test.json.gz")
    stored = json.loads(gzip.decompress(file.read_bytes()))
    stored["objects"] = {word: items for word, items in stored["objects"].items() if not word.startswith("/")}
    file.write_bytes(gzip.compress(json.dumps(stored).encode()))
    attacker = other_administrator(workspace.tenant, "eve@example.com")
    shown = workspace.expect(0, "drift").out
    assert "of the collections that no kind covers were not compared" in " ".join(shown.split())

    workspace.up()
    assert "Note" not in workspace.expect(0, "drift").out
    attacker.request("POST", "/api/v1/templates/sms", TEMPLATE | {"name": "Later"})
    attacker.request("POST", "/api/v1/apps", service("Unmanaged"))
    assert {one["label"] for one in found(workspace)} == {"Unmanaged", "Later"}
