"""Custom properties of the profile that users have in an app."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    OnDelete,
    Only,
    Purpose,
    Ref,
    Relates,
    Replaces,
    WriteOnly,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.schema_properties import (
    CUSTOM,
    Permissions,
    SchemaProperty,
    read_property,
    write_property,
)
from reconciler.kinds.shapes import Keyed

PATH = "/api/v1/meta/schemas/apps/{id}/default"
"""The document about the profile that users have in an app."""
ONE_PROFILE = {"user_type": "default"}
"""The arguments that always have the same value: an app has one profile."""
NOT_KEPT = WriteOnly("Okta does not return it for the profiles of apps")

AppOfProfile = Annotated[
    str,
    Ref("app", plain_id=True),
    Relates(Purpose.USE, OnDelete.REMOVED),
    Argument("app_id"),
    Replaces(by_provider=False),
]
"""The app whose users have a property."""
_ENABLED = Codec(
    encode=lambda union: "ENABLE" if union else "DISABLE",
    decode=lambda union: union == "ENABLE",
)


class AppUserSchemaProperty(SchemaProperty):
    """A custom property of the profile that users have in an app (`/api/v1/meta/schemas/apps/{id}/default`).

    Group assignments give the members of a group a value, and provisioning sends it to the app. If a property is
    deleted, or replaced because of a changed `type`, all users of the app lose their values.
    """

    refusals = (
        *SchemaProperty.refusals,
        Refusal(
            "union",
            lambda item: item.union and item.scope == "SELF",
            "does not apply to properties with scope: SELF",
            Phase.WRITE | Phase.VALIDATE,
        ),
        Refusal(
            "union",
            lambda item: item.union is not None and item.enums,
            "does not apply to properties with enums",
            Phase.PREVIEW | Phase.WRITE,
            of_definitions=False,
        ),
    )

    app: AppOfProfile
    """The app, such as `oidc-app crm`."""
    scope: Annotated[Literal["NONE", "SELF"], Replaces()] = "NONE"
    """`SELF`: each user has a value of their own. `NONE`: groups can give their members a value, too."""
    union: Annotated[
        Bool,
        Api("union", _ENABLED),
        Only(lambda item: item.type == "array" and not item.enums, "applies only to properties of type array"),
    ] = False
    """Whether users in several groups get the values of all of them, and not only of the first one."""
    permissions: Annotated[Permissions, NOT_KEPT] = "READ_ONLY"
    """What users may do with the value in their own profile: not see it, see it, or change it."""
    master: Annotated[Literal["PROFILE_MASTER", "OKTA"], Api("master.type"), NOT_KEPT] = "PROFILE_MASTER"
    """Where the values come from: the profile source of the user, or always Okta."""


APP_USER_SCHEMA_PROPERTY = register(
    Kind(
        name="app-user-schema-property",
        resource="okta:index/appUserSchemaProperty:AppUserSchemaProperty",
        fields=AppUserSchemaProperty,
        label_field="index",
        owned_by="app",
        shape=Keyed(path=PATH, scope="okta.schemas", members=CUSTOM, ids_below_owner=True, read_if_declared=True),
        provider=Provider(update_method="POST"),
        events=("directory.app_user_profile.update",),
        lost_on_replace=("its values in the profiles of the app's users",),
        fixed_arguments=ONE_PROFILE,
        read_api=read_property,
        write_api=write_property,
    )
)
