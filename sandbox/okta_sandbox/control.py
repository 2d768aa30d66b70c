"""The sandbox's own endpoints, under `/_sandbox`. They need no token.

GET    /_sandbox              identifies a sandbox, so that a client can refuse to change any other tenant
POST   /_sandbox/reset        reset to a fresh org; {"pipeline": "idx" | "v1"} chooses the engine
POST   /_sandbox/faults       add a fault (see `faults`); GET lists faults, DELETE clears them
GET    /_sandbox/stats        requests, bytes and statuses by endpoint; DELETE resets them
POST   /_sandbox/rate-limits  {"plan": "developer", "scale": 0.1} enforces rate limits
POST   /_sandbox/consistency  {"seconds": 2} delays `search` and the members of groups
POST   /_sandbox/seed         creates many objects at once (see `seeding`)
POST   /_sandbox/administrators  adds an administrator with an API token: {"login": "..."} (until a restart)
POST   /_sandbox/service-apps  adds an app that signs in with a private key (see `service_apps`)
"""

import secrets
from collections.abc import Callable

from pydantic import Field

from okta_sandbox import rate_limits, seeding, service_apps
from okta_sandbox.body import Body, read
from okta_sandbox.callers import token_id
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Handler, Route
from okta_sandbox.families.users import USERS
from okta_sandbox.faults import FaultRule
from okta_sandbox.json_types import JsonObject
from okta_sandbox.patterns import InvalidPattern
from okta_sandbox.sandbox import Sandbox

PREFIX = "/_sandbox"


class RateLimitRequest(Body):
    """Body of `POST /_sandbox/rate-limits`."""

    enforced: bool = True
    plan: rate_limits.Plan = "workforce"
    scale: float = Field(default=1.0, gt=0)
    share: float = Field(default=0.5, gt=0, le=1)
    concurrent: int | None = Field(default=None, ge=1)


class ConsistencyRequest(Body):
    """Body of `POST /_sandbox/consistency`."""

    seconds: float = Field(ge=0, le=3600)


class AdministratorRequest(Body):
    """Body of `POST /_sandbox/administrators`."""

    login: str = Field(min_length=5, max_length=100, pattern=r"^\S+@\S+$")


def routes(sandbox: Sandbox) -> list[Route]:
    """The routes for one sandbox."""

    def bound(handler: Callable[[Sandbox, Call], Answer]) -> Handler:
        return lambda call: handler(sandbox, call)

    table: list[tuple[str, str, Callable[[Sandbox, Call], Answer]]] = [
        ("GET", PREFIX, identify),
        ("POST", f"{PREFIX}/reset", reset),
        ("GET", f"{PREFIX}/faults", list_faults),
        ("POST", f"{PREFIX}/faults", add_fault),
        ("DELETE", f"{PREFIX}/faults", clear_faults),
        ("GET", f"{PREFIX}/stats", show_statistics),
        ("DELETE", f"{PREFIX}/stats", clear_statistics),
        ("POST", f"{PREFIX}/rate-limits", set_rate_limits),
        ("POST", f"{PREFIX}/consistency", set_lag),
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


def _fault_view(request: FaultRule, seen: int, applied: int) -> JsonObject:
    return {**request.model_dump(), "seen": seen, "applied": applied}


def list_faults(sandbox: Sandbox, call: Call) -> Answer:
    """GET /_sandbox/faults."""
    return Answer(200, [_fault_view(each.rule, each.seen, each.applied) for each in sandbox.faults.active])


def add_fault(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/faults."""
    request = FaultRule(**read(FaultRule, call.json()))
    if request.status is None and not (request.latency or request.drop or request.truncate):
        raise invalid_field("status", "A fault needs one of status, latency, drop, truncate.")
    try:
        fault = sandbox.faults.add(request)
    except InvalidPattern as error:
        raise invalid_field("path", f"not a supported regular expression: {error}") from None
    return Answer(201, _fault_view(fault.rule, 0, 0))


def clear_faults(sandbox: Sandbox, call: Call) -> Answer:
    """DELETE /_sandbox/faults."""
    sandbox.faults.clear()
    return NO_CONTENT


def show_statistics(sandbox: Sandbox, call: Call) -> Answer:
    """GET /_sandbox/stats."""
    return Answer(200, sandbox.statistics.report())


def clear_statistics(sandbox: Sandbox, call: Call) -> Answer:
    """DELETE /_sandbox/stats."""
    sandbox.statistics.clear()
    return NO_CONTENT


def set_rate_limits(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/rate-limits."""
    request = read(RateLimitRequest, call.json())
    in_flight = sandbox.rate_limits.in_flight
    sandbox.rate_limits = rate_limits.RateLimits(**request, in_flight=in_flight)
    return Answer(200, request)


def set_lag(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/consistency."""
    request = read(ConsistencyRequest, call.json())
    sandbox.lag.seconds = request["seconds"]
    return Answer(200, request)


def seed(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/seed."""
    return Answer(200, seeding.seed(call, read(seeding.SeedRequest, call.json())))


def make_administrator(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/administrators."""
    login = read(AdministratorRequest, call.json())["login"]
    profile = {"login": login, "email": login, "firstName": "Another", "lastName": "Administrator"}
    user = USERS.add(call, {"profile": profile})
    token = secrets.token_urlsafe(30)
    sandbox.administrators[token_id(token)] = user.id
    return Answer(201, {"id": user.id, "login": login, "token": token})


def make_service_app(sandbox: Sandbox, call: Call) -> Answer:
    """POST /_sandbox/service-apps."""
    return Answer(201, service_apps.make(call, read(service_apps.ServiceAppRequest, call.json())))
