"""Settings of apps from Okta's catalog (the Okta Integration Network)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator

from reconciler.kinds.fields import JSON_TEXT, Argument, Codec, ServerFilled, Sparse
from reconciler.kinds.part import Json

WITHOUT_EMPTY_TEXT = Codec(decode=lambda settings: {name: value for name, value in settings.items() if value != ""})


def without_empty_text(settings: dict[str, Any] | None) -> dict[str, Any] | None:
    """The settings, without empty text: the provider drops it on every read and would send it on every `up`."""
    empty = sorted(name for name, value in (settings or {}).items() if value == "")
    if empty:
        raise ValueError(f"the provider drops empty text: leave out {', '.join(empty)}")
    return settings


CatalogSettings = Annotated[
    dict[str, Any] | None,
    AfterValidator(without_empty_text),
    Argument("app_settings_json", JSON_TEXT),
    Sparse(usual=lambda settings: not settings),
    ServerFilled(),
]
"""Settings of an app by their names in the catalog, which differ from app to app."""

CATALOG_SETTINGS = "catalogSettings"
"""The member of `settings` in which `apart` puts the settings of an app from the catalog."""


def apart(item: Json, *, custom: bool) -> Json:
    """The item with the settings of a catalog app in a member of their own, and without the name of a custom app:
    Okta generates that name."""
    if custom:
        return {name: value for name, value in item.items() if name != "name"}
    settings = dict(item.get("settings") or {})
    return item | {"settings": {**settings, "app": {}, CATALOG_SETTINGS: settings.get("app") or {}}}


def together(item: Json) -> Json:
    """The inverse of `apart`, for request bodies."""
    settings = dict(item.get("settings") or {})
    of_catalog = settings.pop(CATALOG_SETTINGS, None)
    return item | {"settings": {**settings, "app": of_catalog or settings.get("app") or {}}}
