"""Group assignments of an app: the whole list is one object."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.apps import APPS_WITH_USER_NAMES, SCOPE, Assignment
from reconciler.kinds.conditions import both, more
from reconciler.kinds.fields import ListOf, Prioritised
from reconciler.kinds.kind import Kind, ListedBelow, register
from reconciler.kinds.part import Part
from reconciler.kinds.risks import Change, KnownObject, changed
from reconciler.kinds.shapes import WholeList
from reconciler.kinds.sign_in_strength import withstands_phishing
from reconciler.kinds.threats import ACCESS_WIDENED, ASSIGNED_TO_EVERYONE, SENSITIVE_APP_ASSIGNED

_APPS = ("bookmark-app", *APPS_WITH_USER_NAMES)
_GROUPS = ("groups", "groups[]")
"""The declared list, and a group that was added to or removed from an undeclared list."""


def _to_everyone(change: Change) -> bool:
    return any(isinstance(one, dict) and one.get("group") == "everyone" for one in change.added)


def _app_that_signs_in(change: Change) -> KnownObject | None:
    """The app, unless it is a bookmark."""
    found = (change.others.named(kind, change.object.name) for kind in _APPS if kind != "bookmark-app")
    return next((app for app in found if app is not None), None)


def _signs_people_in(change: Change) -> bool:
    return _app_that_signs_in(change) is not None


def _is_sensitive(change: Change) -> bool:
    """Whether every way into the app requires a phishing-resistant factor, which marks a sensitive app."""
    app = _app_that_signs_in(change)
    policy = app.spec.get("authentication_policy") if app else None
    rules = change.others.named("authentication-policy-rules", policy) if policy else None
    return rules is not None and withstands_phishing(rules.spec.get("rules") or ())


class AppGroupAssignments(Part):
    """All groups assigned to one app, in priority order (`/api/v1/apps/{id}/groups`)."""

    risks = (
        changed(ASSIGNED_TO_EVERYONE, *_GROUPS, when=_to_everyone, new=True),
        changed(ACCESS_WIDENED, *_GROUPS, when=both(more, _signs_people_in)),
        changed(SENSITIVE_APP_ASSIGNED, *_GROUPS, when=both(more, _is_sensitive)),
    )

    groups: Annotated[ListOf[Assignment], Prioritised()]
    """Groups assigned to the app, highest priority first."""


APP_GROUP_ASSIGNMENTS = register(
    Kind(
        name="app-group-assignments",
        resource="okta:index/appGroupAssignments:AppGroupAssignments",
        fields=AppGroupAssignments,
        shape=WholeList(path="groups", scope=SCOPE, query="limit=200", key="group"),
        events=("group.application_assignment.",),
        listed_below=ListedBelow("apps", "limit=200", "_embedded.stats.appsCount"),
        label_field="groups",
        parents=_APPS,
        parent_arguments=("app_id",),
    )
)
