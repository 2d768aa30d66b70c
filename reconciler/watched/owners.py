"""Conditions on the owners of relations, so that requests are sent only for owners that have any."""

from __future__ import annotations

from reconciler.kinds.service_apps import is_of_service_type
from reconciler.kinds.shapes import member
from reconciler.watched.row import Json


def has_admin_role(group: Json) -> bool:
    """Whether a group has an admin role, by the statistics of the list (Okta misspells the member)."""
    return member(group, "_embedded.stats.hasAdminPrivlege") is True


def is_service_app(app: Json) -> bool:
    """Whether an app gets tokens for itself."""
    grants = member(app, "settings.oauthClient.grant_types")
    return is_of_service_type(app) or (isinstance(grants, list) and "client_credentials" in grants)


def provisions(app: Json) -> bool:
    """Whether an app has provisioning features."""
    return bool(app.get("features"))


def of_identity_provider(mapping: Json) -> bool:
    """Whether a mapping fills user profiles from an identity provider (Okta names their profiles `saml_idp`, ...)."""
    return str(member(mapping, "source.name")).endswith("_idp")
