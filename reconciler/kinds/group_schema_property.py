"""Custom properties of the profile of groups."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.fields import Api
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.schema_properties import (
    CUSTOM,
    SchemaProperty,
    read_property,
    write_property,
)
from reconciler.kinds.shapes import Keyed


class GroupSchemaProperty(SchemaProperty):
    """A custom property of the profile of groups (`/api/v1/meta/schemas/group/default`).

    If a property is deleted, or replaced because of a changed `type`, all groups lose their values.
    """

    master: Annotated[Literal["PROFILE_MASTER", "OKTA"], Api("master.type")] = "PROFILE_MASTER"
    """Where the values come from: the source of the group, or always Okta."""


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
        not_declarable={"master_override_priorities": "only users have profile sources that can be asked in turn"},
        read_api=read_property,
        write_api=write_property,
    )
)
