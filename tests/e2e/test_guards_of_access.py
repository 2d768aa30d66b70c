"""Guards about access with the real engine: preview and `up` refuse, change nothing, and can be overridden."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.documents import Document, bookmark, document, groups, zone
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

CALLBACK = "https://portal.example.com/callback"
STRICT = {"mfa_required": True, "mfa_prompt": "ALWAYS"}


def app(**fields: Any) -> Document:
    usual = {"label": "Portal", "type": "web", "redirect_uris": [CALLBACK]}
    return document("oidc-app", "portal", **usual | fields)


def session_policy(name: str, priority: int, people: str, *rules: Document) -> Document:
    spec = {"name": name, "priority": priority, "groups_included": [people], "rules": list(rules)}
    return document("global-session-policy", name, **spec)


def filling(*names: str) -> Document:
    return document("group-rule", "all", name="All", expression='user.city=="Oslo"', groups=list(names))


def passwords(**fields: Any) -> Document:
    return document("password-policy", "own", name="Own", priority=1, groups_included=["group-01"], **fields)


OFFICE = {"name": "Office", "network_connection": "ZONE", "network_includes": ["office"]}
BEFORE = [
    *groups(4),
    zone("office", gateways=["192.0.2.0/24"]),
    app(),
    filling("group-00"),
    passwords(password_min_length=12, rules=[{"name": "Only"}]),
    session_policy("staff", 1, "group-00", {"name": "One", **STRICT}, {"name": "Two"}),
    session_policy("admins", 2, "group-03", OFFICE, {"name": "Elsewhere", "access": "DENY"}),
]
AFTER = [
    *groups(3),
    zone("office", gateways=["192.0.2.0/28"]),
    app(
        redirect_uris=[CALLBACK, "http://portal.example.com/callback"],
        grant_types=["authorization_code", "implicit"],
        response_types=["code", "token"],
    ),
    bookmark("wiki", groups=[{"group": "everyone"}]),
    filling("group-01"),
    passwords(password_min_length=8),
    session_policy("staff", 1, "group-00", {"name": "New", "session_lifetime": 0}, {"name": "One", **STRICT}),
    session_policy("admins", 2, "group-02", {"name": "Elsewhere", "access": "DENY"}),
]
REFUSED = {
    "assigned-to-everyone:bookmark-app wiki",
    "group-rule-replaced:group-rule all",
    "implicit-flow:oidc-app portal",
    "last-admin-path:global-session-policy admins",
    "last-admin-path:group group-03",
    "last-rule:password-policy own",
    "sign-in-weakened:global-session-policy-rule staff/New",
    "sign-in-weakened:password-policy own",
    "token-lifetime:global-session-policy-rule staff/New",
    "unsafe-redirect:oidc-app portal",
}
OTHERS = ("too-many-deleted", "relations-lost", "unmanaged-affected", "app-without-assignments", "policy-in-use")


def test_what_guards_of_access_refuse_can_be_allowed_one_by_one(workspace: Workspace):
    workspace.declare(BEFORE)
    workspace.up()
    ids = {one.label: one.id for one in workspace.tenant.read().objects["group"]}
    name = {"login": "ada@acme.example", "email": "ada@acme.example", "firstName": "Ada", "lastName": "Ada"}
    workspace.tenant.request("POST", "/api/v1/users", {"profile": name, "groupIds": [ids["Group-00"]]})
    for administrators in ("Group-02", "Group-03"):
        workspace.tenant.request("POST", f"/api/v1/groups/{ids[administrators]}/roles", {"type": "SUPER_ADMIN"})

    workspace.write("guards.yaml", [{rule: {"off": True, "reason": "It has tests of its own."} for rule in OTHERS}])
    workspace.declare(AFTER)
    workspace.tenant.clear_stats()
    said = [" ".join(workspace.expect(4, *command).err.split()) for command in (("preview",), ("up", "--yes"))]

    assert workspace.tenant.writes() == {}
    preview, up = ({found[2] for found in re.finditer(r"--allow (['\"])(.*?)\1", text)} for text in said)
    assert preview == up == REFUSED
    allowed = [option for one in sorted(REFUSED) for option in ("--allow", one)]
    few = workspace.expect(4, "preview", *allowed[2:], "--reason", "It was announced.")
    assert few.err.count("--allow") == 1
    workspace.expect(0, "up", "--yes", *allowed, "--reason", "It was announced.")
