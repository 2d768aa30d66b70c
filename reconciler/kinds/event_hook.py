"""Event hooks: addresses to which Okta sends events of the System Log as they happen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from reconciler.kinds.conditions import became, fewer
from reconciler.kinds.fields import Api, Argument, Name, ProviderDefault, SetOf, Status
from reconciler.kinds.hooks import HookAuth, HookHeader, HttpsUri
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Refusal
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import EVENTS_REDIRECTED, MONITORING_REDUCED

EventType = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$"),
    Field(examples=["user.lifecycle.create", "user.session.start", "policy.rule.update"]),
]
_VERIFICATION = "verificationStatus"
"""Whether the address has answered Okta's challenge. Okta sends events only to a verified address."""
_METHOD = "channel.config.method"
_AUTH_TYPE = "channel.config.authScheme.type"


class EventHook(Part):
    """An address to which Okta sends events of the System Log (`/api/v1/eventHooks`).

    Okta sends nothing until the address is verified: verify a new hook, or one with a new address, in the Admin
    Console.
    """

    refusals = (
        Refusal("uri", lambda hook: not hook.uri, "the provider needs an address"),
        Refusal("version", lambda hook: not hook.version, "the provider needs a version"),
    )
    risks = (
        changed(EVENTS_REDIRECTED, "uri", "auth", "headers"),
        changed(MONITORING_REDUCED, "events", when=fewer),
        changed(MONITORING_REDUCED, "status", when=became("INACTIVE")),
        changed(MONITORING_REDUCED, "events.filter*"),
        changed(MONITORING_REDUCED, _VERIFICATION, when=became("UNVERIFIED")),
        appeared(EVENTS_REDIRECTED),
        gone(MONITORING_REDUCED),
    )

    name: Name
    """Name of the hook, unique in the tenant."""
    events: Annotated[SetOf[EventType], Field(min_length=1), Api("events.items")]
    """Types of the events that Okta sends, such as `user.lifecycle.create`. Okta's event catalog shows which types
    hooks can have."""
    uri: Annotated[HttpsUri, Api("channel.config.uri"), Argument("channel.uri")]
    """Address that Okta calls."""
    version: Annotated[
        str,
        Field(min_length=1, examples=["1.0.0", "1.0.1"]),
        Api("channel.version"),
        Argument("channel.version"),
        ProviderDefault(None),
    ] = "1.0.0"
    """Version of the format of the requests."""
    auth: Annotated[HookAuth | None, Api("channel.config.authScheme")] = None
    """Header with which Okta authenticates at the address. Left out: the address cannot tell Okta from others."""
    headers: Annotated[SetOf[HookHeader], Api("channel.config.headers")] = frozenset()
    """Further headers of the requests."""
    status: Status = "ACTIVE"
    """Okta sends nothing to an `INACTIVE` hook."""


def _stops(spec: Spec) -> str:
    """Who no longer hears of events."""
    count = len(spec["events"])
    return f"{spec['uri']} no longer receives {count} type{'' if count == 1 else 's'} of events"


def _write_api(body: Json) -> Json:
    """The body with the only type of authentication that there is."""
    scheme = body["channel"]["config"].get("authScheme")
    if scheme:
        scheme["type"] = "HEADER"
    return body


EVENT_HOOK = register(
    Kind(
        name="event-hook",
        resource="okta:index/eventHook:EventHook",
        fields=EventHook,
        shape=Listed(path="/api/v1/eventHooks", scope="okta.eventHooks"),
        provider=Provider(
            fixed={"channel.type": "HTTP", "events.type": "EVENT_TYPE"},
            lifecycle=True,
            inactive_to_delete=True,
            delete_fails_if_missing=True,
        ),
        events=(
            "event_hook.created",
            "event_hook.updated",
            "event_hook.deleted",
            "event_hook.activated",
            "event_hook.deactivated",
        ),
        member_events={_VERIFICATION: ("event_hook.verified", "event_hook.updated")},
        fresh={_VERIFICATION: ("UNVERIFIED",), _METHOD: ("POST",), _AUTH_TYPE: ("HEADER",)},
        side_effects={"uri": (_VERIFICATION,), "auth": (_AUTH_TYPE,)},
        lost_on_replace=("the verification of the address",),
        stops=_stops,
        write_api=_write_api,
    )
)
