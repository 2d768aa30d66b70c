"""The kinds of Okta objects. Each kind has one module, with everything that the project knows about it.

To add a kind, write a module that registers it and add the name of the module to its area below.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from reconciler.kinds.kind import (
    Detail,
    Kind,
    ListedBelow,
    Protection,
    SystemObject,
    chain,
    kind_named,
    kind_of_fields,
    kind_of_resource,
    kind_of_word,
    kinds,
    owned_kinds,
    path_levels,
    sharing_list,
)
from reconciler.kinds.part import Part, Spec, risks_of
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed, Shape

AREAS: Final[Mapping[str, tuple[str, ...]]] = {
    "People": (
        "user_type",
        "user_schema_property",
        "user_base_schema_property",
        "group_schema_property",
        "linked_object",
        "realm",
    ),
    "Groups and network": (
        "group",
        "group_owners",
        "group_memberships",
        "group_rule",
        "network_zone",
        "trusted_origin",
        "threat_insight",
        "rate_limit_settings",
        "captcha",
        "org_configuration",
    ),
    "Listeners": (
        "event_hook",
        "hook_key",
        "inline_hook",
        "log_stream",
    ),
    "Sign-in": (
        "idp_saml_key",
        "idp_oidc",
        "idp_saml",
        "idp_social",
        "device_assurance",
        "behavior",
        "global_session_policy",
        "password_policy",
        "authentication_policy",
        "threat_protection",
        "security_events_provider",
    ),
    "Apps": (
        "bookmark_app",
        "oidc_app",
        "saml_app",
        "swa_apps",
        "template_apps",
        "app_group_assignments",
        "provisioning_connection",
        "provisioning_feature",
        "push_group",
        "app_rate_limit",
        "app_api_scopes",
        "app_admin_role",
        "app_user_schema_property",
        "app_user_base_schema_property",
        "app_federated_claim",
        "api_service_integration",
    ),
    "Routing and registration": (
        "idp_routing_rule",
        "profile_enrollment_policy",
        "realm_assignment",
        "profile_mapping",
    ),
    "Authenticators": ("push_provider", "authenticator", "webauthn", "mfa_enrollment_policy"),
    "Authorization servers": (
        "authorization_server_fields",
        "authorization_server",
    ),
    "Administration": (
        "custom_admin_role",
        "resource_set",
        "role_subscription",
    ),
}
"""The modules of the kinds by area. Kinds are applied and shown in this order: owners and referenced kinds first."""

_areas: dict[str, str] = {}

for _area, _modules in AREAS.items():
    for _module in _modules:
        import_module(f"{__name__}.{_module}")
    for _kind in kinds():
        _areas.setdefault(_kind.name, _area)


def area_of(kind: Kind) -> str:
    """The area of a kind."""
    return _areas[kind.name]


__all__ = [
    "AREAS",
    "Detail",
    "Kind",
    "Listed",
    "ListedBelow",
    "Part",
    "Protection",
    "Provider",
    "Shape",
    "Spec",
    "SystemObject",
    "area_of",
    "chain",
    "kind_named",
    "kind_of_fields",
    "kind_of_resource",
    "kind_of_word",
    "kinds",
    "owned_kinds",
    "path_levels",
    "risks_of",
    "sharing_list",
]
