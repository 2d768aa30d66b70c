"""Events of the System Log, sent to the event hooks that ask for them.

At least once and in no order, as Okta does; only to verified hooks on this machine (see `outbound`). Okta delivers
only some types of events: those of zones, authorization servers, schemas, mappings and hooks are not among them, nor
that a policy was created or deleted.
"""

import asyncio
import re
from collections.abc import Iterable

from reconciler.sandbox import system_log
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.outbound import Outbound
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

ELIGIBLE = re.compile(
    r"(application\.(lifecycle|user_membership|provision)|group|user|policy\.rule|system\.idp|iam|"
    r"security\.(authenticator|trusted_origin)|system\.log_stream)\..+|policy\.lifecycle\.(update|activate|deactivate)"
)


class EventHookDelivery:
    """Subscribes to the log of a tenant; `publish` returns at once."""

    def __init__(self, outbound: Outbound | None = None) -> None:
        self.outbound = outbound or Outbound()
        self._under_way: set[asyncio.Task[object]] = set()

    def publish(self, tenant: Tenant, events: Iterable[Record]) -> None:
        """Send each hook the events it asks for."""
        known = [event for event in events if ELIGIBLE.fullmatch(event.body["eventType"])]
        for hook in tenant.store.all("EventHook") if known else ():
            body = hook.body
            wanted = [event for event in known if event.body["eventType"] in body["events"]["items"]]
            if wanted and (body["status"], body["verificationStatus"]) == ("ACTIVE", "VERIFIED"):
                delivery = self.outbound.send(
                    "POST", body["channel"]["config"]["uri"], headers_of(hook), _message(tenant, hook, wanted)
                )
                task = asyncio.ensure_future(delivery)
                self._under_way.add(task)  # the loop itself holds tasks weakly
                task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way)


def headers_of(hook: Record) -> dict[str, str]:
    """What a hook wants to be sent, its secret among them."""
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
