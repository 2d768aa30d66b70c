"""Custom properties of the profile of users."""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.kinds.fields import OnDelete, Purpose, Ref, Relates, Replaces
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.schema_properties import (
    CUSTOM,
    NOT_DECLARABLE,
    SchemaProperty,
    read_property,
    write_property,
)
from reconciler.kinds.shapes import Keyed

UserTypeOfProfile = Annotated[
    str,
    Ref("user-type", words=("default",)),
    Relates(Purpose.PEOPLE, OnDelete.REMOVED),
    Replaces(by_provider=False),
]
"""The type of the users who have a property."""


class UserSchemaProperty(SchemaProperty):
    """A custom property of the profile of users (`/api/v1/meta/schemas/user/{id}`).

    Each user type has properties of its own. If a property is deleted, or replaced because of a changed `type`, all
    users lose their values.
    """

    user_type: UserTypeOfProfile = "default"
    """The type of the users who have the property."""


def user_schema(members: str, **differences: Any) -> Keyed:
    """The properties in a member of the schemas of user types."""
    return Keyed(
        path="/api/v1/meta/schemas/user",
        scope="okta.schemas",
        members=members,
        document="_links.schema.href",
        import_id="{0}.{1}",
        ids_below_owner=True,
        **differences,
    )


USER_SCHEMA_PROPERTY = register(
    Kind(
        name="user-schema-property",
        resource="okta:index/userSchemaProperty:UserSchemaProperty",
        fields=UserSchemaProperty,
        label_field="index",
        owned_by="user_type",
        shape=user_schema(CUSTOM),
        provider=Provider(update_method="POST", fixed={"mutability": "READ_WRITE"}),
        events=("directory.user_profile.update",),
        lost_on_replace=("its values in the profiles of users",),
        not_declarable=NOT_DECLARABLE | {"pattern": "the provider accepts it for custom properties and never sends it"},
        read_api=read_property,
        write_api=write_property,
    )
)
