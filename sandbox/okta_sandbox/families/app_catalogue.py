"""Integrations of the Okta Integration Network, as far as creating an app needs them.

Known integrations are in `data/app_catalogue.json`. Okta's catalogue has thousands more: an app of any other
integration takes its sign-on mode, settings and links from the request.
"""

import functools
import re
from dataclasses import dataclass, field

import orjson

from okta_sandbox.body import BLANK
from okta_sandbox.errors import invalid, not_found
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.product_data import read_data

NAME = re.compile(r"[a-z0-9][a-z0-9_.\-]*")
ANY_PASSWORD_MODE = "AUTO_LOGIN"  # selects whichever password mode the integration supports
PASSWORD_MODES = ("BROWSER_PLUGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH", ANY_PASSWORD_MODE)
SIGNED_MODES = ("SAML_2_0", "SAML_1_1", "WS_FEDERATION")
MODES = (*PASSWORD_MODES, *SIGNED_MODES, "OPENID_CONNECT", "BOOKMARK")
UNSUPPORTED: JsonObject = {"status": "UNSUPPORTED"}


@dataclass(frozen=True)
class Integration:
    """An integration of the catalogue."""

    name: str
    modes: tuple[str, ...] = ()
    """The supported sign-on modes. Empty: no single sign-on, whatever the request says."""
    app: JsonObject = field(default_factory=dict)
    """The fields of `settings.app` with their defaults."""
    required: tuple[str, ...] = ()
    """The required fields of `settings.app`."""
    allowed: dict[str, list[str]] = field(default_factory=dict)
    """The allowed values of some fields of `settings.app`."""
    links: dict[str, bool] = field(default_factory=dict)
    """The dashboard links, and whether they are visible by default."""
    sign_on: JsonObject = field(default_factory=dict)
    """Additional fields of `settings.signOn`."""
    template: bool = False
    """Whether it is one of Okta's templates for many different apps."""
    custom: bool = False
    """Whether it belongs to one custom app of the org and not to the catalogue."""
    licensed: bool = False
    provisioning: bool = False
    universal_logout: JsonObject = field(default_factory=lambda: UNSUPPORTED)

    def sign_on_mode(self, requested: Json) -> str | None:
        """The sign-on mode of an app. Raises OktaError E0000001 if it is not supported."""
        if not self.modes:
            return None
        if requested is None or requested in self.modes:
            return str(requested or self.modes[0])
        fitting = [mode for mode in self.modes if mode in PASSWORD_MODES]
        if requested == ANY_PASSWORD_MODE and fitting:
            return fitting[0]
        raise invalid("mediated", "Invalid signOnMode")

    def settings(self, given: JsonObject) -> JsonObject:
        """`settings.app` of an app. Raises OktaError E0000001 for a missing or invalid value."""
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
    """The integrations known to the sandbox, by name."""
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


def integration(name: str, requested: Json, links: Json) -> Integration:
    """The integration with a name. An unknown one has the requested sign-on mode and links.

    Raises OktaError E0000007 for an invalid name, or for an unknown integration without a requested sign-on mode.
    """
    lower = name.lower()
    if known := integrations().get(lower):
        return known
    if not requested or not NAME.fullmatch(lower):
        raise not_found(name, "App")
    if requested not in MODES:
        raise invalid("mediated", "Invalid signOnMode")
    mode = PASSWORD_MODES[0] if requested == ANY_PASSWORD_MODE else str(requested)
    return Integration(lower, modes=(mode,), links=dict.fromkeys(links or [f"{lower}_link"], True))
