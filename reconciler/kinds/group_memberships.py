"""The members of a group that is kept by hand: the whole set is one object."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.conditions import both, fewer, more
from reconciler.kinds.fields import Argument, Codec
from reconciler.kinds.group_owners import administers
from reconciler.kinds.group_people import GroupMembers
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import WholeSet, never
from reconciler.kinds.threats import ADMIN_MEMBER_ADDED, MEMBER_ADDED, MEMBER_REMOVED

_BY_ID = Codec(encode=lambda identity: {"id": identity}, decode=lambda user: user["id"])


class GroupMemberships(Part):
    """All members of a group that is kept by hand (`/api/v1/groups/{id}/users`).

    Do not declare members of a group that a group rule, an app or a directory fills.
    """

    risks = (
        changed(MEMBER_ADDED, "members", when=more, new=True),
        changed(ADMIN_MEMBER_ADDED, "members", when=both(more, administers), new=True),
        changed(MEMBER_REMOVED, "members", when=fewer),
    )

    members: Annotated[GroupMembers, Argument("users")]
    """The logins of the members. All others are removed."""


GROUP_MEMBERSHIPS = register(
    Kind(
        name="group-memberships",
        resource="okta:index/groupMemberships:GroupMemberships",
        fields=GroupMemberships,
        shape=WholeSet(
            path="users", scope="okta.groups", query="limit=200", value=_BY_ID, added_by="PUT", import_id="{0}/true"
        ),
        provider=Provider(deletes_declared_only=True),
        events=("group.user_membership.add", "group.user_membership.remove"),
        label_field="members",
        parents=("group",),
        parent_arguments=("group_id",),
        fixed_arguments={"track_all_users": True},
        of_owners=never,
    )
)
