"""Web pages cannot reach the tenant; the official plugin can."""

import pytest

from okta_sandbox.origins import ServedAddress

from .conftest import BASE_URL, Okta

SERVED = ServedAddress.at("http://127.0.0.1:8080")
OWN = ["127.0.0.1:8080", "127.0.0.1", "127.8.8.8:1", "localhost", "LOCALHOST:8080", "localhost.", "[::1]:8080", "[::1]"]
PLUGIN = ["sandbox.okta.com", "acme.oktapreview.com:443", "acme-admin.okta.com"]
FOREIGN = [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "okta.com.evil.example",
]
FOREIGN += [
    "evilokta.com",
    "10.0.0.1",
    "0.0.0.0",
    "[::2]",
    "",
    "127.0.0.1, evil.example",
    "x@127.0.0.1",
    "127.0.0.1/",
    "[",
    "é",
]


@pytest.mark.parametrize("host", [*OWN, *PLUGIN, None])
def test_accepted_hosts(host: str | None) -> None:
    assert SERVED.accepts_host(host)


@pytest.mark.parametrize("host", FOREIGN)
def test_refused_hosts(host: str) -> None:
    assert not SERVED.accepts_host(host)


def test_tenant_served_at_host_name() -> None:
    assert ServedAddress.at("http://tenant:8080").accepts_host("Tenant:8080")
    assert not ServedAddress.at("http://tenant:8080").accepts_host("tenant.evil.example:8080")


def test_tenant_served_at_all_addresses() -> None:
    everywhere = ServedAddress.at("http://0.0.0.0:8080")
    assert everywhere.accepts_host("10.0.0.1:8080")
    assert ServedAddress.at("http://[::]:8080").accepts_host("[fd00::1]:8080")
    assert not everywhere.accepts_host("evil.example:8080")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", None])
def test_accepted_origins(origin: str | None) -> None:
    assert SERVED.accepts_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "http://",
        "http://evil.example",
        "http://evil.example:8080",
        "http://sandbox.okta.com:8080",
        "http://localhost",
        "http://127.0.0.1:3000",
        "http://127.0.0.1:8080/x",
        "https://127.0.0.1:8080",
    ],
)
def test_refused_origins(origin: str) -> None:
    assert not SERVED.accepts_origin(origin)


@pytest.mark.parametrize("path", ["/_sandbox", "/api/v1/groups", "/.well-known/okta-organization", "/nothing"])
def test_unknown_host_is_refused_on_every_path(okta: Okta, path: str) -> None:
    response = okta.request("GET", path, headers={"Host": "evil.example"})
    assert response.status_code == 403
    assert "Host header" in response.json()["errorSummary"]


def test_cross_origin_request_changes_nothing(okta: Okta) -> None:
    okta.group("Team")
    for path in ("/_sandbox/reset", "/_sandbox/administrators", "/_sandbox/seed"):
        body = '{"login": "eve@example.com", "groups": 1}'
        headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
        assert okta.request("POST", path, content=body, headers=headers).status_code == 403
    assert okta.get("/api/v1/groups", q="Team")
    assert not okta.sandbox.administrators
    assert okta.request("POST", "/_sandbox/reset", headers={"Origin": BASE_URL}).status_code == 204


def test_refused_request_is_not_counted_in_flight(okta: Okta) -> None:
    okta.request("GET", "/api/v1/groups", headers={"Host": "evil.example"})
    assert okta.sandbox.rate_limits.in_flight == 0
