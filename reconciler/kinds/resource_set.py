"""Resource sets: what administrators may administer with a custom role. Bindings say who they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.kinds.addresses import URL, member_url
from reconciler.kinds.conditions import more
from reconciler.kinds.custom_admin_role import SCOPE, CustomAdminRoleRef
from reconciler.kinds.fields import (
    Api,
    Argument,
    ListOf,
    Name,
    Owns,
    Purpose,
    Ref,
    Relates,
    Replaces,
    SetOf,
    SubList,
    each,
)
from reconciler.kinds.kind import Detail, Kind, register, with_sub_list
from reconciler.kinds.part import Json, Part
from reconciler.kinds.people import with_login
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import appeared, changed
from reconciler.kinds.shapes import Edge, Listed, WrappedIn, member
from reconciler.kinds.threats import ADMIN_SCOPE_WIDENED, CUSTOM_ROLE_GRANTED, RESOURCE_SET_UNDECLARED

ResourceSetRef = Annotated[str, Ref("resource-set")]
WITHOUT_URL = "resourcesWithoutUrl"
"""The ORNs of resources that have no URL. Definitions do not cover them."""

_URL_OF_RESOURCE = "_links.self.href"
_RESOURCES = SubList("resources", _URL_OF_RESOURCE, added_by="PATCH")

Resource = Annotated[
    str,
    StringConstraints(pattern=r"^/api/v1/[A-Za-z]+(/.*)?(\?.+)?$", max_length=1024),
    Ref("group", "app", "authorization-server", in_text=True),
    Relates(Purpose.ADMINISTERED),
    Field(
        examples=[
            "/api/v1/groups/{group sales}/users",
            "/api/v1/apps/{oidc-app crm}",
            '/api/v1/apps?filter=name eq "facebook"',
            "/api/v1/users",
            "/api/v1/groups/{group sales}",
            "/api/v1/authorizationServers/{authorization-server payments}",
        ]
    ),
]
"""The path of what can be administered, such as `/api/v1/groups/{group sales}`."""


_MEMBERS = SubList("members", "_links.self.href", added_by="PATCH")
_MEMBER_URL = member_url({"group": "/api/v1/groups", "oidc-app": "/oauth2/v1/clients", "user": "/api/v1/users"})

Member = Annotated[
    str, AfterValidator(with_login), Ref("group", "oidc-app", people=True), Relates(Purpose.ADMINISTRATOR)
]
"""Who has the role: `group` or `oidc-app` and its name, or `user` and the login."""


class AdminRoleBinding(Part):
    """Gives a custom admin role to groups, service apps and users, for the objects of the resource set that owns the
    binding (`/api/v1/iam/resource-sets/{id}/bindings`).
    """

    refusals = (
        Refusal(
            "members",
            lambda binding: not binding.members,
            "a binding needs at least one member: remove the binding instead",
            Phase.CREATE | Phase.VALIDATE,
        ),
    )
    risks = (
        changed(CUSTOM_ROLE_GRANTED, "members", when=more, new=True),
        appeared(CUSTOM_ROLE_GRANTED, new=True),
    )

    role: Annotated[CustomAdminRoleRef, Relates(Purpose.ROLE), Argument("custom_role_id"), Replaces()]
    """What the members may do."""
    members: Annotated[
        SetOf[Member], _MEMBERS, Api("members", each(_MEMBER_URL)), Argument("members", each(_MEMBER_URL))
    ]
    """Who has the role, such as `group service-desk`, `oidc-app provisioning` or `user ada@example.com`."""


class ResourceSet(Part):
    """What administrators with a custom role may administer (`/api/v1/iam/resource-sets`).

    A resource is a path of the Management API, with the kind and the name of an object in braces:

    - `/api/v1/users`, `/api/v1/groups`, `/api/v1/apps`: all of them,
    - `/api/v1/groups/{group sales}`: a group; with `/users` at its end: the people in it,
    - `/api/v1/apps/{oidc-app crm}`: an app,
    - `/api/v1/apps?filter=name eq "salesforce"`: all apps of one type of the catalogue.
    """

    refusals = (
        Refusal(
            "resources", lambda resources: not resources.resources, "a set needs at least one resource", Phase.CREATE
        ),
    )
    risks = (
        changed(ADMIN_SCOPE_WIDENED, "resources", when=more, new=True),
        changed(ADMIN_SCOPE_WIDENED, f"{WITHOUT_URL}*", when=more),
        appeared(RESOURCE_SET_UNDECLARED),
    )

    label: Name
    """Name of the resource set, unique in the tenant."""
    description: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    """What the resource set is for."""
    resources: Annotated[SetOf[Resource], _RESOURCES, Api("resources", each(URL)), Argument("resources", each(URL))]
    """Paths of what can be administered, such as `/api/v1/groups/{group sales}/users`."""
    bindings: Annotated[ListOf[AdminRoleBinding], Owns("admin-role-binding")] = ()
    """Who may administer the resources, with which custom admin roles."""


def _read_api(item: Json) -> Json:
    """The set with the URLs of its resources, and the ORNs of those that have no URL."""
    resources = (item.get("_embedded") or {}).get(_RESOURCES.path)
    if resources is None:
        return item
    others = sorted(one["orn"] for one in resources if member(one, _URL_OF_RESOURCE) is None)
    return with_sub_list(item, _RESOURCES, "resources") | {WITHOUT_URL: others}


RESOURCE_SET = register(
    Kind(
        name="resource-set",
        resource="okta:index/resourceSet:ResourceSet",
        fields=ResourceSet,
        shape=Listed(path="/api/v1/iam/resource-sets", scope=SCOPE, wrapped_in="resource-sets"),
        details=(Detail("resources", SCOPE, member="resources", page=WrappedIn("resources")),),
        label_field="label",
        events=(
            "iam.resourceset.create",
            "iam.resourceset.update",
            "iam.resourceset.delete",
            "iam.resourceset.resources.",
        ),
        not_declarable={
            "resources_orns": "Okta takes either URLs or ORNs, and an ORN contains the id of the tenant. Resources "
            "that have only an ORN are compared with the baseline"
        },
        not_read=("resources that have an ORN and no URL",),
        lost_on_replace=("bindings that are not managed",),
        read_api=_read_api,
    )
)


def _read_binding(item: Json) -> Json:
    """The binding, whose id is that of its role, with the URLs of its members."""
    return {"role": item.get("id")} | with_sub_list(item, _MEMBERS, "members")


ADMIN_ROLE_BINDING = register(
    Kind(
        name="admin-role-binding",
        resource="okta:index/adminRoleCustomAssignments:AdminRoleCustomAssignments",
        fields=AdminRoleBinding,
        shape=Edge(path="bindings", scope=SCOPE, wrapped_in="roles"),
        provider=Provider(update_method="", deleted_by_emptying=True),
        details=(Detail("members", SCOPE, member="members", page=WrappedIn("members")),),
        label_field="role",
        parents=("resource-set",),
        parent_arguments=("resource_set_id",),
        events=("iam.resourceset.bindings.",),
        read_api=_read_binding,
        exists=lambda item: item.get("members") != [],
    )
)
