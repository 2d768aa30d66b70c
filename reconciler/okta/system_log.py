"""Okta's System Log: who changed what, and when (`/api/v1/logs`).

The log is read with bounded queries, usually one: with `since` and `until`, events are ordered by the time of
publication and the pages end (developer.okta.com, System Log query). There is no query for each finding, because the
log has a low rate limit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from reconciler.errors import TenantError
from reconciler.kinds import kinds
from reconciler.okta.client import OktaClient

_PAGE = 1000
_FAMILIES = 40
"""The number of event types in one query: Okta refuses long filters."""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event: who did what, and when."""

    type: str
    time: datetime
    actor_id: str
    actor: str
    address: str
    client_id: str
    """The OAuth client of the request; empty for users and API tokens."""
    targets: frozenset[str]
    """The ids of the changed objects."""


async def changes(
    client: OktaClient,
    since: datetime,
    until: datetime,
    unreadable: Callable[[int], None] = lambda events: None,
    others: Iterable[str] = (),
) -> list[LogEvent]:
    """The events of all kinds in a window of time, without failed attempts; and events whose types begin with `others`.

    Malformed events are skipped; `unreadable` is called with their number.
    """
    families = {event for kind in kinds() for of in (kind.events, *kind.member_events.values()) for event in of}
    items: list[Any] = []
    filtered = list(_without_covered(sorted({*families, *others})))
    for some in (filtered[start : start + _FAMILIES] for start in range(0, len(filtered), _FAMILIES)):
        query = urlencode(
            {
                "since": _timestamp(since),
                "until": _timestamp(until),
                "filter": " or ".join(f'eventType sw "{family}"' for family in some),
                "limit": _PAGE,
            }
        )
        items += [item async for page in client.pages(f"/api/v1/logs?{query}") for item in page]
    events = [_event(item) for item in items if not _failed(item)]
    found = [event for event in events if event is not None]
    if len(found) < len(events):
        unreadable(len(events) - len(found))
    return found


async def own_ids(client: OktaClient, client_id: str | None) -> frozenset[str]:
    """The ids of the reconciler in the log: its client id, or the id of the user whose API token it uses."""
    if client_id:
        return frozenset({client_id})
    try:
        identity = _text(await client.get("/api/v1/users/me"), "id")
    except TenantError:
        return frozenset()
    return frozenset({identity} if identity else ())


def _without_covered(families: Sequence[str]) -> Iterable[str]:
    """The prefixes that no shorter prefix covers, because Okta refuses long filters."""
    return (
        family for family in families if not any(family != other and family.startswith(other) for other in families)
    )


def _failed(item: Any) -> bool:
    return _text(_member(item, "outcome"), "result") == "FAILURE"


def _event(item: Any) -> LogEvent | None:
    """The event; None if it has no type or no time."""
    kind, time = _text(item, "eventType"), _moment(_text(item, "published"))
    if not kind or time is None:
        return None
    actor, client, targets = (_member(item, name) for name in ("actor", "client", "target"))
    ids = (_text(target, "id") for target in (targets if isinstance(targets, list) else ()))
    return LogEvent(
        kind,
        time,
        _text(actor, "id"),
        _text(actor, "alternateId") or _text(actor, "displayName"),
        _text(client, "ipAddress"),
        _text(client, "id"),
        frozenset(filter(None, ids)),
    )


def _member(value: Any, name: str) -> Any:
    """A member of an object; None for anything else."""
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    """The text of a member; empty if there is none."""
    member = _member(value, name)
    return member if isinstance(member, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
