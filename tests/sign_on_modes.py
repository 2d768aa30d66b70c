"""The sign-on modes of Okta's apps, and which kinds claim them."""

from __future__ import annotations

from typing import Any

from reconciler.kinds import Kind, kinds

APPS = "/api/v1/apps"
MODES = (
    "AUTO_LOGIN",
    "BASIC_AUTH",
    "BOOKMARK",
    "BROWSER_PLUGIN",
    "OPENID_CONNECT",
    "SAML_1_1",
    "SAML_2_0",
    "SECURE_PASSWORD_STORE",
    "WS_FEDERATION",
)
"""Okta's sign-on modes (`ApplicationSignOnMode`)."""


def mode_of_no_kind() -> str:
    """A sign-on mode whose apps are of no kind."""
    of_apps = [kind for kind in kinds() if kind.shape.path == APPS]
    return next(
        mode
        for mode in MODES
        if not any(kind.shape.claims({"name": "x", "label": "x", "signOnMode": mode}) for kind in of_apps)
    )


def with_fitting_mode(kind: Kind, app: dict[str, Any]) -> dict[str, Any]:
    """An app as Okta stores it: apps from the catalog have a mode that fits, whichever was asked for."""
    asked_for = app.get("signOnMode")
    fitting = [mode for mode in (asked_for, *MODES) if mode and kind.shape.claims({**app, "signOnMode": mode})]
    return {**app, "signOnMode": fitting[0]}
