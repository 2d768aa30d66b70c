"""Delivers System Log events to the event hooks that subscribe to them.

Delivery is at least once and unordered, as in Okta, and only to verified hooks on this machine (see `outbound`). Okta
delivers only some event types. Events of zones, authorization servers, schemas, mappings, group push and hooks are not
delivered, nor are the creation and deletion of a policy.
"""

import asyncio
import re
from collections.abc import Iterable

from okta_sandbox import system_log
from okta_sandbox.json_types import JsonObject
from okta_sandbox.outbound import Outbound
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

ELIGIBLE = re.compile(
    r"(application\.(lifecycle|user_membership|provision\.(?!group_push))|group\.(?!user_membership\.rule)|user|"
    r"policy\.rule|system\.idp|iam|security\.(authenticator|trusted_origin)|system\.log_stream|"
    r"app\.oauth2\.(client\.privilege|trusted_server)|app\.interclient_mapping)\.?\w.*|"
    r"policy\.lifecycle\.(update|activate|deactivate)|system\.api_token\.(create|revoke)"
)
POLL_ONLY = frozenset({"policy.rule.invalidate", "user.lifecycle.delete.completed"})


def is_eligible(event_type: str) -> bool:
    """Whether Okta delivers events of a type to hooks."""
    return event_type not in POLL_ONLY and ELIGIBLE.fullmatch(event_type) is not None


class EventHookDelivery:
    """Sends events to event hooks in the background."""

    def __init__(self, outbound: Outbound | None = None) -> None:
        self.outbound = outbound or Outbound()
        self._in_flight: set[asyncio.Task[object]] = set()

    def publish(self, tenant: Tenant, events: Iterable[Record]) -> None:
        """Send each hook the events it subscribes to; returns at once."""
        known = [event for event in events if is_eligible(event.body["eventType"])]
        for hook in tenant.store.all("EventHook") if known else ():
            body = hook.body
            wanted = [event for event in known if event.body["eventType"] in body["events"]["items"]]
            if wanted and (body["status"], body["verificationStatus"]) == ("ACTIVE", "VERIFIED"):
                delivery = self.outbound.send(
                    "POST", body["channel"]["config"]["uri"], headers_of(hook), _message(tenant, hook, wanted)
                )
                task = asyncio.ensure_future(delivery)
                self._in_flight.add(task)  # the event loop keeps only weak references
                task.add_done_callback(self._in_flight.discard)

    async def finish(self) -> None:
        """Wait for pending deliveries."""
        await asyncio.gather(*self._in_flight)


def headers_of(hook: Record) -> dict[str, str]:
    """The headers of requests to a hook, including its secret."""
    config = hook.body["channel"]["config"]
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    sent |= {header["key"]: header["value"] or "" for header in config.get("headers") or ()}
    scheme, secret = config.get("authScheme"), hook.private.get("authScheme")
    return {**sent, scheme["key"]: secret} if scheme and secret else sent


def _message(tenant: Tenant, hook: Record, events: list[Record]) -> JsonObject:
    return {
        "eventType": "com.okta.event_hook",
        "eventTypeVersion": "1.0",
        "cloudEventsVersion": "0.1",
        "source": tenant.url(f"/api/v1/eventHooks/{hook.id}"),
        "eventId": tenant.identifiers.uuid(),
        "data": {"events": [system_log.show(event) for event in events]},
        "eventTime": tenant.now(),
        "contentType": "application/json",
    }
