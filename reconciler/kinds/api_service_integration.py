"""API service integrations: services of other companies that use Okta's API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from reconciler.kinds.conditions import more
from reconciler.kinds.fields import Argument, Name, Replaces, SetOf, wrapped
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Change, appeared, changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import API_MANAGE_GRANTED, API_READ_GRANTED

OktaScope = Annotated[
    str,
    StringConstraints(pattern=r"^okta\.[A-Za-z0-9]+(\.[A-Za-z0-9]+)*\.(read|manage)(\.self)?$"),
    Field(examples=["okta.users.read", "okta.logs.read"]),
]
"""A scope of Okta's API such as `okta.users.read`."""


def _may_manage(change: Change) -> bool:
    return any(".manage" in str(scope) for scope in change.added)


def _appears_to_manage(change: Change) -> bool:
    return any(".manage" in str(scope) for scope in change.spec.get("granted_scopes") or ())


class ApiServiceIntegration(Part):
    """A service from Okta's catalog that may use Okta's API without users (`/integrations/api/v1/api-services`).

    Okta cannot change an integration: a change replaces it, and the service needs a new secret.
    """

    risks = (
        changed(API_READ_GRANTED, "granted_scopes", when=more, new=True),
        changed(API_MANAGE_GRANTED, "granted_scopes", when=_may_manage, new=True),
        appeared(API_READ_GRANTED),
        appeared(API_MANAGE_GRANTED, when=_appears_to_manage),
    )

    type: Annotated[Name, Replaces(by_provider=False)]
    """Name of the service in Okta's catalog, such as `anzennaapiservice`."""
    granted_scopes: Annotated[
        SetOf[OktaScope],
        Field(min_length=1),
        Argument("granted_scopes", wrapped("scope")),
        Replaces(by_provider=False),
    ]
    """Scopes of Okta's API that the service may use."""


API_SERVICE_INTEGRATION = register(
    Kind(
        name="api-service-integration",
        resource="okta:index/apiServiceIntegration:ApiServiceIntegration",
        fields=ApiServiceIntegration,
        shape=Listed(path="/integrations/api/v1/api-services", scope="okta.oauthIntegrations"),
        provider=Provider(delete_fails_if_missing=True, derived=("configGuideUrl", "createdAt", "createdBy", "name")),
        label_field="type",
        events=("integration.api_service.lifecycle.",),
        not_read=("client secrets",),
        lost_on_replace=("client ID", "client secret"),
    )
)
