"""User types: sets of users with a profile schema of their own."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from reconciler.kinds.fields import Name, Replaces
from reconciler.kinds.kind import Kind, SystemObject, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed


def _is_default(item: Json) -> bool:
    return item.get("default") is True


class UserType(Part):
    """A type of users, with a profile schema of its own (`/api/v1/meta/types/user`).

    Group rules and policies can tell the types apart. Okta refuses to delete a type that has users.
    """

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9_]*$"),
        Replaces(by_provider=False),
    ]
    """Name of the type in the API, unique in the tenant. Okta cannot change it."""
    display_name: Name
    """Name that the admin console shows."""
    description: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    """Description of the type. The provider requires it."""


USER_TYPE = register(
    Kind(
        name="user-type",
        resource="okta:user/userType:UserType",
        fields=UserType,
        shape=Listed(path="/api/v1/meta/types/user", scope="okta.userTypes", built_in=_is_default),
        provider=Provider(update_method="POST"),
        events=("directory.non_default_user_profile.", "directory.user_profile.update"),
        unlogged=(
            "Okta logs no event of its own when a user type is updated or deleted: the event shown is about the "
            "profile schema of the type"
        ),
        lost_on_replace=("the custom properties of its schema, if they are not managed", "its profile mappings"),
        system=(SystemObject("default", _is_default, "the type of users who have no other"),),
    )
)
