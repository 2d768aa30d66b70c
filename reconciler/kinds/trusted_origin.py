"""Trusted origins: sites that may call Okta from a browser, or be redirected to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.fields import STATUS_AS_SWITCH, Api, Argument, Name, SetOf, Status, Uri, wrapped
from reconciler.kinds.kind import Collection, Kind, register
from reconciler.kinds.refusals import CREATED_ACTIVE


@register
class TrustedOrigin(Kind):
    """A site that may call Okta from a browser, or be redirected to (`/api/v1/trustedOrigins`)."""

    kind = "trusted-origin"
    resource = "okta:trustedorigin/origin:Origin"
    collection = Collection(
        "/api/v1/trustedOrigins", scope="okta.trustedOrigins", query="limit=200", lifecycle=True, created_active=True
    )
    events = ("security.trusted_origin.",)
    refusals = (CREATED_ACTIVE,)

    name: Name
    """The name that Okta shows, unique in the tenant."""
    origin: Uri
    """Scheme, host and port, such as `https://app.example.com`."""
    scopes: Annotated[SetOf[Literal["CORS", "REDIRECT"]], Field(min_length=1), Api("scopes", wrapped("type"))]
    """`CORS` to call Okta from the browser, `REDIRECT` to be sent people to after sign-in or sign-out."""
    status: Annotated[Status, Argument("active", STATUS_AS_SWITCH)] = "ACTIVE"
    """An `INACTIVE` origin is not trusted."""
