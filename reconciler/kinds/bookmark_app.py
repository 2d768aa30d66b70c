"""Bookmark apps: links on the End-User Dashboard."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.apps import NO_LOGO, NO_SKIPPED_POLICY, AppWithPolicy, app_kind, apps, apps_written
from reconciler.kinds.conditions import new_text
from reconciler.kinds.fields import Api, Bool, Uri
from reconciler.kinds.risks import changed
from reconciler.kinds.threats import REDIRECTS_WIDENED


class BookmarkApp(AppWithPolicy):
    """A link on the End-User Dashboard (`signOnMode` `BOOKMARK`)."""

    risks = (changed(REDIRECTS_WIDENED, "url", when=new_text),)

    url: Annotated[Uri, Api("settings.app.url")]
    """URL that the bookmark opens."""
    request_integration: Annotated[Bool, Api("settings.app.requestIntegration")] = False
    """Whether to ask Okta to add an integration for the app."""


BOOKMARK_APP = app_kind(
    "bookmark-app",
    "okta:app/bookmark:Bookmark",
    BookmarkApp,
    apps("BOOKMARK"),
    apps_written("BOOKMARK", name="bookmark"),
    not_declarable=NO_LOGO | NO_SKIPPED_POLICY,
)
