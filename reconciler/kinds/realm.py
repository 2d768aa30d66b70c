"""Realms: separate parts of the users, each with its own administrators."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.fields import Api, Checked, Name
from reconciler.kinds.kind import Kind, SystemObject, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.shapes import Listed


def _is_default(item: Json) -> bool:
    return item.get("isDefault") is True


class Realm(Part):
    """A part of the users, with its own administrators (`/api/v1/realms`).

    Okta refuses to delete a realm that has users.
    """

    name: Annotated[Name, Api("profile.name")]
    """Name of the realm, unique in the tenant."""
    realm_type: Annotated[Literal["DEFAULT", "PARTNER"], Api("profile.realmType"), Checked()] = "DEFAULT"
    """`PARTNER` for users from another company."""


REALM = register(
    Kind(
        name="realm",
        resource="okta:index/realm:Realm",
        fields=Realm,
        shape=Listed(path="/api/v1/realms", scope="okta.realms", query="limit=200", built_in=_is_default),
        events=("directory.realm.lifecycle.",),
        system=(SystemObject("default", _is_default, "the realm of users who are in no other"),),
    )
)
