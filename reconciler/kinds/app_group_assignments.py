"""Who gets an app: all groups of one app, as one object."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.apps import SCOPE, Assignment
from reconciler.kinds.fields import ListOf, Prioritised
from reconciler.kinds.kind import Collection, Kind, register
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.threats import ASSIGNED_TO_EVERYONE


def _to_everyone(change: Change) -> bool:
    return any(isinstance(one, dict) and one.get("group") == "everyone" for one in change.added)


@register
class AppGroupAssignments(Kind):
    """All groups that get one app, in order (`/api/v1/apps/{id}/groups`)."""

    kind = "app-group-assignments"
    resource = "okta:index/appGroupAssignments:AppGroupAssignments"
    collection = Collection("groups", scope=SCOPE, query="limit=200", list_key="group")
    events = ("group.application_assignment.",)
    risks = (changed(ASSIGNED_TO_EVERYONE, "groups", when=_to_everyone),)
    label_field = "groups"
    parents = ("bookmark-app", "oidc-app", "saml-app")
    parent_arguments = ("app_id",)

    groups: Annotated[ListOf[Assignment], Prioritised()]
    """Who gets the app; the first group counts."""
