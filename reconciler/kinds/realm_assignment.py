"""Realm assignments: which users get into which realm."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.fields import (
    Api,
    Argument,
    Checked,
    Name,
    OnDelete,
    ProviderDefault,
    Purpose,
    Ref,
    Relates,
    Status,
)
from reconciler.kinds.kind import Kind, SystemObject, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.policies import Position
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import REALM_FILLED


def _is_default(item: Json) -> bool:
    return item.get("isDefault") is True


class RealmAssignment(Part):
    """Puts users of an app or an identity provider into a realm (`/api/v1/realm-assignments`).

    The administrators of a realm manage its users. Okta puts users whom no assignment matches into the default realm.
    """

    risks = (
        changed(REALM_FILLED, "condition", "profile_source", "realm", "priority", "status", "domains*"),
        appeared(REALM_FILLED),
        gone(REALM_FILLED),
    )

    name: Name
    """Name of the assignment."""
    profile_source: Annotated[
        str,
        Ref("app", "idp-oidc", "idp-saml", "idp-social", plain_id=True),
        Relates(Purpose.USE, OnDelete.REMOVED),
        Field(examples=["idp-saml partner"]),
        Api("conditions.profileSourceId"),
        Argument("profile_source_id"),
    ]
    """App or identity provider that the users come from, with its kind: `idp-saml partner`. The tenant's own directory
    has no name here."""
    condition: Annotated[str | None, Api("conditions.expression.value"), Argument("condition_expression")] = None
    """Okta Expression Language expression that is true for the users, such as `user.profile.role == "Manager"`. Left
    out: all users from the source."""
    realm: Annotated[
        str,
        Ref("realm"),
        Relates(Purpose.OTHER, OnDelete.REFUSED),
        Api("actions.assignUserToRealm.realmId"),
        Argument("realm_id"),
    ]
    """The realm; `default` for the one that every tenant has."""
    priority: Annotated[Position, Field(le=498)]
    """Position among the assignments: the first that matches applies. The default one has 499."""
    status: Annotated[Status, Checked(), ProviderDefault("INACTIVE")] = "ACTIVE"
    """An `INACTIVE` assignment is not evaluated."""


REALM_ASSIGNMENT = register(
    Kind(
        name="realm-assignment",
        resource="okta:index/realmAssignment:RealmAssignment",
        fields=RealmAssignment,
        shape=Listed(
            path="/api/v1/realm-assignments",
            scope="okta.realmAssignments",
            query="limit=200",
            built_in=_is_default,
            ordered=True,
        ),
        provider=Provider(lifecycle=True, inactive_to_update=True, inactive_to_delete=True),
        events=("directory.realm.assignment.",),
        system=(SystemObject("default", _is_default, "the assignment of users whom no other matches"),),
    )
)
