"""The scopes of Okta's API that are granted to a service app: the whole set is one object."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.addresses import TENANT
from reconciler.kinds.conditions import more
from reconciler.kinds.fields import Argument, SetOf
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.service_apps import ApiScope, may_manage
from reconciler.kinds.shapes import WholeSet
from reconciler.kinds.threats import API_MANAGE_GRANTED, API_READ_GRANTED


def _adds_manage(change: Change) -> bool:
    return any(map(may_manage, change.added))


class AppApiScopes(Part):
    """All scopes of Okta's API that are granted to a service app (`/api/v1/apps/{id}/grants`)."""

    risks = (
        changed(API_READ_GRANTED, "api_scopes", "apiScopes", when=more, new=True),
        changed(API_MANAGE_GRANTED, "api_scopes", "apiScopes", when=_adds_manage, new=True),
    )

    api_scopes: Annotated[SetOf[ApiScope], Argument("scopes")]
    """The scopes, such as `okta.users.read`. All others are revoked."""


APP_API_SCOPES = register(
    Kind(
        name="app-api-scopes",
        resource="okta:index/appOauthApiScope:AppOauthApiScope",
        fields=AppApiScopes,
        shape=WholeSet(path="grants", scope="okta.appGrants", value="scopeId"),
        provider=Provider(fixed={"issuer": TENANT}),
        events=("app.oauth2.admin.consent.",),
        label_field="api_scopes",
        parents=("oidc-app",),
        parent_arguments=("app_id",),
        fixed_arguments={"issuer": TENANT},
    )
)
