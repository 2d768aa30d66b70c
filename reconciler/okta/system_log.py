"""Okta's System Log: who changed what, and when (`/api/v1/logs`).

One bounded query for a window of time: with `since` and `until` the log is ordered by the time of publication and its
pages end (developer.okta.com, System Log query). The log has a rate limit of its own, a small one: findings are joined
with its events here, and never asked for one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


async def changes(client: OktaClient, since: datetime, until: datetime) -> list[LogEvent]:
    """The events of all kinds in a window of time, the oldest first; without what was tried and failed."""
    families = sorted({event for kind in kinds() for of in (kind.events, *kind.events_beyond.values()) for event in of})
    query = urlencode(
        {
            "since": _timestamp(since),
            "until": _timestamp(until),
            "filter": " or ".join(f'eventType sw "{family}"' for family in _without_covered(families)),
            "limit": _PAGE,
        }
    )
    return [
        _event(item)
        async for page in client.pages(f"/api/v1/logs?{query}")
        for item in page
        if (item.get("outcome") or {}).get("result") != "FAILURE"
    ]


async def own_ids(client: OktaClient, client_id: str | None) -> frozenset[str]:
    """The ids under which the log knows the one who signs in with this client."""
    if client_id:
        return frozenset({client_id})
    try:
        return frozenset({(await client.get("/api/v1/users/me"))["id"]})
    except TenantError:
        return frozenset()


def _without_covered(families: Sequence[str]) -> Iterable[str]:
    """Prefixes that no shorter prefix covers: a long filter is refused."""
    return (
        family for family in families if not any(family != other and family.startswith(other) for other in families)
    )


def _event(item: dict[str, Any]) -> LogEvent:
    actor = item.get("actor") or {}
    client = item.get("client") or {}
    return LogEvent(
        item["eventType"],
        datetime.fromisoformat(item["published"]),
        actor.get("id") or "",
        actor.get("alternateId") or actor.get("displayName") or "",
        client.get("ipAddress") or "",
        client.get("id") or "",
        frozenset(target["id"] for target in item.get("target") or () if target.get("id")),
    )


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
