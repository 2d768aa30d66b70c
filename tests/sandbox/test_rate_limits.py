"""Rate limits of each plan, and our own client, which stays within them."""

import asyncio
from typing import Any

import httpx
import pytest

from okta_sandbox.application import app_of
from okta_sandbox.errors import OktaError
from okta_sandbox.rate_limits import PLANS, Plan, RateLimits
from okta_sandbox.sandbox import Sandbox
from reconciler.errors import TenantError
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken

from .conftest import BASE_URL, Okta

NOON = 1_767_268_800.0  # the beginning of a minute


def limits_told(limits: RateLimits, method: str, path: str, caller: str = "one") -> int:
    return int(limits.count(method, path, caller, NOON)["x-rate-limit-limit"])


@pytest.mark.parametrize(
    ("request_line", "limits"),
    [
        ("GET /api/v1/apps", (20, 100, 100)),
        ("GET /api/v1/apps/0oa1/groups", (20, 100, 100)),
        ("PUT /api/v1/apps/0oa1", (100, 600, 500)),
        ("GET /api/v1/groups/rules", (100, 600, 500)),
        ("GET /api/v1/groups/00g1", (100, 600, 1000)),
        ("GET /api/v1/users/00u1", (100, 1000, 2000)),
        ("POST /api/v1/users/00u1", (100, 600, 600)),
        ("GET /api/v1/logs", (20, 50, 120)),
        ("POST /oauth2/v1/token", (300, 1200, 2000)),
        ("GET /api/v1/policies", (100, 600, 1200)),
    ],
)
def test_the_table_of_each_plan(request_line: str, limits: tuple[int, ...]) -> None:
    method, path = request_line.split()
    for plan, limit in zip(PLANS, limits, strict=True):
        assert limits_told(RateLimits(True, plan=plan, share=1), method, path) == limit
        assert limits_told(RateLimits(True, plan=plan), method, path) == limit // 2, "one token's half"


def test_caller_share_and_bucket() -> None:
    limits = RateLimits(True, plan="developer")

    def requests_of(caller: str) -> int:
        for number in range(100):
            try:
                limits.count("GET", "/api/v1/apps", caller, NOON)
            except OktaError as error:
                assert (error.status, error.code) == (429, "E0000047")
                assert error.headers["x-rate-limit-remaining"] == "0"
                assert error.headers["x-rate-limit-reset"] == str(int(NOON) + 60)
                return number
        raise AssertionError("no limit")

    assert [requests_of(caller) for caller in ("one", "two", "three")] == [10, 10, 0]
    assert limits.count("GET", "/api/v1/apps", "three", NOON + 60), "a new minute"


def test_concurrent_limit(okta: Okta) -> None:
    okta.post("/_sandbox/rate-limits", {"concurrent": 2})
    okta.post("/_sandbox/faults", {"path": "/api/v1/zones", "latency": 0.05}, status=201)
    answers = okta.together(*(("GET", "/api/v1/zones") for _ in range(5)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 3
    for answer in refused:
        assert (answer.headers["x-rate-limit-limit"], answer.headers["x-rate-limit-remaining"]) == ("0", "0")
    assert okta.request("GET", "/api/v1/groups").status_code == 200, "they are done"


@pytest.mark.parametrize("plan", PLANS)
def test_limits_can_hold_from_the_start_and_after_a_reset(plan: Plan) -> None:
    sandbox = Sandbox.open(BASE_URL, plan=plan)
    sandbox.reset()
    assert (sandbox.rate_limits.enforced, sandbox.rate_limits.plan) == (True, plan)
    assert not Sandbox.open(BASE_URL).rate_limits.enforced


def test_our_own_client_is_never_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends more than a bucket of requests as fast as allowed, and waits for the reset time."""
    now = [NOON + 30]
    monkeypatch.setattr("okta_sandbox.middleware.time.time", lambda: now[0])
    sandbox = Sandbox.open(BASE_URL, plan="developer")
    transport = httpx.ASGITransport(app=app_of(sandbox))  # type: ignore[arg-type]

    async def minutes_pass() -> None:
        while True:
            await asyncio.sleep(0.05)
            now[0] += 60

    async def run() -> list[Any]:
        async with OktaClient(BASE_URL, ApiToken("any"), transport=transport) as client:
            client.limits._clock = lambda: now[0]
            monkeypatch.setattr(client.limits, "_until_something_changes", lambda bucket: _moment(bucket))
            passing = asyncio.create_task(minutes_pass())
            try:
                return await asyncio.gather(*(client.get("/api/v1/apps?limit=1") for _ in range(40)))
            finally:
                passing.cancel()

    async def _moment(bucket: Any) -> None:
        try:
            await asyncio.wait_for(bucket.changed.wait(), timeout=0.02)
        except TimeoutError:
            return

    assert len(asyncio.run(run())) == 40
    (apps,) = (each for each in sandbox.statistics.report()["endpoints"] if each["path"] == "/api/v1/apps")
    assert apps["statuses"] == {"200": 40}


def test_our_own_client_waits_out_a_429(okta: Okta) -> None:
    okta.post("/_sandbox/faults", {"status": 429, "path": "/api/v1/zones", "first": 1}, status=201)

    async def run() -> Any:
        transport = httpx.ASGITransport(app=app_of(okta.sandbox))  # type: ignore[arg-type]
        async with OktaClient(BASE_URL, ApiToken("secret"), transport=transport) as client:
            with pytest.raises(TenantError, match="404"):
                await client.get("/api/v1/zones/none")
            return await client.get("/api/v1/zones")

    assert okta.get("/_sandbox/faults")[0]["seen"] == 0
    assert asyncio.run(run())
    assert okta.get("/_sandbox/faults")[0]["applied"] == 1
