"""Custom properties of the profile of groups."""

from __future__ import annotations

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


class GroupSchemaProperty(SchemaProperty):
    """A custom property of the profile of groups (`/api/v1/meta/schemas/group/default`).

    If a property is deleted, or replaced because of a changed `type`, all groups lose their values.
    """


GROUP_SCHEMA_PROPERTY = register(
    Kind(
        name="group-schema-property",
        resource="okta:index/groupSchemaProperty:GroupSchemaProperty",
        fields=GroupSchemaProperty,
        label_field="index",
        shape=Keyed(path="/api/v1/meta/schemas/group/default", scope="okta.schemas", members=CUSTOM),
        provider=Provider(update_method="POST", fixed={"mutability": "READ_WRITE"}),
        unlogged="Okta logs no event when the schema of groups changes",
        lost_on_replace=("its values in the profiles of groups",),
        not_declarable=NOT_DECLARABLE,
        read_api=read_property,
        write_api=write_property,
    )
)
