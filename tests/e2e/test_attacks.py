"""Every attack on a managed tenant is found, with severity high or critical and the rule that says so."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.kinds import kind_named
from tests.e2e.documents import document
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

STRONG = {"possession": {"phishing_resistant": "REQUIRED", "device_bound": "REQUIRED"}}
DEFINITIONS = [
    *(document("group", name, name=name.title()) for name in ("staff", "guests", "admins")),
    document("group-rule", "staff", name="Staff", expression='user.userType == "Employee"', groups=["staff"]),
    document("group-rule", "admins", name="Admins", expression='user.title == "Administrator"', groups=["admins"]),
    document("network-zone", "tor", name="Tor", type="DYNAMIC_V2", services=["ALL_ANONYMIZERS"]),
    document(
        "authentication-policy",
        "strict",
        name="Strict",
        description="Keys only.",
        rules=[
            {"name": "Not by Tor", "access": "DENY", "network_connection": "ZONE", "network_includes": ["tor"]},
            {"name": "With a key", "constraints": [STRONG]},
        ],
    ),
    document(
        "global-session-policy",
        "staff",
        name="Staff sessions",
        priority=1,
        groups_included=["staff"],
        rules=[{"name": "All", "mfa_required": True, "mfa_prompt": "ALWAYS", "session_lifetime": 60}],
    ),
    document(
        "oidc-app",
        "console",
        label="Console",
        type="web",
        redirect_uris=["https://console.example/cb"],
        authentication_policy="strict",
        groups=[{"group": "admins"}],
    ),
    document(
        "saml-app",
        "crm",
        label="CRM",
        sso_url="https://crm.example/acs",
        audience="crm",
        groups=[{"group": "staff"}],
    ),
    document(
        "authorization-server",
        "payments",
        name="Payments",
        description="Tokens.",
        audiences=["https://api.example"],
        policies=[
            {
                "name": "Console",
                "description": "The console.",
                "clients": ["console"],
                "rules": [
                    {
                        "name": "All",
                        "grant_types": ["authorization_code"],
                        "groups": ["admins"],
                        "access_token_lifetime_minutes": 15,
                    }
                ],
            }
        ],
    ),
]


@dataclass
class Attacker:
    """Another administrator, who changes objects."""

    tenant: SandboxTenant

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.tenant.request(method, path, body)

    def item(self, kind: str, label: str) -> tuple[str, dict[str, Any]]:
        """The path of an object and its current JSON."""
        (found,) = [one for one in self.tenant.read().objects[kind] if one.label == label]
        return found.path, dict(found.json)

    def change(self, kind: str, label: str, edit: Callable[[dict[str, Any]], object]) -> None:
        path, item = self.item(kind, label)
        stopped = kind_named(kind).provider.inactive_to_update
        if stopped:
            self.send("POST", f"{path}/lifecycle/deactivate")
        edit(item)
        self.send("PUT", path, item)
        if stopped:
            self.send("POST", f"{path}/lifecycle/activate")

    def group(self, label: str) -> str:
        return str(self.item("group", label)[1]["id"])


def fill(label: str) -> dict[str, Any]:
    return {"type": "group_rule", "name": f"Into {label}", "conditions": {"expression": {"value": "true"}}}


def attack(by: Attacker) -> None:
    """All attacks at once."""
    by.change("group-rule", "Staff", lambda rule: rule["conditions"]["expression"].update(value="true"))
    for label in ("Guests", "Admins"):
        rule = fill(label) | {"actions": {"assignUserToGroups": {"groupIds": [by.group(label)]}}}
        by.send("POST", "/api/v1/groups/rules", rule)
    by.send("POST", f"{by.item('network-zone', 'Tor')[0]}/lifecycle/deactivate")
    by.change("network-zone", "DefaultExemptIpZone", lambda zone: zone.update(gateways=[CIDR]))
    by.send("PUT", f"{by.item('oidc-app', 'Console')[0]}/groups/{by.group('Guests')}", {})
    by.send("PUT", f"{by.item('saml-app', 'CRM')[0]}/groups/{by.group('Guests')}", {})
    by.change("saml-app", "CRM", lambda app: app["settings"]["signOn"].update(attributeStatements=[STATEMENT]))
    by.change(
        DEFAULT_POLICY,
        DEFAULT_POLICY,
        lambda policy: policy["settings"]["password"]["complexity"].update(minLength=4),
    )
    by.change(
        "access-policy", "Console", lambda policy: policy["conditions"]["clients"].update(include=["ALL_CLIENTS"])
    )
    by.change(
        "access-policy-rule", "All", lambda rule: rule["actions"]["token"].update(accessTokenLifetimeMinutes=1440)
    )
    by.change(
        "global-session-policy-rule",
        "All",
        lambda rule: rule["actions"]["signon"]["session"].update(maxSessionLifetimeMinutes=0),
    )
    by.send("POST", f"{by.item('authorization-server', 'Payments')[0]}/lifecycle/deactivate")
    service = by.send("POST", "/api/v1/apps", SERVICE)
    by.send("POST", f"/api/v1/apps/{service['id']}/grants", {"scopeId": "okta.users.manage", "issuer": by.tenant.url})
    by.send("POST", f"/api/v1/groups/{by.group('Admins')}/roles", {"type": "SUPER_ADMIN"})


DEFAULT_POLICY = "password-policy-default"
CIDR = {"type": "CIDR", "value": "203.0.113.0/24"}
STATEMENT = {
    "type": "EXPRESSION",
    "name": "role",
    "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
    "values": ["admin"],
}
SERVICE = {
    "name": "oidc_client",
    "label": "Backup",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
    "settings": {
        "oauthClient": {
            "application_type": "service",
            "grant_types": ["client_credentials"],
            "response_types": ["token"],
        }
    },
}

EXPECTED = {
    ("group-rule", "Staff", "expression"): "membership-widened",
    ("group-rule", "Into Guests", ""): "membership-widened",
    ("group-rule", "Into Admins", ""): "admin-group-filled",
    ("network-zone", "Tor", "status"): "deny-zone-narrowed",
    ("network-zone", "DefaultExemptIpZone", "gateways"): "exempt-zone-filled",
    ("app-group-assignments", "console", "groups"): "sensitive-app-assigned",
    ("app-group-assignments", "crm", "groups"): "access-widened",
    ("saml-app", "CRM", "attribute_statements"): "identity-changed",
    (
        DEFAULT_POLICY,
        DEFAULT_POLICY,
        "settings.password.complexity.minLength",
    ): "password-weakened",
    ("access-policy", "Console", "clients"): "tokens-widened",
    ("access-policy-rule", "All", "access_token_lifetime_minutes"): "lasts-longer",
    ("global-session-policy-rule", "All", "session_lifetime"): "lasts-longer",
    ("authorization-server", "Payments", "status"): "server-switched-off",
    ("oidc-app", "Backup", ""): "api-manage-granted",
    ("api-scope-of-app", "Backup: okta.users.manage", ""): "api-manage-granted",
    ("group", "Admins", "adminRoles"): "admin-role-granted",
    ("group-role", "SUPER_ADMIN", ""): "admin-role-granted",
}


def test_every_attack_is_at_least_high(workspace: Workspace):
    workspace.declare(DEFINITIONS)
    workspace.up()
    login = f"{secrets.token_hex(4)}@example.com"
    made = workspace.tenant.request("POST", "/_sandbox/administrators", {"login": login})
    by = Attacker(replace(workspace.tenant, token=made["token"]))
    workspace.tenant.request("POST", f"/api/v1/groups/{by.group('Admins')}/roles", {"type": "HELP_DESK_ADMIN"})
    workspace.expect(0, "accept", "--yes")

    attack(by)

    report = workspace.root / "drift.json"
    workspace.expect(2, "drift", "--output", str(report))
    found = {(one["kind"], one["label"], one["field"]): one for one in json.loads(report.read_text())["findings"]}
    assert {key: EXPECTED[key] in found[key]["rules"] for key in EXPECTED} == dict.fromkeys(EXPECTED, True)
    widened = found["group-rule", "Staff", "expression"]
    assert widened["attribution"]["actor"] == login
    assert "Okta logs no event when a group rule is created, updated or deleted" in widened["detail"]
    assert found["access-policy", "Console", "clients"]["attribution"]["event"] == "policy.lifecycle.update"
    assert {key for key in EXPECTED if found[key]["severity"] not in ("high", "critical")} == set()
    assert {key for key, one in found.items() if one["severity"] in ("high", "critical")} == EXPECTED.keys()
