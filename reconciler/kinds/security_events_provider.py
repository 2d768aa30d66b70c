"""Security events providers: other products that tell Okta about risks of people."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.conditions import became, without_tls
from reconciler.kinds.fields import Api, Argument, Checked, Name, Status, Uri
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import PLAIN_HTTP, SIGNALS_FORGED, SIGNALS_LOST

_ADDRESSES = ("well_known_url", "issuer", "jwks_url")


class SecurityEventsProvider(Part):
    """A product that tells Okta about risks of people by the Shared Signals Framework
    (`/api/v1/security-events-providers`).

    It is known either by its well-known URL, or by an issuer and the URL of its keys.
    """

    risks = (
        changed(SIGNALS_FORGED, "type", *_ADDRESSES),
        changed(SIGNALS_FORGED, "status", when=became("ACTIVE")),
        changed(SIGNALS_LOST, "status", when=became("INACTIVE")),
        changed(PLAIN_HTTP, *_ADDRESSES, when=without_tls, new=True),
        appeared(SIGNALS_FORGED),
        gone(SIGNALS_LOST),
    )

    name: Annotated[Name, StringConstraints(max_length=100), Checked()]
    """Name of the provider, unique in the tenant."""
    type: Annotated[str, StringConstraints(min_length=1), Field(examples=["okta", "crowdstrike"])]
    """The sort of product, such as `okta`."""
    well_known_url: Annotated[
        Annotated[Uri, StringConstraints(max_length=1000)] | None,
        Api("settings.well_known_url"),
        Argument("settings.well_known_url"),
        Checked(),
    ] = None
    """URL where the product publishes its issuer and keys; instead of `issuer` and `jwks_url`."""
    issuer: Annotated[
        Annotated[Uri, StringConstraints(max_length=700)] | None,
        Api("settings.issuer"),
        Argument("settings.issuer"),
        Checked(),
    ] = None
    """Issuer of the product's messages."""
    jwks_url: Annotated[
        Annotated[Uri, StringConstraints(max_length=1000)] | None,
        Api("settings.jwks_url"),
        Argument("settings.jwks_url"),
        Checked(),
    ] = None
    """URL of the keys with which the product signs its messages."""
    status: Annotated[Status, Argument("is_enabled")] = "ACTIVE"
    """Okta ignores messages of an `INACTIVE` provider."""

    @model_validator(mode="after")
    def _is_known_in_one_way(self) -> Self:
        given = {name for name in _ADDRESSES if getattr(self, name) is not None}
        if "well_known_url" in given:
            extra = sorted(given - {"well_known_url"})
            return self.without_errors([self.error_at(name, "well_known_url says it: leave it out") for name in extra])
        missing = [name for name in ("issuer", "jwks_url") if name not in given]
        return self.without_errors([self.error_at(name, "required without well_known_url") for name in missing])


def _stops(spec: Spec) -> str:
    """What Okta no longer learns."""
    return f"Okta learns nothing more about risks from {spec.get('name')}"


SECURITY_EVENTS_PROVIDER = register(
    Kind(
        name="security-events-provider",
        resource="okta:index/securityEventsProvider:SecurityEventsProvider",
        fields=SecurityEventsProvider,
        shape=Listed(path="/api/v1/security-events-providers", scope="okta.securityEventsProviders"),
        provider=Provider(lifecycle=True),
        events=tuple(
            f"security.events.provider.{verb}" for verb in ("activate", "create", "deactivate", "delete", "update")
        ),
        stops=_stops,
    )
)
