"""What service apps may do in the tenant: scopes of Okta's API, and admin roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from reconciler.kinds.fields import Replaces
from reconciler.kinds.part import Part
from reconciler.kinds.risks import appeared
from reconciler.kinds.shapes import member
from reconciler.kinds.standard_roles import StandardRole
from reconciler.kinds.threats import ADMIN_ROLE_GRANTED

ApiScope = Annotated[
    str,
    StringConstraints(pattern=r"^okta\.[A-Za-z0-9]+(\.[A-Za-z0-9]+)*\.(read|manage)(\.self)?$"),
    Field(examples=["okta.users.read", "okta.groups.manage", "okta.logs.read"]),
]
"""A scope of Okta's API, such as `okta.users.read`."""


def may_manage(scope: object) -> bool:
    """Whether a scope lets its holder change something."""
    return isinstance(scope, str) and ".manage" in scope


def is_of_service_type(app: Mapping[str, Any]) -> bool:
    """Whether an app of the API is a service app."""
    return bool(member(app, "settings.oauthClient.application_type") == "service")


class AppAdminRole(Part):
    """A standard admin role of a service app (`/oauth2/v1/clients/{id}/roles`).

    Custom admin roles are given to an app by a binding of a resource set.
    """

    risks = (appeared(ADMIN_ROLE_GRANTED, new=True),)

    type: Annotated[
        StandardRole,
        Replaces(),
    ]
    """The role. It is not limited to groups or apps."""
