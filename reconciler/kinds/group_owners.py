"""The owners of a group: the whole set is one object."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.conditions import both, more
from reconciler.kinds.fields import Argument, SetOf, each
from reconciler.kinds.group import holds_admin_role
from reconciler.kinds.group_people import OWNER, GroupOwner
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.shapes import WholeSet
from reconciler.kinds.threats import ADMIN_GROUP_OWNED, GROUP_OWNER_ADDED


def administers(change: Change) -> bool:
    """Whether the group of a set of people has an admin role."""
    group = change.others.named("group", change.object.name)
    return group is not None and holds_admin_role(group)


class GroupOwners(Part):
    """All owners of a group (`/api/v1/groups/{id}/owners`), who manage its members."""

    risks = (
        changed(GROUP_OWNER_ADDED, "owners", when=more, new=True),
        changed(ADMIN_GROUP_OWNED, "owners", when=both(more, administers), new=True),
    )

    owners: Annotated[SetOf[GroupOwner], Argument("owners", each(OWNER))]
    """The owners, such as `user ada.lovelace@example.com`. All others are removed."""


GROUP_OWNERS = register(
    Kind(
        name="group-owners",
        resource="okta:group/owners:Owners",
        fields=GroupOwners,
        shape=WholeSet(path="owners", scope="okta.groups", value=OWNER),
        unlogged="Okta logs no event when the owners of a group change",
        label_field="owners",
        parents=("group",),
        parent_arguments=("group_id",),
        of_owners=lambda group: None,
    )
)
