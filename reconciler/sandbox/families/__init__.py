"""What is particular to each kind of Okta object: one module for each family of endpoints.

A module declares one or more `Collection`s, and functions for the endpoints that do not fit one, and lists
them in `ROUTES`. A new family is one module, and one line here.
"""

from reconciler.sandbox.exchange import Route
from reconciler.sandbox.families import (
    admin_roles,
    app_assignments,
    app_credentials,
    apps,
    authenticators,
    authorization_server_policies,
    authorization_servers,
    group_rules,
    groups,
    inline_hooks,
    org,
    policies,
    trusted_origins,
    user_schemas,
    users,
    zones,
)

ROUTES: list[Route] = [
    *org.ROUTES,
    *users.ROUTES,
    *user_schemas.ROUTES,
    *admin_roles.ROUTES,
    *groups.ROUTES,
    *group_rules.ROUTES,
    *apps.ROUTES,
    *app_assignments.ROUTES,
    *app_credentials.ROUTES,
    *policies.ROUTES,
    *authenticators.ROUTES,
    *authorization_servers.ROUTES,
    *authorization_server_policies.ROUTES,
    *zones.ROUTES,
    *trusted_origins.ROUTES,
    *inline_hooks.ROUTES,
]
