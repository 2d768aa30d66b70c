"""Integrations of the Okta Integration Network, as far as creating an app needs them.

Known integrations are in `data/app_catalogue.json`. Okta's catalogue has thousands more: an app of any other
integration takes its sign-on mode, settings and links from the request.
"""

import functools
import re
from dataclasses import dataclass, field

import orjson

from reconciler.sandbox.body import BLANK
from reconciler.sandbox.errors import invalid, not_found
from reconciler.sandbox.json_types import Json, JsonObject
from reconciler.sandbox.product_data import read_data

NAME = re.compile(r"[a-z0-9][a-z0-9_.\-]*")
ANY_PASSWORD_MODE = "AUTO_LOGIN"  # asked of an integration, it means whichever way it has of filling in passwords
PASSWORD_MODES = ("BROWSER_PLUGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH", ANY_PASSWORD_MODE)
SIGNED_MODES = ("SAML_2_0", "SAML_1_1", "WS_FEDERATION")
MODES = (*PASSWORD_MODES, *SIGNED_MODES, "OPENID_CONNECT", "BOOKMARK")
UNSUPPORTED: JsonObject = {"status": "UNSUPPORTED"}


@dataclass(frozen=True)
class Integration:
    """What the catalogue says about the apps of one name."""

    name: str
    modes: tuple[str, ...] = ()
    """The sign-on modes that it supports; none: it has no single sign-on, whatever is asked for."""
    app: JsonObject = field(default_factory=dict)
    """The members of `settings.app`, with what Okta fills in."""
    required: tuple[str, ...] = ()
    """Those that have to be given."""
    allowed: dict[str, list[str]] = field(default_factory=dict)
    """The values that some of them take."""
    links: dict[str, bool] = field(default_factory=dict)
    """The links on the dashboard, and whether they are shown at first."""
    sign_on: JsonObject = field(default_factory=dict)
    """What `settings.signOn` holds besides the usual."""
    template: bool = False
    """Whether it is one of Okta's templates, from which many different apps are made."""
    custom: bool = False
    """Whether it is the org's own: made for one app, and in no catalogue."""
    licensed: bool = False
    provisioning: bool = False
    universal_logout: JsonObject = field(default_factory=lambda: UNSUPPORTED)

    def sign_on_mode(self, asked: Json) -> str | None:
        """The mode that an app gets; OktaError E0000001 for one that is not supported."""
        if not self.modes:
            return None
        if asked is None or asked in self.modes:
            return str(asked or self.modes[0])
        fitting = [mode for mode in self.modes if mode in PASSWORD_MODES]
        if asked == ANY_PASSWORD_MODE and fitting:
            return fitting[0]
        raise invalid("mediated", "Invalid signOnMode")

    def settings(self, given: JsonObject) -> JsonObject:
        """`settings.app` of an app; OktaError E0000001 when something is missing or not allowed."""
        known = {name: None if value == "" else value for name, value in given.items()}
        blank = [name for name in self.required if known.get(name) is None]
        refused = [f"{name}: {BLANK}" for name in blank]
        refused += [
            f"{name}: Not one of the allowed values."
            for name, values in self.allowed.items()
            if name not in blank and known.get(name) not in (None, *values)
        ]
        if refused:
            raise invalid(refused[0].split(":")[0], *refused)
        return {**self.app, **known}


@functools.cache
def integrations() -> dict[str, Integration]:
    """The integrations that the sandbox knows, by name."""
    known: dict[str, JsonObject] = orjson.loads(read_data("app_catalogue.json"))["integrations"]
    return {
        name: Integration(
            name,
            modes=tuple(each["signOnModes"]),
            app=each.get("app", {}),
            required=tuple(each.get("required", ())),
            allowed=each.get("allowed", {}),
            links=each["links"],
            sign_on=each.get("signOn", {}),
            template=each.get("template", False),
            licensed=each.get("licensed", False),
            provisioning=each.get("provisioning", False),
            universal_logout=each.get("universalLogout", UNSUPPORTED),
        )
        for name, each in known.items()
    }


def integration(name: str, asked: Json, links: Json) -> Integration:
    """The integration of a name, known or not; of an unknown one, the sign-on mode and the links that are asked for.

    OktaError E0000007 for what cannot be the name of one, or when nothing says how people sign in to it.
    """
    lower = name.lower()
    if known := integrations().get(lower):
        return known
    if not asked or not NAME.fullmatch(lower):
        raise not_found(name, "App")
    if asked not in MODES:
        raise invalid("mediated", "Invalid signOnMode")
    mode = PASSWORD_MODES[0] if asked == ANY_PASSWORD_MODE else str(asked)
    return Integration(lower, modes=(mode,), links=dict.fromkeys(links or [f"{lower}_link"], True))
