"""What Okta keeps in step between itself and an app: groups that it pushes."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Checked,
    Name,
    OnDelete,
    ProviderOnly,
    Purpose,
    Relates,
    Replaces,
    Status,
    WriteOnly,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.part import Part
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.threats import PROVISIONING_CHANGED


class PushGroup(Part):
    """A group that Okta pushes to an app, with its members (`/api/v1/apps/{id}/group-push/mappings`).

    Only the status of a mapping can be changed: any other change replaces it.
    """

    risks = (
        changed(PROVISIONING_CHANGED, "status"),
        appeared(PROVISIONING_CHANGED),
        gone(PROVISIONING_CHANGED, replaced=False),
    )

    group: Annotated[
        GroupRef,
        Relates(Purpose.PEOPLE, OnDelete.REFUSED),
        Api("sourceGroupId"),
        Argument("source_group_id"),
        Replaces(),
    ]
    """The group in Okta. The users in it that are assigned to the app are members of the group in the app."""
    target_group_name: Annotated[Name | None, WriteOnly("Okta does not return it"), Replaces()] = None
    """Name of the group in the app. If the app has a group of this name, it is used; else it is created. Left out: the
    name of the group in Okta. Another name needs an app whose push settings do not rename groups."""
    delete_target_group: Annotated[
        Bool,
        Argument("delete_target_group_on_destroy"),
        ProviderOnly("the provider uses it when it deletes the mapping"),
    ] = True
    """Whether the group in the app is deleted together with the mapping."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """Okta pushes nothing while a mapping is `INACTIVE`."""
