"""The sandbox's own endpoints, under `/_sandbox`. They need no token.

GET    /_sandbox              what this is, so that a client can refuse to touch anything else
POST   /_sandbox/reset        a fresh org; {"pipeline": "idx" | "v1"} chooses which
POST   /_sandbox/faults       order a fault (see `faults`); GET lists them, DELETE clears them
GET    /_sandbox/stats        requests, bytes and statuses by endpoint; DELETE zeroes them
POST   /_sandbox/rate-limits  {"plan": "developer", "scale": 0.1} switches the limits on
POST   /_sandbox/consistency  {"seconds": 2} lets `search` and the members of groups lag behind
POST   /_sandbox/seed         many objects at once (see `seeding`)
POST   /_sandbox/administrators  a further administrator with an API token: {"login": "..."} (until a restart)
POST   /_sandbox/service-apps  an app that signs in with a private key (see `service_apps`)
"""

import secrets
from collections.abc import Callable

from pydantic import Field

from reconciler.sandbox import rate_limits, seeding, service_apps
from reconciler.sandbox.body import Body, read
from reconciler.sandbox.callers import token_id
from reconciler.sandbox.errors import invalid_field
from reconciler.sandbox.exchange import NO_CONTENT, Answer, Call, Handler, Route
from reconciler.sandbox.families.users import USERS
from reconciler.sandbox.faults import FaultOrder
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.patterns import PatternRefused
from reconciler.sandbox.sandbox import Sandbox

PREFIX = "/_sandbox"


class RateLimitOrder(Body):
    """What `POST /_sandbox/rate-limits` takes."""

    enforced: bool = True
    plan: rate_limits.Plan = "workforce"
    scale: float = Field(default=1.0, gt=0)
    share: float = Field(default=0.5, gt=0, le=1)
    concurrent: int | None = Field(default=None, ge=1)


class ConsistencyOrder(Body):
    """What `POST /_sandbox/consistency` takes."""

    seconds: float = Field(ge=0, le=3600)


class AdministratorOrder(Body):
    """What `POST /_sandbox/administrators` takes."""

    login: str = Field(min_length=5, max_length=100, pattern=r"^\S+@\S+$")


def routes(sandbox: Sandbox) -> list[Route]:
    """The routes for one sandbox."""

    def bound(handler: Callable[[Sandbox, Call], Answer]) -> Handler:
        return lambda call: handler(sandbox, call)

    table: list[tuple[str, str, Callable[[Sandbox, Call], Answer]]] = [
        ("GET", PREFIX, identify),
        ("POST", f"{PREFIX}/reset", reset),
        ("GET", f"{PREFIX}/faults", list_faults),
        ("POST", f"{PREFIX}/faults", order_fault),
        ("DELETE", f"{PREFIX}/faults", clear_faults),
        ("GET", f"{PREFIX}/stats", report),
        ("DELETE", f"{PREFIX}/stats", clear_report),
        ("POST", f"{PREFIX}/rate-limits", limit_rates),
        ("POST", f"{PREFIX}/consistency", lag_behind),
        ("POST", f"{PREFIX}/seed", seed),
        ("POST", f"{PREFIX}/administrators", make_administrator),
        ("POST", f"{PREFIX}/service-apps", make_service_app),
    ]
    return [Route(method, path, bound(handler)) for method, path, handler in table]


def identify(sandbox: Sandbox, call: Call) -> Answer:
    """GET /_sandbox."""
    tenant = sandbox.tenant
    return Answer(
        200,
        {
            "sandbox": "okta",
            "name": tenant.org["subdomain"],
            "pipeline": tenant.pipeline,
            "orgId": tenant.org["id"],
            "url": tenant.base_url,
            "tokenRequired": sandbox.token is not None,
        },
    )


def reset(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/reset."""
    pipeline = call.json().get("pipeline", sandbox.pipeline)
    if pipeline not in ("idx", "v1"):
        raise invalid_field("pipeline", "must be idx or v1")
    sandbox.reset(pipeline)
    return NO_CONTENT


def _fault_view(order: FaultOrder, seen: int, applied: int) -> JsonObject:
    return {**order.model_dump(), "seen": seen, "applied": applied}


def list_faults(sandbox: Sandbox, call: Call) -> Answer:
    """GET /_sandbox/faults."""
    return Answer(200, [_fault_view(each.order, each.seen, each.applied) for each in sandbox.faults.active])


def order_fault(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/faults."""
    order = FaultOrder(**read(FaultOrder, call.json()))
    if order.status is None and not (order.latency or order.drop or order.truncate):
        raise invalid_field("status", "A fault needs one of status, latency, drop, truncate.")
    try:
        fault = sandbox.faults.add(order)
    except PatternRefused as error:
        raise invalid_field("path", f"not a regular expression that can be used here: {error}") from None
    return Answer(201, _fault_view(fault.order, 0, 0))


def clear_faults(sandbox: Sandbox, call: Call) -> Answer:
    """DELETE /_sandbox/faults."""
    sandbox.faults.clear()
    return NO_CONTENT


def report(sandbox: Sandbox, call: Call) -> Answer:
    """GET /_sandbox/stats."""
    return Answer(200, sandbox.statistics.report())


def clear_report(sandbox: Sandbox, call: Call) -> Answer:
    """DELETE /_sandbox/stats."""
    sandbox.statistics.clear()
    return NO_CONTENT


def limit_rates(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/rate-limits."""
    order = read(RateLimitOrder, call.json())
    under_way = sandbox.rate_limits.under_way
    sandbox.rate_limits = rate_limits.RateLimits(**order, under_way=under_way)
    return Answer(200, order)


def lag_behind(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/consistency."""
    order = read(ConsistencyOrder, call.json())
    sandbox.lag.seconds = order["seconds"]
    return Answer(200, order)


def seed(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/seed."""
    return Answer(200, seeding.seed(call, read(seeding.SeedOrder, call.json())))


def make_administrator(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/administrators."""
    login = read(AdministratorOrder, call.json())["login"]
    profile = {"login": login, "email": login, "firstName": "Another", "lastName": "Administrator"}
    user = USERS.add(call, {"profile": profile})
    token = secrets.token_urlsafe(30)
    sandbox.administrators[token_id(token)] = user.id
    return Answer(201, {"id": user.id, "login": login, "token": token})


def make_service_app(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/service-apps."""
    return Answer(201, service_apps.make(call, read(service_apps.ServiceAppOrder, call.json())))
