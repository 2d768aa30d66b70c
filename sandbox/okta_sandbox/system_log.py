"""System Log: one event for every change, at `/api/v1/logs`.

Event types are those of Okta's catalogue. `published` has milliseconds, unlike the times on objects, because events are
queried by time.
"""

import functools
import re
from collections.abc import Container, Mapping
from datetime import UTC, datetime, timedelta

from okta_sandbox.errors import invalid_field, invalid_search
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.filters import compile_filter
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging, page_of
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

LOG_EVENT = "LogEvent"
PAGING = Paging(default=100, maximum=1000)
DEFAULT_WINDOW = timedelta(days=7)
MAX_WORDS, MAX_WORD_LENGTH = 10, 40  # of `q`
WITH_CHANGE_DETAILS = {
    "policy.lifecycle.update",
    "application.lifecycle.update",
    "application.policy.sign_on.update",
    "security.trusted_origin.activate",
    "security.trusted_origin.deactivate",
}
IGNORED_FIELDS = {"lastUpdated"}
# Attributes allowed in `filter`; `published` is queried with since and until.
FILTERABLE_ROOTS = {
    "uuid",
    "eventType",
    "legacyEventType",
    "version",
    "severity",
    "displayMessage",
    "actor",
    "client",
    "target",
}
FILTERABLE_ROOTS |= {"transaction", "outcome", "request", "debugContext", "authenticationContext", "securityContext"}
UNSUPPORTED_CO = re.compile(r"debugContext\.debugData\.(url|requestUri)\s+co\s", re.IGNORECASE)


class _Attributes(Container[str]):
    """All paths that start with one of the names above."""

    def __contains__(self, path: object) -> bool:
        return str(path).split(".")[0] in FILTERABLE_ROOTS


ATTRIBUTES = _Attributes()


def target(identifier: str, kind: str, name: str) -> JsonObject:
    """A target of an event."""
    return {
        "id": identifier,
        "type": kind,
        "alternateId": name,
        "displayName": name,
        "detailEntry": None,
    }


def has_change_details(event_type: str) -> bool:
    """Whether events of a type contain `changeDetails`."""
    return event_type in WITH_CHANGE_DETAILS or (event_type.startswith("iam.") and event_type.endswith(".update"))


def details(before: JsonObject, after: JsonObject) -> JsonObject:
    """The `changeDetails` of a target: the fields that differ, before and after."""
    changed = [
        name for name in sorted((before.keys() | after.keys()) - IGNORED_FIELDS) if before.get(name) != after.get(name)
    ]
    sides = {"from": before, "to": after}
    return {"changeDetails": {side: {name: body.get(name) for name in changed} for side, body in sides.items()}}


def record(call: Call, event_type: str, *targets: JsonObject, failure: str | None = None) -> None:
    """Record an event of a request; `failure` is the reason of a failed one."""
    tenant, actor = call.tenant, call.actor
    app, profile = call.caller.app, actor.body.get("profile", {})
    kind, name = ("PublicClientApp", actor.body["label"]) if app else ("User", profile["login"])
    shown = name if app else f"{profile['firstName']} {profile['lastName']}"
    client = app.body["credentials"]["oauthClient"]["client_id"] if app else None
    event = {
        "published": _text(tenant.clock()),
        "eventType": event_type,
        "actor": _actor(actor.id, kind, name, shown),
        "client": _client(client, call.user_agent, call.client_address),
        "target": list(targets),
        "request": (call.request_id, call.path, call.query_string),
    }
    if call.caller.token_id:
        event["apiToken"] = call.caller.token_id
    if failure:
        event["failure"] = failure
    call.events.append(tenant.store.add(LOG_EVENT, tenant.identifiers.uuid(), event))


@functools.lru_cache
def _actor(identifier: str, kind: str, name: str, shown: str) -> JsonObject:
    """One shared object for all events of an actor."""
    return {**target(identifier, kind, name), "displayName": shown}


@functools.lru_cache
def _client(identifier: str | None, user_agent: str, address: str) -> JsonObject:
    """One shared object for all events of a client."""
    return {
        "userAgent": {"rawUserAgent": user_agent, "os": "Unknown", "browser": "UNKNOWN"},
        "zone": "null",
        "device": "Unknown",
        "id": identifier,
        "ipAddress": address,
        "geographicalContext": None,
    }


def show(event: Record) -> JsonObject:
    """An event as the API shows it; only the variable parts are stored."""
    body = event.body
    request_id, path, query = body["request"]
    failure, token = body.get("failure"), body.get("apiToken")
    data = {"requestId": request_id, "requestUri": path, "url": f"{path}?{query}" if query else path}
    return {
        "uuid": event.id,
        "published": body["published"],
        "eventType": body["eventType"],
        "version": "0",
        "severity": "WARN" if failure else "INFO",
        "legacyEventType": None,
        "displayMessage": body["eventType"].replace(".", " ").replace("_", " ").capitalize(),
        "actor": body["actor"],
        "client": body["client"],
        "outcome": {"result": "FAILURE" if failure else "SUCCESS", "reason": failure},
        "target": body["target"],
        "transaction": {"type": "WEB", "id": request_id, "detail": {"requestApiTokenId": token} if token else {}},
        "debugContext": {"debugData": data},
        "authenticationContext": {"authenticationStep": 0, "externalSessionId": request_id},
    }


def list_events(call: Call) -> Answer:
    """GET /api/v1/logs: since, until, filter, q, sortOrder, limit, after.

    Ascending and without `until`, it is a polling request, which always has a next link.
    """
    query, tenant = call.query, call.tenant
    until = _time(query, "until")
    since = _time(query, "since") or _text(_moment(until, tenant) - DEFAULT_WINDOW)
    events = [
        event
        for event in tenant.store.all(LOG_EVENT)
        if since <= event.body["published"] and (not until or event.body["published"] < until)
    ]
    if expression := query.get("filter"):
        if UNSUPPORTED_CO.search(expression):
            raise invalid_search(expression)
        holds = compile_filter(expression, ATTRIBUTES)
        events = [event for event in events if holds(show(event))]
    if words := query.get("q", "").lower().split():
        if len(words) > MAX_WORDS or max(map(len, words)) > MAX_WORD_LENGTH:
            raise invalid_field("q", f"at most {MAX_WORDS} words of at most {MAX_WORD_LENGTH} characters")
        events = [event for event in events if all(word in str(show(event)).lower() for word in words)]
    order = query.get("sortOrder", "ASCENDING")
    if order not in ("ASCENDING", "DESCENDING"):
        raise invalid_field("sortOrder", "must be ASCENDING or DESCENDING")
    newest_first = order == "DESCENDING"
    polling = not until and not newest_first
    page, headers = page_of(call, events, PAGING, newest_first=newest_first, always_next=polling)
    return Answer(200, [show(event) for event in page], headers)


def _time(query: Mapping[str, str], name: str) -> str:
    """A time in the query, in the format of events; empty if absent."""
    if not (given := query.get(name)):
        return ""
    try:
        moment = datetime.fromisoformat(given.replace(" ", "+"))  # an unescaped plus sign
        return _text(moment.astimezone(UTC) if moment.tzinfo else moment)
    except (ValueError, OverflowError):
        raise invalid_field(name, "must be an ISO 8601 time") from None


def _moment(until: str, tenant: Tenant) -> datetime:
    return datetime.fromisoformat(until) if until else tenant.clock()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


ROUTES = [Route("GET", "/api/v1/logs", list_events, "okta.logs")]
