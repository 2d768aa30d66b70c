"""How much of the rate limits of the tenant one app may use up."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.conditions import larger
from reconciler.kinds.fields import Api, Argument, Int, OnDelete, Purpose, Ref, Relates, Replaces
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Adopted
from reconciler.kinds.threats import LIMITS_WIDENED

_OF_APPS = "OAUTH_CLIENT"
_Percent = Annotated[Int, Field(ge=0, le=100)]


class AppRateLimit(Part):
    """How much of the rate limits of the tenant one app may use up (`/api/v1/principal-rate-limits`).

    Every app that uses OAuth has this setting. A definition that is removed leaves it as it is. The settings of API
    tokens cannot be declared, because tokens cannot.
    """

    risks = (changed(LIMITS_WIDENED, "default_percentage", "default_concurrency_percentage", when=larger),)

    app: Annotated[
        str,
        Ref("oidc-app"),
        Relates(Purpose.USE, OnDelete.DELETED),
        Api("principalId"),
        Argument("principal_id"),
        Replaces(by_provider=False),
    ]
    """The app."""
    default_percentage: _Percent
    """Part of each rate limit, in percent. Okta's default is 50. The provider sends 0 if it is left out."""
    default_concurrency_percentage: _Percent
    """Part of each limit of requests at the same time, in percent. Okta's default is 75. The provider sends 0 if it is
    left out."""


def _halved(limit: Json) -> Json:
    """What the provider sends instead of a DELETE."""
    kept = {name: limit[name] for name in ("principalId", "principalType")}
    return {**kept, "defaultPercentage": 50, "defaultConcurrencyPercentage": 50}


APP_RATE_LIMIT = register(
    Kind(
        name="app-rate-limit",
        resource="okta:index/principalRateLimits:PrincipalRateLimits",
        fields=AppRateLimit,
        label_field="app",
        known_by=lambda limit: str(limit.get("app")),
        shape=Adopted(
            path="/api/v1/principal-rate-limits",
            scope="okta.principalRateLimits",
            query=f'filter=principalType eq "{_OF_APPS}"&limit=50',
        ),
        provider=Provider(
            fixed={"principalType": _OF_APPS},
            takes_over=lambda spec, limit: bool(spec["app"] == limit.get("principalId")),
            reset=_halved,
        ),
        fixed_arguments={"principal_type": _OF_APPS},
        not_declarable={"id_property": "Okta generates it"},
        fresh={"defaultPercentage": (50,), "defaultConcurrencyPercentage": (75,)},
        events=("system.rate_limit.configuration.update",),
        generated=("orgId",),
        volatile=lambda _: ("lastUpdate", "lastUpdatedBy", "createdDate", "createdBy"),
    )
)
