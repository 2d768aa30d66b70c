"""Arbitrary bodies: each answer is in Okta's format, and never a 500."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Okta
from .test_apps import BOOKMARK, OIDC, SAML
from .test_authenticators import DUO
from .test_authorization_servers import POLICY, SERVER
from .test_groups import rule_for
from .test_hooks import EVENT_HOOK, INLINE_HOOK
from .test_identity_providers import OIDC as OIDC_IDP
from .test_identity_providers import saml
from .test_security_objects import IOS, LOCATION, SPLUNK
from .test_users import PROFILE
from .test_zones_and_origins import ORIGIN, ZONE

ACCESS_RULE = {
    "name": "r",
    "priority": 0,
    "conditions": {
        "people": {"users": {"exclude": []}, "groups": {"include": []}},
        "network": {"connection": "ANYWHERE"},
        "platform": {"include": [{"type": "DESKTOP", "os": {"type": "OTHER", "expression": ""}}]},
    },
    "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": "2FA"}}},
}
BODIES: list[tuple[str, Any]] = [
    ("/api/v1/groups", {"profile": {"name": "g", "description": "d"}}),
    ("/api/v1/groups/rules", rule_for("00g")),
    ("/api/v1/users", {"profile": PROFILE, "credentials": {"password": {"value": "x"}}, "groupIds": ["a"]}),
    ("/api/v1/apps", OIDC),
    ("/api/v1/apps", SAML),
    ("/api/v1/apps", BOOKMARK),
    ("/api/v1/zones", ZONE),
    ("/api/v1/trustedOrigins", ORIGIN),
    (
        "/api/v1/policies",
        {"type": "PASSWORD", "name": "p", "conditions": {}, "settings": {"password": {"age": {}}}},
    ),
    ("/api/v1/policies/{access}/rules", ACCESS_RULE),
    ("/api/v1/policies/{discovery}/rules", {"name": "r", "actions": {"idp": {"matchCriteria": [{"a": 1}]}}}),
    ("/api/v1/authorizationServers", {**SERVER, "credentials": {"signing": {"rotationMode": "AUTO"}}}),
    ("/api/v1/authorizationServers/default/policies", {**POLICY, "priority": 1}),
    (
        "/api/v1/inlineHooks",
        {"name": "h", "type": "t", "version": "1", "channel": {"config": {"authScheme": {}}}},
    ),
    ("/api/v1/authenticators", {"key": "custom_otp", "name": "otp", "settings": {}}),
    ("/api/v1/authenticators", DUO),
    ("/api/v1/authenticators", {"key": "custom_app", "name": "push", "settings": {"appInstanceId": "0oa1"}}),
    ("/api/v1/idps", {**OIDC_IDP, "policy": {"accountLink": {"filter": {"groups": {"include": ["a"]}}}}}),
    ("/api/v1/idps", saml("kid")),
    ("/api/v1/idps/credentials/keys", {"x5c": ["MIID"]}),
    ("/api/v1/eventHooks", EVENT_HOOK),
    ("/api/v1/inlineHooks", INLINE_HOOK),
    ("/api/v1/hook-keys", {"name": "k"}),
    ("/api/v1/logStreams", SPLUNK),
    ("/api/v1/behaviors", LOCATION),
    ("/api/v1/device-assurances", {**IOS, "screenLockType": {"include": ["PASSCODE"]}}),
    ("/api/v1/realms", {"profile": {"name": "r", "domains": ["a"]}}),
    ("/api/v1/policies/{session}/rules", {"name": "r", "actions": {"postAuthSession": {"failureActions": [{"a": 1}]}}}),
    ("/api/v1/threats/configuration", {"action": "none", "excludeZones": ["a"]}),
    ("/api/v1/org", {"city": "Berlin"}),
    ("/api/v1/meta/types/user", {"name": "t", "displayName": "T"}),
    (
        "/api/v1/meta/schemas/user/default",
        {"definitions": {"custom": {"properties": {"p": {"type": "string"}}}}},
    ),
    (
        "/api/v1/meta/schemas/group/default",
        {
            "definitions": {
                "custom": {"properties": {"p": {"title": "P", "type": "array", "items": {"type": "object"}}}}
            }
        },
    ),
    ("/api/v1/users/me/roles", {"type": "APP_ADMIN"}),
    ("/api/v1/users/me/roles", {"type": "CUSTOM", "role": "cr0", "resource-set": "iam"}),
    ("/api/v1/iam/roles", {"label": "r", "description": "d", "permissions": ["okta.users.read"]}),
    (
        "/api/v1/iam/resource-sets",
        {"label": "s", "description": "d", "resources": ["http://tenant.test/api/v1/apps", "orn:okta:idp:00o:apps"]},
    ),
    (
        "/api/v1/meta/schemas/user/linkedObjects",
        {
            "primary": {"name": "manager", "title": "M", "type": "USER"},
            "associated": {"name": "report", "title": "R", "type": "USER"},
        },
    ),
    ("/_sandbox/faults", {"status": 503, "path": "/nothing"}),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.copy(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize(("path", "body"), BODIES, ids=lambda value: value if isinstance(value, str) else "")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_body_with_anything_anywhere(okta: Okta, path: str, body: Any, data: st.DataObject) -> None:
    path = path.format(
        access=okta.get("/api/v1/policies", type="ACCESS_POLICY")[0]["id"],
        session=okta.get("/api/v1/policies", type="POST_AUTH_SESSION")[0]["id"],
        discovery=okta.get("/api/v1/policies", type="IDP_DISCOVERY")[0]["id"],
    )
    place = data.draw(st.sampled_from(places(body)))
    response = okta.request("POST", path, json=replaced(body, place, data.draw(JSON)))
    assert response.status_code < 500, response.text
    if response.status_code == 200 and "id" in response.json() and "/meta/schemas" not in path:
        identifier = response.json()["id"]
        assert okta.request("GET", f"{path}/{identifier}").status_code < 500
        assert okta.request("PUT", f"{path}/{identifier}", json=body).status_code < 500


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/api/v1/groups", "/api/v1/users", "/api/v1/apps", "/api/v1/logs", "/api/v1/zones"]),
    query=st.dictionaries(
        st.sampled_from(["limit", "after", "q", "filter", "search", "since", "until", "sortOrder", "expand"]),
        st.text(max_size=12),
        max_size=3,
    ),
)
def test_a_list_asked_with_anything(okta: Okta, path: str, query: dict[str, str]) -> None:
    assert okta.request("GET", path, params=query).status_code < 500
