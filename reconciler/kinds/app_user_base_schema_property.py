"""Properties of the profile that users have in an app that came with the app."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.app_user_schema_property import NOT_KEPT, ONE_PROFILE, PATH, AppOfProfile
from reconciler.kinds.fields import Api
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.schema_properties import (
    BASE,
    OF_BASE,
    BaseProperty,
    Permissions,
    read_property,
    takes_base_property_over,
    write_base_property,
)
from reconciler.kinds.shapes import Keyed, always


class AppUserBaseSchemaProperty(BaseProperty):
    """A property of the profile that users have in an app, which came with the app
    (`/api/v1/meta/schemas/apps/{id}/default`).

    It can be changed, but neither created nor deleted. Adoption leaves it out, as it cannot tell what an administrator
    changed.
    """

    app: AppOfProfile
    """The app, such as `oidc-app crm`."""
    permissions: Annotated[Permissions, NOT_KEPT] = "READ_ONLY"
    """What users may do with the value in their own profile: not see it, see it, or change it."""
    master: Annotated[Literal["PROFILE_MASTER", "OKTA"], Api("master.type"), NOT_KEPT] = "PROFILE_MASTER"
    """Where the values come from: the profile source of the user, or always Okta."""


APP_USER_BASE_SCHEMA_PROPERTY = register(
    Kind(
        name="app-user-base-schema-property",
        resource="okta:index/appUserBaseSchemaProperty:AppUserBaseSchemaProperty",
        fields=AppUserBaseSchemaProperty,
        label_field="index",
        owned_by="app",
        shape=Keyed(
            path=PATH,
            scope="okta.schemas",
            members=BASE,
            ids_below_owner=True,
            read_if_declared=True,
            creatable=False,
            deletable=False,
            in_every_tenant=always,
        ),
        provider=Provider(update_method="POST", takes_over=takes_base_property_over, deletes_nothing=True),
        events=("directory.app_user_profile.update",),
        fixed_arguments=ONE_PROFILE,
        untouched=always,
        generated=OF_BASE,
        read_api=read_property,
        write_api=write_base_property,
    )
)
