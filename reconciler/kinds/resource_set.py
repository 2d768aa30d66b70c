"""Resource sets: what administrators with a custom role may administer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from reconciler.kinds.addresses import URL
from reconciler.kinds.conditions import more
from reconciler.kinds.custom_admin_role import SCOPE
from reconciler.kinds.fields import Api, Argument, Name, Purpose, Ref, Relates, SetOf, SubList, each
from reconciler.kinds.kind import Detail, Kind, register, with_sub_list
from reconciler.kinds.part import Json, Part
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import appeared, changed
from reconciler.kinds.shapes import Listed, WrappedIn, member
from reconciler.kinds.threats import ADMIN_SCOPE_WIDENED, RESOURCE_SET_UNDECLARED

ResourceSetRef = Annotated[str, Ref("resource-set")]
WITHOUT_URL = "resourcesWithoutUrl"
"""The ORNs of resources that have no URL. Definitions do not cover them."""

_URL_OF_RESOURCE = "_links.self.href"
_RESOURCES = SubList("resources", _URL_OF_RESOURCE, together=True)

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
