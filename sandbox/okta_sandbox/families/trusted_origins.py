"""Trusted origins: `/api/v1/trustedOrigins`."""

from typing import Literal

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Stamps, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import standard_links
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record

SCHEMES = ("http://", "https://", "ftp://", "ionic://", "capacitor://")


class _Scope(Body):
    type: Literal["CORS", "REDIRECT", "IFRAME_EMBED"]
    allowedOktaApps: list[Literal["OKTA_ENDUSER"]] | None = absent()


class _TrustedOrigin(Body):
    name: str = required_text()
    origin: str = required_text()
    scopes: list[_Scope]
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if not body["origin"].startswith(SCHEMES):
        raise invalid_field("origin", "The origin must be a valid URL.")
    # Only IFRAME_EMBED has a list of Okta's own apps that the origin may embed.
    scopes = [
        {"allowedOktaApps": [], **scope} if scope["type"] == "IFRAME_EMBED" else scope for scope in body["scopes"]
    ]
    body = {**body, "scopes": scopes}
    # Only the lifecycle endpoints change the status.
    return {**body, "status": before.body["status"]} if before else body


TRUSTED_ORIGINS = Collection(
    kind="TrustedOrigin",
    path="/api/v1/trustedOrigins",
    item="origin",
    prefix="tos",
    model=_TrustedOrigin,
    events=Events.lifecycle("TrustedOrigin", "security.trusted_origin."),
    stamps=Stamps(authors=True),
    lifecycle=Lifecycle("object"),
    paging=Paging(default=20),
    filterable=frozenset({"id", "name", "origin", "status", "type"}),
    query=lambda origin, wanted: wanted.lower() in f"{origin.body['name']} {origin.body['origin']}".lower(),
    unique=Unique(),
    complete=_complete,
    links=lambda tenant, origin: standard_links(tenant, origin, f"/api/v1/trustedOrigins/{origin.id}"),
)

FAMILY = Family((TRUSTED_ORIGINS,), scope="okta.trustedOrigins")
