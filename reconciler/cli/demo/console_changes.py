"""Changes that an administrator could make in the Admin Console without a pull request, made through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.cli.demo.commands import Expected

ADMINISTRATOR = "mallory@lumenpay.example"


@dataclass(frozen=True)
class Change:
    """A change, and the finding it must cause."""

    description: str
    do: Callable[[httpx.Client], None]
    finding: Expected


def make_console_changes(url: str) -> Iterator[str]:
    """Make all changes as another administrator, and yield the description of each."""
    made = httpx.post(f"{url}/_sandbox/administrators", json={"login": ADMINISTRATOR}, trust_env=False)
    headers = {"Authorization": f"SSWS {made.raise_for_status().json()['token']}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as tenant:
        for change in CHANGES:
            change.do(tenant)
            yield change.description


def _weaken_mfa(tenant: httpx.Client) -> None:
    policy = _named(tenant, "/api/v1/policies?type=ACCESS_POLICY", "Phishing-resistant")
    rule = _named(tenant, f"/api/v1/policies/{policy['id']}/rules", "Managed devices with a key")
    rule["actions"]["appSignOn"]["verificationMethod"]["factorMode"] = "1FA"
    _send(tenant, "PUT", f"/api/v1/policies/{policy['id']}/rules/{rule['id']}", rule)


def _add_redirect_uri(tenant: httpx.Client) -> None:
    app = _named(tenant, _APPS, "Payments console", "label")
    app["settings"]["oauthClient"]["redirect_uris"].append("https://console.lumenpay.example.evil.test/oauth/callback")
    _send(tenant, "PUT", f"/api/v1/apps/{app['id']}", app)


def _remove_assignment(tenant: httpx.Client) -> None:
    app = _named(tenant, _APPS, "Payments console", "label")
    group = _named(tenant, "/api/v1/groups?limit=200", "Payments Approvers", "profile.name")
    _send(tenant, "DELETE", f"/api/v1/apps/{app['id']}/groups/{group['id']}")


def _deactivate_rule(tenant: httpx.Client) -> None:
    policy = _named(tenant, "/api/v1/policies?type=OKTA_SIGN_ON", "Workforce")
    rule = _named(tenant, f"/api/v1/policies/{policy['id']}/rules", "Through an anonymizer")
    _send(tenant, "POST", f"/api/v1/policies/{policy['id']}/rules/{rule['id']}/lifecycle/deactivate")


def _delete_app(tenant: httpx.Client) -> None:
    app = _named(tenant, _APPS, "Status page", "label")
    _send(tenant, "POST", f"/api/v1/apps/{app['id']}/lifecycle/deactivate")
    _send(tenant, "DELETE", f"/api/v1/apps/{app['id']}")


def _create_app(tenant: httpx.Client) -> None:
    app = {"name": "bookmark", "label": "Shadow CRM", "signOnMode": "BOOKMARK"}
    _send(tenant, "POST", "/api/v1/apps", app | {"settings": {"app": {"url": "https://crm.example.net"}}})


def _add_identity_provider(tenant: httpx.Client) -> None:
    site = "https://login.lumenpay.example.evil.test"
    endpoints = {name: {"url": f"{site}/{name}"} for name in ("authorization", "token", "jwks")}
    protocol = {
        "type": "OIDC",
        "issuer": {"url": site},
        "endpoints": endpoints,
        "scopes": ["openid", "email"],
        "credentials": {"client": {"client_id": "lumenpay", "client_secret": "made-up"}},
    }
    _send(tenant, "POST", "/api/v1/idps", {"name": "Staff login", "type": "OIDC", "protocol": protocol})


def _weaken_enrolment(tenant: httpx.Client) -> None:
    policy = _named(tenant, "/api/v1/policies?type=MFA_ENROLL", "Employees")
    for authenticator in policy["settings"]["authenticators"]:
        if authenticator["key"] == "phone_number":
            authenticator["enroll"]["self"] = "OPTIONAL"
    _send(tenant, "PUT", f"/api/v1/policies/{policy['id']}", policy)


_APPS = "/api/v1/apps?limit=200&includeNonDeleted=true"

CHANGES = (
    Change(
        "the rule for managed devices requires one factor instead of two",
        _weaken_mfa,
        Expected("changed", "authentication-policy-rules", "phishing-resistant", "rules"),
    ),
    Change(
        "the payments console gets a redirect URI on another site",
        _add_redirect_uri,
        Expected("changed", "oidc-app", "payments-console", "redirect_uris"),
    ),
    Change(
        "the payments approvers lose access to the payments console",
        _remove_assignment,
        Expected("changed", "app-group-assignments", "payments-console", "groups"),
    ),
    Change(
        "the rule that blocks anonymizers is deactivated",
        _deactivate_rule,
        Expected("changed", "global-session-policy-rule", "workforce/Through an anonymizer", "status"),
    ),
    Change(
        "the status page app is deleted",
        _delete_app,
        Expected("missing", "bookmark-app", "status-page", ""),
    ),
    Change(
        "an undeclared app is created",
        _create_app,
        Expected("unmanaged", "bookmark-app", "Shadow CRM", ""),
    ),
    Change(
        "an undeclared identity provider is added",
        _add_identity_provider,
        Expected("unmanaged", "idp-oidc", "Staff login", ""),
    ),
    Change(
        "employees may enroll text messages",
        _weaken_enrolment,
        Expected("changed", "mfa-enrollment-policy", "employees", "phone_number"),
    ),
)


def _named(tenant: httpx.Client, path: str, name: str, key: str = "name") -> Any:
    def label(item: Any) -> Any:
        for part in key.split("."):
            item = item[part]
        return item

    return next(item for item in _send(tenant, "GET", path) if label(item) == name)


def _send(tenant: httpx.Client, method: str, path: str, body: Any = None) -> Any:
    answer = tenant.request(method, path, json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None
