"""Custom properties of the profile of users."""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.kinds.fields import (
    Api,
    Argument,
    Codec,
    ListOf,
    OnDelete,
    Only,
    Purpose,
    Ref,
    Relates,
    Replaces,
    each,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import changed
from reconciler.kinds.schema_properties import (
    CUSTOM,
    SchemaProperty,
    read_property,
    write_property,
)
from reconciler.kinds.shapes import Keyed
from reconciler.kinds.threats import ATTRIBUTE_SOURCE

UserTypeOfProfile = Annotated[
    str,
    Ref("user-type", words=("default",)),
    Relates(Purpose.PEOPLE, OnDelete.REMOVED),
    Replaces(by_provider=False),
]
"""The type of the users who have a property."""


_Source = Annotated[str, Ref("app", plain_id=True), Relates(Purpose.USE, OnDelete.REMOVED)]
_APP = Codec(encode=lambda identity: {"type": "APP", "value": identity}, decode=lambda source: source["value"])


class UserSchemaProperty(SchemaProperty):
    """A custom property of the profile of users (`/api/v1/meta/schemas/user/{id}`).

    Each user type has properties of its own. If a property is deleted, or replaced because of a changed `type`, all
    users lose their values.
    """

    refusals = (
        *SchemaProperty.refusals,
        Refusal(
            "master_override_priorities",
            lambda item: item.master == "OVERRIDE" and not item.master_override_priorities,
            "master: OVERRIDE needs at least one app",
            Phase.WRITE | Phase.VALIDATE,
        ),
    )
    risks = (changed(ATTRIBUTE_SOURCE, "master_override_priorities"),)

    master_override_priorities: Annotated[
        ListOf[_Source],
        Api("master.priority", each(_APP)),
        Argument("master_override_priorities", each(_APP)),
        Only(lambda item: item.master == "OVERRIDE", "applies only to properties with master: OVERRIDE"),
    ] = ()
    """The apps that are asked for a value in turn, such as `saml-app payroll`."""
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
        not_declarable={"pattern": "the provider accepts it for custom properties and never sends it"},
        read_api=read_property,
        write_api=write_property,
    )
)
