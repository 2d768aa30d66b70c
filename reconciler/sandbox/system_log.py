"""The System Log: one event for every change, at `/api/v1/logs`.

Event types are those of Okta's catalogue. `published` has milliseconds here, unlike the times on objects,
because events are asked for by time.
"""

from datetime import timedelta

from reconciler.sandbox.errors import invalid_field
from reconciler.sandbox.exchange import Answer, Call, Route
from reconciler.sandbox.filters import compile_filter
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.paging import Paging, page_of
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

LOG_EVENT = "LogEvent"
PAGING = Paging(default=100, maximum=1000)
DEFAULT_WINDOW = timedelta(days=7)


def target(identifier: str, kind: str, name: str) -> JsonObject:
    """An object that an event is about."""
    return {
        "id": identifier,
        "type": kind,
        "alternateId": name,
        "displayName": name,
        "detailEntry": None,
    }


def record(call: Call, event_type: str, *targets: JsonObject) -> None:
    """Note a change that a request made."""
    tenant, profile = call.tenant, call.actor.body["profile"]
    moment = tenant.clock()
    event = {
        "published": moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z",
        "eventType": event_type,
        "version": "0",
        "severity": "INFO",
        "legacyEventType": None,
        "displayMessage": event_type.replace(".", " ").replace("_", " ").capitalize(),
        "actor": {
            "id": call.actor.id,
            "type": "User",
            "alternateId": profile["login"],
            "displayName": f"{profile['firstName']} {profile['lastName']}",
            "detailEntry": None,
        },
        "client": {
            "userAgent": {"rawUserAgent": call.user_agent, "os": "Unknown", "browser": "UNKNOWN"},
            "zone": "null",
            "device": "Unknown",
            "id": None,
            "ipAddress": call.client_address,
            "geographicalContext": None,
        },
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": list(targets),
        "transaction": {"type": "WEB", "id": call.request_id, "detail": {}},
        "debugContext": {"debugData": {"requestId": call.request_id, "requestUri": call.path}},
        "authenticationContext": {"authenticationStep": 0, "externalSessionId": call.request_id},
    }
    tenant.store.add(LOG_EVENT, tenant.identifiers.uuid(), event)


def show(tenant: Tenant, event: Record) -> JsonObject:
    """An event as the API shows it."""
    return {"uuid": event.id, **event.body}


def list_events(call: Call) -> Answer:
    """GET /api/v1/logs: since, until, filter, q, sortOrder, limit, after.

    Without `until`, ascending, it is a poll: there is always a next page to ask later.
    """
    query, tenant = call.query, call.tenant
    since = query.get("since") or (tenant.clock() - DEFAULT_WINDOW).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    until = query.get("until", "")
    events = [
        event
        for event in tenant.store.all(LOG_EVENT)
        if since <= event.body["published"] and (not until or event.body["published"] < until)
    ]
    if expression := query.get("filter"):
        holds = compile_filter(expression)
        events = [event for event in events if holds(event.body)]
    if words := query.get("q", "").lower().split():
        events = [event for event in events if all(word in str(event.body).lower() for word in words)]
    order = query.get("sortOrder", "ASCENDING")
    if order not in ("ASCENDING", "DESCENDING"):
        raise invalid_field("sortOrder", "must be ASCENDING or DESCENDING")
    newest_first = order == "DESCENDING"
    polling = not until and not newest_first
    page, headers = page_of(call, events, PAGING, newest_first=newest_first, always_next=polling)
    return Answer(200, [show(tenant, event) for event in page], headers)


ROUTES = [Route("GET", "/api/v1/logs", list_events)]
