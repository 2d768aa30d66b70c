"""What is particular to each kind of Okta object: one module for each family of endpoints.

A module declares one or more `Collection`s, and functions for the endpoints that do not fit one, and names
them in its `FAMILY`. A new family is one module, and one line here.
"""

from reconciler.sandbox.collection import Family
from reconciler.sandbox.exchange import Route
from reconciler.sandbox.families import (
    access_tokens,
    admin_role_targets,
    admin_roles,
    app_assignments,
    app_credentials,
    app_grants,
    app_user_schemas,
    app_users,
    apps,
    authenticator_methods,
    authenticators,
    authorization_server_policies,
    authorization_servers,
    behaviors,
    captchas,
    catalogue_entries,
    custom_roles,
    device_assurances,
    event_hooks,
    factors,
    features,
    group_rules,
    group_schemas,
    groups,
    hook_keys,
    identity_provider_keys,
    identity_providers,
    inline_hooks,
    log_streams,
    org,
    org_settings,
    org_switches,
    policies,
    profile_mappings,
    rate_limit_settings,
    realms,
    resource_sets,
    role_bindings,
    role_subscriptions,
    threat_insight,
    trusted_origins,
    user_schemas,
    users,
    zones,
)
from reconciler.sandbox.store import Naming

FAMILIES: tuple[Family, ...] = (
    org.FAMILY,
    org_settings.FAMILY,
    org_switches.FAMILY,
    role_subscriptions.FAMILY,
    features.FAMILY,
    users.FAMILY,
    user_schemas.FAMILY,
    group_schemas.FAMILY,
    profile_mappings.FAMILY,
    admin_roles.FAMILY,
    admin_role_targets.FAMILY,
    catalogue_entries.FAMILY,
    custom_roles.FAMILY,
    resource_sets.FAMILY,
    role_bindings.FAMILY,
    groups.FAMILY,
    group_rules.FAMILY,
    apps.FAMILY,
    app_assignments.FAMILY,
    app_credentials.FAMILY,
    app_users.FAMILY,
    app_user_schemas.FAMILY,
    app_grants.FAMILY,
    access_tokens.FAMILY,
    policies.FAMILY,
    authenticators.FAMILY,
    authenticator_methods.FAMILY,
    factors.FAMILY,
    authorization_servers.FAMILY,
    authorization_server_policies.FAMILY,
    zones.FAMILY,
    trusted_origins.FAMILY,
    identity_providers.FAMILY,
    identity_provider_keys.FAMILY,
    inline_hooks.FAMILY,
    log_streams.FAMILY,
    event_hooks.FAMILY,
    hook_keys.FAMILY,
    behaviors.FAMILY,
    device_assurances.FAMILY,
    threat_insight.FAMILY,
    realms.FAMILY,
    captchas.FAMILY,
    rate_limit_settings.FAMILY,
)

ROUTES: list[Route] = [route for family in FAMILIES for route in family.routes()]


def naming() -> dict[str, Naming]:
    """For the store: the kinds of which no two siblings may share a name."""
    collections = (collection for family in FAMILIES for collection in family.collections)
    return {collection.kind: collection.unique.key for collection in collections if collection.unique}
