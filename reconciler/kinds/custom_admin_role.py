"""Custom admin roles: what administrators with the role may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from reconciler.kinds.conditions import more
from reconciler.kinds.fields import Name, Ref, Replaces, SetOf, SubList
from reconciler.kinds.kind import Detail, Kind, register, with_sub_list
from reconciler.kinds.part import Json, Part
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import appeared, changed
from reconciler.kinds.shapes import Listed, WrappedIn
from reconciler.kinds.threats import ADMIN_ROLE_UNDECLARED, ADMIN_ROLE_WIDENED

SCOPE = "okta.roles"
CustomAdminRoleRef = Annotated[str, Ref("custom-admin-role")]
CONDITIONS = "permissionConditions"
"""The conditions of the permissions, by permission. Definitions do not cover them."""

_PERMISSIONS = SubList("permissions", "label", removed_by="label")

Permission = Annotated[
    str,
    StringConstraints(pattern=r"^okta(\.[A-Za-z]+)+$"),
    Field(examples=["okta.users.read", "okta.groups.members.manage", "okta.apps.assignment.manage"]),
]
"""A permission such as `okta.users.read`."""


class CustomAdminRole(Part):
    """A set of permissions that administrators can have (`/api/v1/iam/roles`).

    A role gives nothing by itself: a binding of a resource set says who has it, and for which resources. The provider
    replaces a role whose `label` changes, and Okta deletes the bindings of a deleted role.
    """

    refusals = (
        Refusal(
            "permissions",
            lambda role: not role.permissions,
            "a role needs at least one permission",
            Phase.CREATE,
        ),
    )
    risks = (
        changed(ADMIN_ROLE_WIDENED, "permissions", when=more, new=True),
        changed(ADMIN_ROLE_WIDENED, f"{CONDITIONS}*"),
        appeared(ADMIN_ROLE_UNDECLARED),
    )

    label: Annotated[Name, Replaces()]
    """Name of the role, unique in the tenant."""
    description: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    """What the role is for."""
    permissions: Annotated[SetOf[Permission], _PERMISSIONS]
    """What an administrator with the role may do, such as `okta.users.read`: see Okta's permissions catalog."""


def _read_api(item: Json) -> Json:
    """The role with its permissions, and the conditions of those that have any."""
    permissions: Sequence[Json] | None = (item.get("_embedded") or {}).get(_PERMISSIONS.path)
    if permissions is None:
        return item
    conditions = {one["label"]: one["conditions"] for one in permissions if one.get("conditions")}
    return with_sub_list(item, _PERMISSIONS, "permissions") | {CONDITIONS: conditions}


CUSTOM_ADMIN_ROLE = register(
    Kind(
        name="custom-admin-role",
        resource="okta:index/adminRoleCustom:AdminRoleCustom",
        fields=CustomAdminRole,
        shape=Listed(path="/api/v1/iam/roles", scope=SCOPE, wrapped_in="roles"),
        details=(Detail("permissions", SCOPE, member="permissions", page=WrappedIn("permissions")),),
        label_field="label",
        events=(
            "iam.role.create",
            "iam.role.update",
            "iam.role.delete",
            "iam.role.permission.",
            "iam.role.permissions.",
        ),
        not_read=("conditions of permissions",),
        lost_on_replace=("bindings of the role that are not managed",),
        read_api=_read_api,
    )
)
