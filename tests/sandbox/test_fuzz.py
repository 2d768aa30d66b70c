"""Arbitrary requests to every endpoint: each gets a prompt answer in Okta's format, and never a 500."""

import random
import time
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from okta_sandbox import system_log
from okta_sandbox.exchange import Route
from okta_sandbox.families import ROUTES

from .conftest import Okta
from .test_never_fails import places, replaced
from .valid_requests import CHANGES, RequestBuilder

ENDPOINTS = [*ROUTES, *system_log.ROUTES]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PROPFIND", "TRACE"]
MAX_ANSWER_SECONDS = 2.0
OAUTH = {"error", "error_description"}
ERROR = {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([2**63, -(2**63), 10**300])
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["\x00", "null", "ALL", "me", "default", "é" * 300, "x" * 3000, "{}", "\ud7ff"]
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
DEEP = st.integers(2, 3000).map(lambda depth: b"[" * depth + b"]" * depth)
NESTED = st.integers(2, 900).map(lambda depth: b'{"profile":' * depth + b"1" + b"}" * depth)
RAW = (
    st.binary(max_size=40)
    | DEEP
    | NESTED
    | st.sampled_from([b"{", b'{"a":1,}', b"\xff\xfe", b"nul", b'{"a":NaN}', b" " * 9])
)
NAMES = ["limit", "after", "q", "filter", "search", "since", "until", "sortOrder", "expand", "type", "activate", "kid"]
QUERIES = st.dictionaries(
    st.sampled_from(NAMES) | TEXTS,
    TEXTS
    | st.integers().map(str)
    | st.sampled_from(['id eq "x"', "a eq", "(" * 2000, "not (id pr", "2026-01-01", "-1", "true"]),
    max_size=3,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "Content-Type", "If-None-Match", "Range", "X-Okta-User-Agent-Extended", "Host", "Expect"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
    max_size=2,
)
IDS = st.sampled_from(
    ["me", "default", "00g00000000000000000", "x", "%00", "%2F", "..", "a" * 500, "é", "lifecycle", "-1"]
)


def check(okta: Okta, method: str, path: str, **options: Any) -> httpx.Response | None:
    """An answer that is Okta's; None for what the client itself refuses to send."""
    started = time.perf_counter()
    try:
        response = okta.request(method, path, **options)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError):
        return None
    assert time.perf_counter() - started < MAX_ANSWER_SECONDS
    assert response.status_code < 500, response.text
    if response.status_code >= 400 and method != "HEAD":
        assert set(response.json()) in (ERROR, OAUTH), response.text
    return response


def mutated(builder: RequestBuilder, route: Route, chance: random.Random, new: Any) -> Any:
    """A body that the endpoint takes, with something else somewhere; also an invented field, or one that is gone."""
    body = builder.body(route) if route.method in ("POST", "PUT", "PATCH") else None
    if not isinstance(body, dict):
        return new
    return replaced(body, chance.choice(places(body)), new)


@seed(20260101)
@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_anything_to_any_endpoint(okta: Okta, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ENDPOINTS), "endpoint")
    okta.sandbox.reset()
    builder, chance = RequestBuilder(okta), random.Random(data.draw(st.integers(0, 10**6), "choice"))
    path, _ = builder.path(route.path)  # the body may name what was made on the way
    if "{" in route.path and data.draw(st.booleans(), "wrong id"):
        path = "/".join(data.draw(IDS) if step.startswith("{") else step for step in route.path.split("/"))
    query, headers = data.draw(QUERIES, "query"), data.draw(HEADERS, "headers")
    method = data.draw(st.sampled_from([route.method, route.method, route.method, *METHODS]), "method")
    options: dict[str, Any] = {"params": query, "headers": headers}
    kind = data.draw(st.sampled_from(["mutated", "mutated", "json", "raw", "none"]), "body")
    if kind == "mutated":
        options["json"] = mutated(builder, route, chance, data.draw(JSON))
    elif kind == "json":
        options["json"] = data.draw(JSON)
    elif kind == "raw":
        options["content"] = data.draw(RAW)
    check(okta, method, path, **options)
    for listed in (route.path.rsplit("/{", 1)[0],):  # what was stored can be shown
        if "{" not in listed:
            check(okta, "GET", listed)


ODDITIES: list[Any] = [None, True, 0, -1, 1.5, "", "x", "x" * 5000, [], [None], ["x"], {}, {"x": {}}, [[]]]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_every_field_with_another_value(okta: Okta, method: str) -> None:
    for route in (route for route in CHANGES if route.method == method):
        okta.sandbox.reset()
        builder = RequestBuilder(okta)
        path, _ = builder.path(route.path)
        builder.prepare(route, path)
        body = builder.body(route, path)
        check(okta, method, path, json=body)
        for place in places(body):
            for odd in ODDITIES:
                check(okta, method, path, json=replaced(body, place, odd))
        check(okta, "GET", path)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_on_every_path(okta: Okta, method: str) -> None:
    for path in sorted({route.path for route in ENDPOINTS}):
        assert check(okta, method, path.replace("{", "").replace("}", "")) is not None


def test_body_size_limit(okta: Okta) -> None:
    name = "x" * 999_000
    assert check(okta, "POST", "/api/v1/groups", json={"profile": {"name": name}}) is not None
    response = check(okta, "POST", "/api/v1/groups", json={"profile": {"name": name * 2}})
    assert response is not None
    assert response.status_code == 413
