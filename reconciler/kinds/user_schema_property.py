"""Custom properties of the profile of users."""

from __future__ import annotations

from typing import Annotated

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


class UserSchemaProperty(SchemaProperty):
    """A custom property of the profile of users (`/api/v1/meta/schemas/user/{id}`).

    Each user type has properties of its own. If a property is deleted, or replaced because of a changed `type`, all
    users lose their values.
    """

    user_type: Annotated[
        str,
        Ref("user-type", words=("default",)),
        Relates(Purpose.PEOPLE, OnDelete.REMOVED),
        Replaces(by_provider=False),
    ] = "default"
    """The type of the users who have the property."""


USER_SCHEMA_PROPERTY = register(
    Kind(
        name="user-schema-property",
        resource="okta:index/userSchemaProperty:UserSchemaProperty",
        fields=UserSchemaProperty,
        label_field="index",
        owned_by="user_type",
        shape=Keyed(
            path="/api/v1/meta/schemas/user",
            scope="okta.schemas",
            members=CUSTOM,
            document="_links.schema.href",
            import_id="{0}.{1}",
            ids_below_owner=True,
        ),
        provider=Provider(update_method="POST", fixed={"mutability": "READ_WRITE"}),
        events=("directory.user_profile.update",),
        lost_on_replace=("its values in the profiles of users",),
        not_declarable=NOT_DECLARABLE | {"pattern": "the provider accepts it for custom properties and never sends it"},
        read_api=read_property,
        write_api=write_property,
    )
)
