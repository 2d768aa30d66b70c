from __future__ import annotations

import asyncio
import itertools
import zlib
from typing import Any

import httpx
import pytest

from reconciler.errors import TenantError, Unauthorised, UnexpectedAnswer, Unreachable
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.progress import Silent
from tests.okta.tenants import TOKEN, URL, Script, client_of
from tests.okta.virtual_time import now, run

OK = httpx.Response(200, json={"id": "1"})
PATH = "/api/v1/groups"
METHODS = ("GET", "PUT", "DELETE", "POST")
CUT = httpx.Response(200, content=b'{"id": ')
REFUSED = httpx.ConnectError("connection refused")
ERROR = {
    "errorCode": "E0000001",
    "errorSummary": "Api validation failed",
    "errorId": "oaeRequest",
    "errorCauses": [{"errorSummary": "name: is taken"}, {"errorSummary": "type: is unknown"}],
}
BODIES: dict[str, dict[str, Any]] = {"json": {"json": ERROR}, "page": {"content": b"<html>no</html>"}, "empty": {}}


def answered(status: int, **options: Any) -> httpx.Response:
    return httpx.Response(status, **({"json": ERROR} | options))


def send(script: Script, method: str = "GET", body: Any = None) -> Any:
    async def work() -> Any:
        async with client_of(script) as client:
            return await client.send(method, PATH, body)

    return run(work())


def failure(script: Script, method: str = "GET", path: str = PATH) -> TenantError:
    async def work() -> None:
        async with client_of(script) as client:
            await client.send(method, path)

    with pytest.raises(TenantError) as caught:
        run(work())
    return caught.value


def read_pages(script: Script, path: str = PATH) -> list[list[Any]]:
    async def work() -> list[list[Any]]:
        async with client_of(script) as client:
            return [list(page) async for page in client.pages(path)]

    return run(work())


def page(items: list[Any], following: str = "") -> httpx.Response:
    headers = [("Link", f'<{URL}{PATH}>; rel="self"')]
    if following:
        headers.append(("Link", f'<{URL}{following}>; rel="next"'))
    return httpx.Response(200, json=items, headers=headers)


# Pages


def test_pages_are_followed_as_the_server_links_them():
    script = Script([page([1, 2], f"{PATH}?after=x%2By&limit=2"), page([], f"{PATH}?after=z"), page([3])])
    assert read_pages(script, f"{PATH}?limit=2") == [[1, 2], [], [3]]
    assert [str(request.url) for request in script.asked] == [
        f"{URL}{PATH}?limit=2",
        f"{URL}{PATH}?after=x%2By&limit=2",
        f"{URL}{PATH}?after=z",
    ]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ('<https://elsewhere.example/api/v1/groups>; rel="next"', "points outside the tenant"),
        ('<http://acme.okta.com/>; rel="next"', "points outside the tenant"),
        (f'<{URL}{PATH}>; rel="next"', "leads back to"),
        ('<https://[acme>; rel="next"', "points outside the tenant"),
        ('<https://acme.okta.com:port/>; rel="next"', "points outside the tenant"),
        ('<>; rel="next"', "points outside the tenant"),
        (f"<{URL}{PATH}?after=1>; title=a=b; rel=next", "cannot be read"),
        (f"{PATH}?after=1", "cannot be read"),
        (";;;", "cannot be read"),
    ],
)
def test_a_malformed_link_is_an_error_and_not_the_last_page(link: str, said: str):
    script = Script([httpx.Response(200, json=[1], headers={"Link": link})])
    with pytest.raises(UnexpectedAnswer, match=f"the (Link header|link to the next page) {said}") as caught:
        read_pages(script, f"{URL}{PATH}")
    assert caught.value.exit_code == 3
    assert len(script.asked) == 1


@pytest.mark.parametrize("link", ["", " ", f'<{URL}{PATH}>; rel="self"', f'<{URL}/next>; rel="self"'])
def test_a_page_without_a_next_one_is_the_last(link: str):
    assert read_pages(Script([httpx.Response(200, json=[1], headers={"Link": link})])) == [[1]]


def test_a_page_that_fails_temporarily_is_repeated_without_duplicate_items():
    script = Script([page([1], f"{PATH}?after=1"), answered(503), CUT, httpx.ReadError("gone"), page([2])])
    assert read_pages(script) == [[1], [2]]
    assert len(script.asked) == 5


@pytest.mark.parametrize("answer", [{"id": 1}, None, "text", 7])
def test_a_response_that_is_not_a_list_is_an_error(answer):
    with pytest.raises(UnexpectedAnswer, match=rf"GET {PATH} on {URL}: expected a list, got {type(answer).__name__}"):
        read_pages(Script([httpx.Response(200, json=answer)]))


def test_an_invalid_address_is_an_error():
    assert isinstance(failure(Script([OK]), path=f"{PATH}/a\nb"), UnexpectedAnswer)


# Repeats


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("answer", "repeated"),
    [
        pytest.param(answered(429), METHODS, id="429"),
        pytest.param(answered(429, content=b"<html>slow down"), METHODS, id="429-without-json"),
        pytest.param(REFUSED, METHODS, id="refused"),
        pytest.param(httpx.ConnectTimeout("connect"), METHODS, id="no-connection-in-time"),
        *(pytest.param(answered(status), METHODS[:3], id=str(status)) for status in (408, 500, 502, 503, 504)),
        pytest.param(answered(502, content=b"<html>Bad Gateway"), METHODS[:3], id="502-without-json"),
        pytest.param(httpx.ReadTimeout("read"), METHODS[:3], id="no-answer-in-time"),
        pytest.param(httpx.ReadError("reset by peer"), METHODS[:3], id="reset"),
        pytest.param(httpx.RemoteProtocolError("peer closed connection"), METHODS[:3], id="closed"),
        pytest.param(httpx.DecodingError("incomplete gzip"), METHODS[:3], id="undecodable"),
        pytest.param(CUT, METHODS[:3], id="cut"),
        *(pytest.param(answered(status), (), id=str(status)) for status in (302, 400, 401, 403, 404, 409, 501)),
        pytest.param(answered(404, content=b"<html>Not Found"), (), id="404-without-json"),
    ],
)
def test_only_idempotent_requests_are_repeated(method, answer, repeated):
    script = Script([answer, OK])
    if method in repeated:
        assert send(script, method) == {"id": "1"}
        assert len(script.asked) == 2
    else:
        failure(script, method)
        assert len(script.asked) == 1


@pytest.mark.parametrize("answer", [answered(503), answered(429), REFUSED, CUT], ids=["503", "429", "refused", "cut"])
def test_there_are_five_attempts_with_growing_pauses(answer):
    script = Script([answer])
    failure(script)
    assert len(script.asked) == 5
    pauses = [later - earlier for earlier, later in itertools.pairwise(script.times)]
    for number, pause in enumerate(pauses):
        assert 0.125 * 2**number <= pause <= 0.375 * 2**number


def test_a_repeated_request_is_the_same_request():
    script = Script([answered(503), OK])
    send(script, "PUT", {"name": "Größe"})
    first, second = script.asked
    assert first.content == second.content == '{"name":"Größe"}'.encode()
    assert first.headers["content-type"] == "application/json"


def test_a_429_waits_for_the_reset():
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "42"}
    script = Script([answered(429, headers=headers), OK])
    send(script, "POST")
    assert script.times[1] >= 42


def test_a_429_of_the_concurrent_limit_waits_only_briefly():
    """Okta sends a limit of 0 with it, which is not the limit of the bucket."""
    headers = {"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1000000"}
    script = Script([answered(429, headers=headers), OK])
    send(script)
    assert script.times[1] < 1


@pytest.mark.parametrize(
    ("headers", "earliest"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "30", "x-rate-limit-reset": "nan"}, 30),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:45 GMT"}, 45),
        ({"retry-after": "1e9"}, 120),
    ],
)
def test_a_429_without_a_reset_waits_for_its_retry_after(headers, earliest):
    script = Script([answered(429, headers=headers), OK])
    send(script)
    assert earliest <= script.times[1] < earliest + 2


@pytest.mark.parametrize("value", ["soon", "", "nan", "inf", "-5", "Thu, 99 Jan 1970"])
def test_an_invalid_retry_after_is_ignored(value):
    script = Script([answered(429, headers={"retry-after": value}), OK])
    send(script)
    assert script.times[1] < 2


def test_during_a_retry_after_no_request_is_sent():
    script = Script([OK, answered(429, headers={"retry-after": "30"}), OK])

    async def work() -> None:
        async with client_of(script, connections=2) as client:
            await client.get(PATH)
            first = asyncio.ensure_future(client.get(PATH))
            await asyncio.sleep(1)
            await client.get(PATH)
            await first

    run(work())
    assert all(moment >= 30 for moment in script.times[2:])


def test_a_429_without_a_reset_waits_briefly():
    script = Script([answered(429), answered(429), OK])
    send(script)
    assert script.times[2] < 2


# Errors


@pytest.mark.parametrize(
    ("status", "error", "exit_code"),
    [
        (302, TenantError, 1),
        (400, TenantError, 1),
        (401, Unauthorised, 3),
        (403, Unauthorised, 3),
        (404, TenantError, 1),
        (409, TenantError, 1),
        (429, Unreachable, 3),
        (500, Unreachable, 3),
        (503, Unreachable, 3),
    ],
)
@pytest.mark.parametrize("body", BODIES)
def test_each_status_has_its_error(status, error, exit_code, body):
    found = failure(Script([httpx.Response(status, **BODIES[body])]))
    assert type(found) is error
    assert (found.exit_code, found.status) == (exit_code, status)
    assert f"GET {PATH} on {URL}: {status} " in found.message


def test_an_error_quotes_oktas_message():
    found = failure(Script([answered(400)]), "POST", f"{PATH}?activate=true")
    assert found.message == (
        f"POST {PATH} on {URL}: 400 name: is taken; type: is unknown (E0000001, request oaeRequest)"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errorSummary": "Not allowed", "errorCauses": []}, "400 Not allowed (no code, request unknown)"),
        ({"errorSummary": "Not allowed", "errorCauses": None}, "400 Not allowed (no code, request unknown)"),
        ({"errorSummary": "No", "errorCauses": ["too long", 7, None]}, "400 too long (no code, request unknown)"),
        ({"errorSummary": "No", "errorCauses": "x"}, "400 No (no code, request unknown)"),
        ({"errorSummary": "No", "errorCauses": [{"errorSummary": None}, {}]}, "400 No (no code, request unknown)"),
        ({"errorSummary": ["x"], "errorCode": 5, "errorId": {}}, "400 Bad Request (no code, request unknown)"),
        ([], "400 Bad Request (no code, request unknown)"),
        ("text", "400 Bad Request (no code, request unknown)"),
    ],
)
def test_an_error_without_details_is_still_an_error(body, said):
    assert failure(Script([httpx.Response(400, json=body)])).message.endswith(said)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (REFUSED, "connection refused"),
        (httpx.ReadTimeout(""), "no response in time"),
        (httpx.ReadError(""), "ReadError"),
        (CUT, "the response is not JSON, or is incomplete"),
    ],
)
def test_a_missing_answer_has_a_reason(fault, said):
    found = failure(Script([fault]))
    assert isinstance(found, Unreachable)
    assert (found.exit_code, found.status) == (3, 0)
    assert found.message == f"GET {PATH} on {URL}: {said}"
    assert "https://status.okta.com" in found.hint


@pytest.mark.parametrize(
    "fault",
    [
        *(answered(status) for status in (400, 401, 403, 404, 429, 500)),
        REFUSED,
        CUT,
        httpx.LocalProtocolError(f"Illegal header value b'SSWS {TOKEN}\\n'"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_no_error_contains_the_token(fault):
    found = failure(Script([fault]))
    assert TOKEN not in found.message + found.hint + str(found) + repr(found)


def test_a_damaged_gzip_answer_is_requested_again():
    whole = zlib.compressobj(wbits=31)
    packed = whole.compress(b'{"id": "1"}') + whole.flush()
    broken = httpx.ByteStream(packed[:11] + b"garbage")

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=broken)
        return OK

    asked: list[httpx.Request] = []

    async def work() -> Any:
        async with client_of(answer) as client:
            return await client.get(PATH)

    assert run(work()) == {"id": "1"}
    assert len(asked) == 2


# Requests


def test_every_request_is_signed_and_asks_for_json():
    script = Script([OK])
    send(script)
    (request,) = script.asked
    assert request.headers["authorization"] == f"SSWS {TOKEN}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == "okta-reconciler"
    assert "content-type" not in request.headers
    assert request.content == b""


@pytest.mark.parametrize("answer", [httpx.Response(204), httpx.Response(200, content=b"")])
def test_an_answer_without_content_is_none(answer):
    assert send(Script([answer]), "DELETE") is None


def test_every_try_counts_as_a_request():
    async def work() -> int:
        async with client_of(Script([answered(503), REFUSED, OK])) as client:
            assert client.requests == 0
            await client.get(PATH)
            await client.get("/api/v1/apps/1")
            return client.requests

    assert run(work()) == 4


def test_no_more_connections_than_allowed():
    under_way, most = 0, 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1)
        under_way -= 1
        return OK

    async def work() -> None:
        async with client_of(answer, connections=3) as client:
            await client.get(PATH)
            await asyncio.gather(*(client.get(PATH) for _ in range(9)))
            assert now() == pytest.approx(4)

    run(work())
    assert most == 3


def test_a_request_that_waits_for_a_bucket_does_not_delay_others():
    def answer(request: httpx.Request) -> httpx.Response:
        used_up = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "60"}
        return httpx.Response(200, json=[], headers=used_up if "apps" in request.url.path else {})

    async def work() -> None:
        async with client_of(answer, connections=2) as client:
            await client.get("/api/v1/apps")
            waiting = [asyncio.ensure_future(client.get("/api/v1/apps")) for _ in range(5)]
            await asyncio.sleep(1)
            await client.get("/api/v1/groups")
            assert now() < 60
            await asyncio.gather(*waiting)
            assert now() >= 60

    run(work())


def test_waits_are_reported():
    told: list[float] = []

    class Told(Silent):
        def held_up(self, seconds: float) -> None:
            told.append(seconds)

    used_up = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "60"}

    async def work() -> None:
        async with client_of(Script([httpx.Response(200, json={}, headers=used_up)]), progress=Told()) as client:
            await client.get(PATH)
            await client.get(PATH)

    run(work())
    assert told == [61]


# Proxies and certificates


def proxied_by(client: OktaClient, url: str) -> bool:
    """Whether a request would use a proxy."""
    return client._http._transport_for_url(httpx.URL(url)) is not client._http._transport


@pytest.mark.parametrize(
    ("url", "no_proxy", "proxied"),
    [
        ("https://acme.okta.com", "", True),
        ("https://acme.okta.com", "okta.com", False),
        ("https://acme.okta.com", "elsewhere.example", True),
        ("http://127.0.0.1:8080", "", False),
        ("http://localhost:8080", "", False),
        ("http://[::1]:8080", "", False),
    ],
)
def test_proxies_of_the_environment_do_not_apply_to_a_local_tenant(monkeypatch, url, no_proxy, proxied):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setenv(name, "http://proxy.example:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", no_proxy)

    async def work() -> None:
        async with OktaClient(url, ApiToken(TOKEN)) as client:
            assert proxied_by(client, f"{url}{PATH}") is proxied

    run(work())


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "ftp://proxy.example"), ("SSL_CERT_FILE", "/there/is/none.pem")]
)
def test_an_invalid_proxy_is_unreachable_and_names_the_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    monkeypatch.delenv("https_proxy", raising=False)
    with pytest.raises(Unreachable, match=f"settings for {URL} cannot be used") as caught:
        OktaClient(URL, ApiToken(TOKEN))
    assert name in caught.value.hint
    OktaClient("http://127.0.0.1:1", ApiToken(TOKEN))


def test_invalid_certificates_are_unreachable(monkeypatch, tmp_path):
    certificates = tmp_path / "none.pem"
    certificates.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    with pytest.raises(Unreachable):
        OktaClient(URL, ApiToken(TOKEN))
