"""Okta's System Log: who changed what, and when (`/api/v1/logs`).

One bounded query for a window of time: with `since` and `until` the log is ordered by the time of publication and its
pages end (developer.okta.com, System Log query). The log has a rate limit of its own, a small one: findings are joined
with its events here, and never asked for one by one.
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


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event, as far as it tells who did what."""

    type: str
    time: datetime
    actor_id: str
    actor: str
    address: str
    client_id: str
    """The OAuth client that asked; empty for people and API tokens."""
    targets: frozenset[str]
    """The ids of what was changed."""


async def changes(
    client: OktaClient,
    since: datetime,
    until: datetime,
    unreadable: Callable[[int], None] = lambda events: None,
) -> list[LogEvent]:
    """The events of all kinds in a window of time, the oldest first; without what was tried and failed.

    If there are events that cannot be read, `unreadable` is told how many; the others count.
    """
    families = sorted({event for kind in kinds() for of in (kind.events, *kind.member_events.values()) for event in of})
    query = urlencode(
        {
            "since": _timestamp(since),
            "until": _timestamp(until),
            "filter": " or ".join(f'eventType sw "{family}"' for family in _without_covered(families)),
            "limit": _PAGE,
        }
    )
    items = [item async for page in client.pages(f"/api/v1/logs?{query}") for item in page]
    events = [_event(item) for item in items if not _failed(item)]
    found = [event for event in events if event is not None]
    if len(found) < len(events):
        unreadable(len(events) - len(found))
    return found


async def own_ids(client: OktaClient, client_id: str | None) -> frozenset[str]:
    """The ids under which the log knows the one who signs in with this client."""
    if client_id:
        return frozenset({client_id})
    try:
        identity = _text(await client.get("/api/v1/users/me"), "id")
    except TenantError:
        return frozenset()
    return frozenset({identity} if identity else ())


def _without_covered(families: Sequence[str]) -> Iterable[str]:
    """Prefixes that no shorter prefix covers: a long filter is refused."""
    return (
        family for family in families if not any(family != other and family.startswith(other) for other in families)
    )


def _failed(item: Any) -> bool:
    return _text(_member(item, "outcome"), "result") == "FAILURE"


def _event(item: Any) -> LogEvent | None:
    """The event, None if it does not say what happened and when."""
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
    """A member of an object; None of anything else."""
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
