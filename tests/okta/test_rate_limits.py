from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds import Kind, kinds, path_levels
from reconciler.okta.bounds import Bounds
from reconciler.okta.client import OktaClient
from reconciler.okta.rate_limits import RateLimits, bucket_of
from reconciler.okta.sign_in import ApiToken
from reconciler.stand_in.objects import item_path, list_path
from tests.okta.virtual_time import now, run

PATH = "/api/v1/groups"


@dataclass
class Okta:
    """A bucket of Okta: a number of requests in each window of a minute, counted on arrival."""

    limit: int
    others: int = 0
    """Requests of other tools at the beginning of each window."""
    latency: float = 0.2
    window: int = -1
    used: int = 0
    refused: int = 0
    least: float = math.inf
    """The lowest number of requests that remained for others."""

    async def answer(self) -> dict[str, str]:
        """Answer one request after a delay. Returns the headers of the response."""
        await asyncio.sleep(self.latency)
        window = int(now() // 60)
        if window != self.window:
            self.window, self.used = window, self.others
        self.used += 1
        if self.used > self.limit:
            self.refused += 1
        left = max(self.limit - self.used, 0)
        self.least = min(self.least, left)
        await asyncio.sleep(self.latency)
        return headers(self.limit, left, (window + 1) * 60)


def headers(limit: Any, remaining: Any, reset: Any) -> dict[str, str]:
    return {f"x-rate-limit-{k}": str(v) for k, v in {"limit": limit, "remaining": remaining, "reset": reset}.items()}


def limits_told(reserve: float = 0.1) -> tuple[RateLimits, list[float]]:
    """Limits, and the waits that they reported."""
    told: list[float] = []
    return RateLimits(reserve, clock=now, held_up=told.append), told


async def ask(limits: RateLimits, okta: Okta, path: str = PATH) -> None:
    async with limits.turn(path) as bucket:
        limits.learn(bucket, await okta.answer())


def ask_all(limits: RateLimits, okta: Okta, requests: int) -> float:
    """Send a number of requests at once. Returns the time that they took."""

    async def work() -> float:
        await asyncio.gather(*(ask(limits, okta) for _ in range(requests)))
        return now()

    return run(work())


# Against Okta


@pytest.mark.parametrize("limit", [1, 2, 5, 20, 50, 600])
@pytest.mark.parametrize("requests", [1, 7, 60, 150])
def test_okta_never_has_to_refuse(limit, requests):
    limits, _ = limits_told()
    okta = Okta(limit)
    ask_all(limits, okta, min(requests, limit * 8))
    assert okta.refused == 0


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 60),
    requests=st.integers(1, 150),
    reserve=st.sampled_from([0.0, 0.1, 0.5]),
    latency=st.sampled_from([0.0, 0.01, 0.2, 5.0, 25.0]),
)
def test_head_room_is_kept_whatever_the_limit_and_however_slow_the_answers(limit, requests, reserve, latency):
    limits, _ = limits_told(reserve)
    okta = Okta(limit, latency=latency)
    ask_all(limits, okta, min(requests, limit * 6))
    assert okta.refused == 0
    assert okta.least >= min(math.floor(limit * reserve), limit - 1)


def test_the_available_limit_is_used():
    limits, _ = limits_told()
    okta = Okta(100, latency=0.01)
    assert ask_all(limits, okta, 90) < 2, "one window is enough for nine tenths of the limit"
    assert ask_all(*(limits_told()[0], Okta(100, latency=0.01)), 180) < 63, "and two for twice as much"


def test_requests_of_others_are_respected():
    limits, _ = limits_told()
    okta = Okta(100, others=60)
    ask_all(limits, okta, 60)
    assert okta.refused == 0
    assert okta.least >= 10


@pytest.mark.parametrize(("limit", "requests"), [(2, 7), (100, 450), (600, 2000)])
def test_a_wait_is_reported_once_with_a_correct_duration(limit, requests):
    limits, _ = limits_told()
    told: list[tuple[float, float]] = []
    limits._held_up = lambda seconds: told.append((now(), seconds))
    took = ask_all(limits, Okta(limit, latency=0.01), requests)
    windows = math.ceil(requests / (limit - math.floor(limit * limits.reserve)))
    assert len(told) == windows - 1
    assert all(moment + left == pytest.approx(took, abs=3) for moment, left in told)


def test_without_a_wait_nothing_is_reported():
    limits, told = limits_told()
    ask_all(limits, Okta(600), 100)
    assert told == []


# Unknown buckets


def test_an_unknown_bucket_gets_one_request_at_a_time():
    limits, _ = limits_told()
    under_way, most = 0, 0

    async def one(answer: dict[str, str]) -> None:
        nonlocal under_way, most
        async with limits.turn(PATH) as bucket:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(1)
            limits.learn(bucket, answer)
            under_way -= 1

    async def work() -> None:
        concurrent = headers(0, 0, 60)  # says nothing of the bucket
        await asyncio.gather(*(one(concurrent) for _ in range(3)))
        assert most == 1
        await one(headers(100, 99, 60))
        await asyncio.gather(*(one(headers(100, 90, 60)) for _ in range(5)))
        assert most == 5

    run(work())


def test_a_request_that_fails_lets_the_next_one_try():
    limits, _ = limits_told()

    async def work() -> None:
        for _ in range(3):
            with pytest.raises(ConnectionError):
                async with limits.turn(PATH):
                    raise ConnectionError
        async with limits.turn(PATH) as bucket:
            assert (bucket.under_way, bucket.requests) == (1, 4)
        assert bucket.under_way == 0

    run(work())


@pytest.mark.parametrize("broken", [{}, headers("many", 1, 1), {"x-rate-limit-limit": "5"}])
def test_a_server_without_rate_limit_headers_has_no_limit(broken):
    limits, _ = limits_told()

    async def one() -> None:
        async with limits.turn(PATH) as bucket:
            await asyncio.sleep(1)
            limits.learn(bucket, broken)

    async def work() -> float:
        await asyncio.gather(*(one() for _ in range(50)))
        return now()

    assert run(work()) == pytest.approx(2)


def test_buckets_do_not_wait_for_each_other():
    limits, _ = limits_told()

    async def work() -> None:
        async with limits.turn("/api/v1/groups"), limits.turn("/api/v1/apps"), limits.turn("/api/v1/zones"):
            assert now() == 0
        assert limits.buckets.keys() == {"/api/v1/groups", "/api/v1/apps", "/api/v1"}

    run(work())


# Response headers


def learnt(*answers: dict[str, str]) -> tuple[int | None, int, float]:
    limits = RateLimits(clock=lambda: 0.0)
    bucket = limits.bucket(PATH)
    for answer in answers:
        limits.learn(bucket, answer)
    return bucket.limit, bucket.remaining, bucket.reset


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        pytest.param([headers(600, 599, 60)], (600, 599, 60), id="first"),
        pytest.param([headers(600, 10, 60), headers(600, 12, 60)], (600, 10, 60), id="overtaken-in-its-window"),
        pytest.param([headers(600, 10, 60), headers(600, 590, 120)], (600, 590, 120), id="next-window"),
        pytest.param([headers(600, 590, 120), headers(600, 10, 60)], (600, 590, 120), id="overtaken-by-a-window"),
        pytest.param([headers(600, 10, 60), headers(0, 0, 70)], (600, 10, 60), id="concurrent-limit"),
        pytest.param([headers(600, 10, 60), {}], (600, 10, 60), id="nothing-new"),
        pytest.param([headers(600, 10, 60), headers(1200, 1190, 120)], (1200, 1190, 120), id="limit-raised"),
        pytest.param([{}, headers(600, 10, 60)], (600, 10, 60), id="numbers-at-last"),
        pytest.param([headers(600, 10, 60), headers("nan", "nan", "nan")], (600, 10, 60), id="no-numbers"),
        pytest.param([headers(600, 10, 60), headers(600, "-1", 60)], (600, 10, 60), id="negative"),
        pytest.param([headers(600, 10, 60), headers("inf", "inf", "1e999")], (600, 10, 60), id="infinite"),
        pytest.param([headers(600, 10, 60), headers("", "", "")], (600, 10, 60), id="empty"),
        pytest.param([headers(600, 10, 60), headers(0.5, 0, 70)], (600, 10, 60), id="less-than-one"),
        pytest.param([headers(600, 10, 10**15)], (600, 10, 60), id="reset-too-far-away"),
        pytest.param([headers("600.0", "10.0", "60.5")], (600, 10, 60.5), id="fractions"),
    ],
)
def test_the_newest_numbers_count(answers, known):
    assert learnt(*answers) == known


@pytest.mark.parametrize("ahead", [-3600, -90, 0, 90, 3600])
def test_the_reset_is_a_time_of_the_tenants_clock(ahead):
    """Its `Date` shows the tenant's time."""
    limits = RateLimits(clock=lambda: 1_800_000_000.0)
    bucket = limits.bucket(PATH)
    for remaining in (5, 3):
        date = formatdate(1_800_000_000 + ahead, usegmt=True)
        limits.learn(bucket, {"date": date, **headers(600, remaining, 1_800_000_000 + ahead + 40)})
        assert (bucket.remaining, bucket.reset) == (remaining, 1_800_000_040)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Jan 1970 00:00:00 GMT", "\x00"])
def test_an_invalid_date_is_ignored(date):
    assert learnt({"date": date, **headers(600, 10, 60)}) == (600, 10, 60)


# Buckets


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/v1/apps", "/api/v1/apps"),
        ("/api/v1/apps/0oa1", "/api/v1/apps/{id}"),
        ("/api/v1/apps/0oa1/groups", "/api/v1/apps"),
        ("/api/v1/apps/0oa1/groups/00g1", "/api/v1/apps"),
        ("/api/v1/apps/0oa1/lifecycle/activate", "/api/v1/apps"),
        ("/api/v1/appsomething", "/api/v1"),
        ("/api/v1/groups", "/api/v1/groups"),
        ("/api/v1/groups/00g1", "/api/v1/groups/{id}"),
        ("/api/v1/groups/rules", "/api/v1/groups"),
        ("/api/v1/groups/rules/0pr1", "/api/v1/groups"),
        ("/api/v1/groups/rulesque", "/api/v1/groups/{id}"),
        ("/api/v1/users/me", "/api/v1/users"),
        ("/api/v1/users", "/api/v1/users"),
        ("/api/v1/logs", "/api/v1/logs"),
        ("/oauth2/v1/token", "/oauth2/v1"),
        ("/oauth2/v1/clients", "/oauth2/v1"),
        ("/oauth2/v10", "/api/v1"),
        ("/api/v1/zones", "/api/v1"),
        ("/api/v1/policies/00p1/rules", "/api/v1"),
        ("/api/v1/authorizationServers/aus1/scopes", "/api/v1"),
        ("/_sandbox", "/api/v1"),
    ],
)
def test_the_table_of_buckets(path, bucket):
    assert bucket_of(path) == bucket


@pytest.mark.parametrize("kind", [kind for kind in kinds() if len(path_levels(kind)) == 1], ids=lambda kind: kind.name)
def test_single_objects_and_lists_have_separate_buckets(kind: Kind):
    many = kind.shape.path.rpartition("/")[2] in ("apps", "groups")
    assert (bucket_of(list_path(kind, ())) != bucket_of(item_path(kind, ("1",)))) == many


@pytest.mark.parametrize("kind", [kind for kind in kinds() if len(path_levels(kind)) > 1], ids=lambda kind: kind.name)
def test_owned_objects_are_in_the_bucket_of_the_outermost_collection(kind: Kind):
    levels = path_levels(kind)
    owners = tuple("123"[: len(levels) - 1])
    path = list_path(kind, owners)
    if path.startswith(f"{levels[-1].shape.path}/"):
        assert bucket_of(path) == bucket_of(levels[-1].shape.path)
    else:  # roles of a service app: `/oauth2/v1/clients/{id}/roles`
        assert bucket_of(path) == "/oauth2/v1"


def test_half_of_each_limit_is_left_to_others_unless_the_environment_says_otherwise():
    def reserve(bounds: Bounds) -> float:
        return OktaClient("https://acme.okta.com", ApiToken("x"), bounds=bounds).limits.reserve

    assert reserve(Bounds()) == RateLimits().reserve == 0.5
    assert reserve(Bounds(bucket_share=0.75)) == 0.25
