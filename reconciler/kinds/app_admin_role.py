"""Admin roles of service apps."""

from __future__ import annotations

from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json
from reconciler.kinds.provider import Provider
from reconciler.kinds.service_apps import AppAdminRole, is_of_service_type
from reconciler.kinds.shapes import Listed, member


def _is_service_app(app: Json) -> bool:
    """Whether it is a service app with the client id that Okta generated, which is the id of the app."""
    return is_of_service_type(app) and member(app, "credentials.oauthClient.client_id") in (None, app.get("id"))


_BY_BINDING = "a binding of a resource set gives custom admin roles to an app"

APP_ADMIN_ROLE = register(
    Kind(
        name="app-admin-role",
        resource="okta:app/oauthRoleAssignment:OauthRoleAssignment",
        fields=AppAdminRole,
        shape=Listed(path="roles", below="/oauth2/v1/clients", scope="okta.roles", ids_below_owner=True),
        provider=Provider(update_method="", derived=("assignmentType", "label")),
        label_field="type",
        parents=("oidc-app",),
        parent_arguments=("client_id",),
        of_owners=_is_service_app,
        not_declarable={"role": _BY_BINDING, "resource_set": _BY_BINDING},
        not_read=("what a role is limited to",),
        events=("app.oauth2.client.privilege.",),
        exists=lambda role: role.get("type") != "CUSTOM",
    )
)
