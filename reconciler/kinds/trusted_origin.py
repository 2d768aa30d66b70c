"""Trusted origins: sites that may call Okta from a browser, or that Okta may redirect to."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from reconciler.kinds.conditions import became, more, with_wildcard, without_tls
from reconciler.kinds.fields import STATUS_AS_SWITCH, Api, Argument, Name, SetOf, Status, Uri, wrapped
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import CREATED_ACTIVE
from reconciler.kinds.risks import appeared, changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import ORIGINS_WIDENED, PLAIN_HTTP, WILDCARD_URI

_SCHEMES: Final = ("http", "https", "ftp", "ionic", "capacitor")
_ORIGIN: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?", re.IGNORECASE)


def _origin(value: str) -> str:
    """The value, if it is scheme, host and port. Okta accepts these schemes (API reference: Trusted Origins)."""
    found = _ORIGIN.match(value)
    if not found or found[1].lower() not in _SCHEMES:
        raise ValueError(f"must be an origin such as https://app.example.com, with one of {', '.join(_SCHEMES)}")
    if found.end() < len(value):
        raise ValueError(f"an origin ends after the host and port: write {found[0]}")
    return value


_USES = {
    "CORS": "call Okta from a browser",
    "REDIRECT": "be redirected to after sign-in or sign-out",
    "IFRAME_EMBED": "embed Okta's pages",
}


class TrustedOrigin(Part):
    """A site that may call Okta from a browser, or that Okta may redirect to (`/api/v1/trustedOrigins`)."""

    refusals = (CREATED_ACTIVE,)
    risks = (
        changed(WILDCARD_URI, "origin", when=with_wildcard, new=True),
        changed(PLAIN_HTTP, "origin", when=without_tls, new=True),
        changed(ORIGINS_WIDENED, "origin"),
        changed(ORIGINS_WIDENED, "scopes", when=more),
        changed(ORIGINS_WIDENED, "status", when=became("ACTIVE")),
        appeared(ORIGINS_WIDENED),
    )

    name: Name
    """Name of the trusted origin, unique in the tenant."""
    origin: Annotated[Uri, AfterValidator(_origin)]
    """Scheme, host and port, such as `https://app.example.com`."""
    scopes: Annotated[
        SetOf[Literal["CORS", "REDIRECT", "IFRAME_EMBED"]], Field(min_length=1), Api("scopes", wrapped("type"))
    ]
    """`CORS` allows calls to Okta from the browser, `REDIRECT` allows redirects after sign-in or sign-out,
    `IFRAME_EMBED` allows embedding Okta's pages in a frame (the provider cannot restrict which pages)."""
    status: Annotated[Status, Argument("active", STATUS_AS_SWITCH)] = "ACTIVE"
    """An `INACTIVE` origin is not trusted."""


def _stops(spec: Spec) -> str:
    """What pages of the origin can no longer do."""
    lost = [_USES[scope] for scope in _USES if scope in spec["scopes"]]
    return f"pages of {spec['origin']} can no longer {' or '.join(lost)}"


TRUSTED_ORIGIN = register(
    Kind(
        name="trusted-origin",
        resource="okta:trustedorigin/origin:Origin",
        fields=TrustedOrigin,
        shape=Listed(path="/api/v1/trustedOrigins", scope="okta.trustedOrigins", query="limit=200"),
        provider=Provider(lifecycle=True, created_active=True),
        events=("security.trusted_origin.",),
        stops=_stops,
    )
)
