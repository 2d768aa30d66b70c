"""Bookmarks: links on people's dashboards."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.apps import App, apps
from reconciler.kinds.fields import Api, Bool, Uri
from reconciler.kinds.kind import register


@register
class BookmarkApp(App):
    """A link on people's dashboards (`signOnMode` `BOOKMARK`)."""

    kind = "bookmark-app"
    resource = "okta:app/bookmark:Bookmark"
    collection = apps("BOOKMARK", name="bookmark")

    url: Annotated[Uri, Api("settings.app.url")]
    """Where the link leads."""
    request_integration: Annotated[Bool, Api("settings.app.requestIntegration")] = False
    """Whether Okta is asked to build an integration for it."""
