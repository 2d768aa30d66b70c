"""Properties of the profile of users that Okta created, such as `login` and `email`."""

from __future__ import annotations

from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.schema_properties import (
    BASE,
    OF_BASE,
    BaseProperty,
    read_property,
    takes_base_property_over,
    write_base_property,
)
from reconciler.kinds.shapes import always
from reconciler.kinds.user_schema_property import UserTypeOfProfile, user_schema

_REQUIRED = frozenset({"login", "firstName", "lastName", "email"})
_CHANGED_BY_USERS = frozenset({"firstName", "lastName", "email", "secondEmail", "mobilePhone"})
_HIDDEN = frozenset({"primaryPhone", "streetAddress", "city", "state", "zipCode", "countryCode", "postalAddress"})


class UserBaseSchemaProperty(BaseProperty):
    """A property of the profile of users that Okta created (`/api/v1/meta/schemas/user/{id}`).

    Every user type has the same ones. They can be changed, but neither created nor deleted. What is left out gets the
    default: state `permissions` and `required` as they should be. The form of user names is the `pattern` of `login`.
    """

    user_type: UserTypeOfProfile = "default"
    """The type of the users whose property it is."""


def _untouched(spec: Spec) -> bool:
    """Whether the property is as in a new tenant."""
    index = spec["index"]
    usual = "READ_WRITE" if index in _CHANGED_BY_USERS else "HIDE" if index in _HIDDEN else "READ_ONLY"
    return bool(
        spec["permissions"] == usual
        and spec["required"] == (index in _REQUIRED)
        and spec["master"] == "PROFILE_MASTER"
        and not spec["pattern"]
    )


USER_BASE_SCHEMA_PROPERTY = register(
    Kind(
        name="user-base-schema-property",
        resource="okta:index/userBaseSchemaProperty:UserBaseSchemaProperty",
        fields=UserBaseSchemaProperty,
        label_field="index",
        owned_by="user_type",
        shape=user_schema(BASE, creatable=False, deletable=False, in_every_tenant=always),
        provider=Provider(update_method="POST", takes_over=takes_base_property_over, deletes_nothing=True),
        events=("directory.user_profile.update",),
        untouched=_untouched,
        generated=OF_BASE,
        read_api=read_property,
        write_api=write_base_property,
    )
)
