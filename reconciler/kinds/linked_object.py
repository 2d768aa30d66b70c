"""Linked objects: named relations between users, such as manager and report."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from reconciler.kinds.fields import Api, Name, Replaces
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed

_Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
_Description = Annotated[str, StringConstraints(min_length=1)]


class LinkedObject(Part):
    """A relation between a user and others, such as manager and reports (`/api/v1/meta/schemas/user/linkedObjects`).

    Okta cannot update the definition of a relation: a change replaces it, and all links between users are lost.
    """

    primary_name: Annotated[_Name, Api("primary.name"), Replaces()]
    """Name of the primary side in the API, such as `manager`. No other side of a relation in the tenant has it."""
    primary_title: Annotated[Name, Api("primary.title"), Replaces()]
    """Name of the primary side in the admin console."""
    primary_description: Annotated[_Description, Api("primary.description"), Replaces()]
    """Description of the primary side. The provider requires it."""
    associated_name: Annotated[_Name, Api("associated.name"), Replaces()]
    """Name of the associated side in the API, such as `report`."""
    associated_title: Annotated[Name, Api("associated.title"), Replaces()]
    """Name of the associated side in the admin console."""
    associated_description: Annotated[_Description, Api("associated.description"), Replaces()]
    """Description of the associated side. The provider requires it."""


LINKED_OBJECT = register(
    Kind(
        name="linked-object",
        resource="okta:index/linkDefinition:LinkDefinition",
        fields=LinkedObject,
        label_field="primary_name",
        shape=Listed(
            path="/api/v1/meta/schemas/user/linkedObjects", scope="okta.linkedObjects", id_member="primary.name"
        ),
        provider=Provider(fixed={"primary.type": "USER", "associated.type": "USER"}),
        events=("directory.linked_object.",),
        lost_on_replace=("the links between users",),
    )
)
