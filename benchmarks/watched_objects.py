"""What a large tenant has besides the objects of kinds: drift detection watches it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from reconciler.okta.client import OktaClient

IDENTITY_PROVIDERS, HOOKS, ATTRIBUTES, BINDINGS = 20, 50, 300, 30
ADMIN_GROUPS, MEMBERS, SERVICE_APPS = 10, 50, 20
_AT_ONCE = 50


async def make(client: OktaClient, url: str) -> None:
    """Create them."""
    users = await _all(
        client.send("POST", "/api/v1/users?activate=false", {"profile": _profile(number)}) for number in range(MEMBERS)
    )
    groups = await _all(
        client.send("POST", "/api/v1/groups", {"profile": {"name": f"Administrators {number}"}})
        for number in range(ADMIN_GROUPS)
    )
    await _all(client.send("POST", f"/api/v1/groups/{one['id']}/roles", {"type": "USER_ADMIN"}) for one in groups)
    await _all(client.send("PUT", f"/api/v1/groups/{one['id']}/users/{user['id']}") for one in groups for user in users)
    await _all(client.send("POST", "/api/v1/idps", _identity_provider(number)) for number in range(IDENTITY_PROVIDERS))
    await _all(client.send("POST", "/api/v1/inlineHooks", _hook(number)) for number in range(HOOKS))
    await _all(client.send("POST", "/api/v1/apps", _service(number)) for number in range(SERVICE_APPS))
    attributes = {f"attribute{number}": {"title": f"A {number}", "type": "string"} for number in range(ATTRIBUTES)}
    schema = {"definitions": {"custom": {"properties": attributes}}}
    await client.send("POST", "/api/v1/meta/schemas/user/default", schema)
    for number in range(BINDINGS):
        permissions = ["okta.users.read"]
        role = {"label": f"Role {number}", "description": "Measured.", "permissions": permissions}
        made = await client.send("POST", "/api/v1/iam/roles", role)
        resources = {"label": f"Set {number}", "description": "Measured.", "resources": [f"{url}/api/v1/users"]}
        found = await client.send("POST", "/api/v1/iam/resource-sets", resources)
        binding = {"role": made["id"], "members": [f"{url}/api/v1/users/{users[number]['id']}"]}
        await client.send("POST", f"/api/v1/iam/resource-sets/{found['id']}/bindings", binding)


async def _all(requests: Any) -> list[Any]:
    pending: Sequence[Awaitable[Any]] = list(requests)
    made: list[Any] = []
    for start in range(0, len(pending), _AT_ONCE):
        made += await asyncio.gather(*pending[start : start + _AT_ONCE])
    return made


def _profile(number: int) -> dict[str, str]:
    login = f"user{number}@example.com"
    return {"login": login, "email": login, "firstName": "U", "lastName": str(number)}


def _identity_provider(number: int) -> dict[str, Any]:
    client = {"client_id": f"client-{number}", "client_secret": "measured"}
    return {
        "type": "GOOGLE",
        "name": f"Provider {number}",
        "protocol": {"type": "OIDC", "scopes": ["openid"], "credentials": {"client": client}},
        "policy": {"subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"}},
    }


def _hook(number: int) -> dict[str, Any]:
    channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": f"https://hook-{number}.example.com"}}
    return {
        "name": f"Hook {number}",
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "channel": channel,
    }


def _service(number: int) -> dict[str, Any]:
    settings = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    return {
        "name": "oidc_client",
        "label": f"Service {number}",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": settings},
    }
