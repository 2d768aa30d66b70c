"""The server as a process, over a socket."""

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from okta_sandbox import process
from okta_sandbox.process import RunningTenant
from reconciler.cli.sandbox import sandbox


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="secret") as running:
        yield running


def exchange(tenant: RunningTenant, request: str) -> bytes:
    """What a request, written by hand, is answered with until the server closes."""
    parts = urlsplit(tenant.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request.encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def test_absolute_form_targets_are_understood(tenant: RunningTenant) -> None:
    """As the official plugin writes them when it takes the tenant for an HTTP proxy."""
    answer = exchange(
        tenant,
        "GET http://127.0.0.1/api/v1/users/me?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Proxy-Authorization: Basic Og==\r\n"
        "Authorization: SSWS secret\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    shown = json.loads(body)
    assert shown["profile"]["login"] == "admin@sandbox.test"
    assert shown["_links"]["self"]["href"] == f"{tenant.url}/api/v1/users/{shown['id']}"
    assert b"\r\ndate: " in head.lower()


@pytest.mark.parametrize("host", ["sandbox.okta.com", "sandbox.okta.com:443", "localhost", "127.0.0.1"])
def test_the_official_plugin_names_the_host_of_the_org(tenant: RunningTenant, host: str) -> None:
    """It takes the tenant for a proxy: neither target nor `Host` has the tenant's port."""
    answer = exchange(
        tenant,
        f"GET http://{host}/api/v1/users/me HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic Og==\r\n"
        "Authorization: SSWS secret\r\nConnection: close\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 200")


def test_dns_rebinding_is_refused(tenant: RunningTenant) -> None:
    """As DNS rebinding does it: the browser sends the page's own name, and the port that it found."""
    host = f"evil.example:{urlsplit(tenant.url).port}"
    answer = exchange(tenant, f"POST /_sandbox/reset HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")


def test_keep_alive_without_delay(tenant: RunningTenant) -> None:
    with httpx.Client(base_url=tenant.url, headers=tenant.headers) as client:
        client.get("/api/v1/users/me")
        started = time.perf_counter()
        for _ in range(20):
            client.get("/api/v1/users/me")
        assert (time.perf_counter() - started) / 20 < 0.03, "Nagle's algorithm would cost 40 ms each"


def test_dropped_and_truncated_answers(tenant: RunningTenant) -> None:
    request = "GET /api/v1/groups HTTP/1.1\r\nHost: [::1]\r\nAuthorization: SSWS secret\r\nConnection: close\r\n\r\n"
    with httpx.Client(base_url=tenant.url) as client:
        client.post("/_sandbox/faults", json={"drop": "before", "first": 1})
        with contextlib.suppress(ConnectionResetError):
            assert exchange(tenant, request) == b""
        client.delete("/_sandbox/faults")
        client.post("/_sandbox/faults", json={"truncate": True, "first": 1})
        head, _, body = exchange(tenant, request).partition(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        assert len(body) == int(length.split(b":")[1]) // 2
        assert client.get("/_sandbox").status_code == 200


def test_killed_tenant_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "tenant.db"
    with process.start(state=state, pipeline="v1") as tenant:
        made = [
            httpx.post(f"{tenant.url}/api/v1/groups", headers=tenant.headers, json={"profile": {"name": f"g{n}"}})
            for n in range(20)
        ]
        tenant.kill()
    with process.start(state=state) as tenant:
        found = httpx.get(f"{tenant.url}/api/v1/groups?q=g", headers=tenant.headers).json()
        expected = [response.json() for response in made]
        assert [each["id"] for each in found] == [each["id"] for each in expected]
        organization = httpx.get(f"{tenant.url}/.well-known/okta-organization").json()
        assert organization["pipeline"] == "v1", "the state file knows, not the command line"


@pytest.mark.parametrize("names", [(), ("staging", "production")])
def test_state_is_one_file_after_shutdown(tmp_path: Path, names: tuple[str, ...]) -> None:
    state = tmp_path / "tenant.db"
    body = {"profile": {"name": "Team"}}
    started = process.start_tenants(*names, state=state) if names else process.start(state=state)
    with started as running:
        tenants = list(running.values()) if isinstance(running, dict) else [running]
        for tenant in tenants:
            answer = httpx.post(f"{tenant.url}/api/v1/groups", headers=tenant.headers, json=body)
            answer.raise_for_status()
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".db"] * len(tenants), "no write-ahead log beside it"
    for file in files:
        with contextlib.closing(sqlite3.connect(file)) as copy:
            (count,) = copy.execute("SELECT count(*) FROM object WHERE CAST(body AS TEXT) LIKE '%Team%'").fetchone()
        assert count


def test_shutdown_during_a_request(tmp_path: Path) -> None:
    state = tmp_path / "tenant.db"
    with process.start(token="secret", state=state) as tenant:
        httpx.post(f"{tenant.url}/_sandbox/faults", json={"path": "/api/v1/apps", "latency": 100}).raise_for_status()
        parts = urlsplit(tenant.url)
        waiting = socket.create_connection((parts.hostname, parts.port), timeout=10)
        waiting.sendall(b"GET /api/v1/apps HTTP/1.1\r\nHost: localhost\r\nAuthorization: SSWS secret\r\n\r\n")
    waiting.close()
    assert [file.name for file in tmp_path.iterdir()] == ["tenant.db"], "it had time to close the file"


def test_several_tenants_in_one_process_each_with_its_state(tmp_path: Path) -> None:
    state = tmp_path / "tenant.db"

    def groups(running: RunningTenant) -> list[str]:
        answer = httpx.get(f"{running.url}/api/v1/groups", headers=running.headers, params={"q": "Team"})
        return [group["profile"]["name"] for group in answer.raise_for_status().json()]

    for known in ([], ["Team"]):
        with process.start_tenants("staging", "production", state=state) as tenants:
            staging, production = tenants["staging"], tenants["production"]
            assert staging.url != production.url
            assert staging.pid == production.pid
            assert httpx.get(f"{production.url}/_sandbox").json()["name"] == "production"
            assert (groups(staging), groups(production)) == (known, [])
            body = {"profile": {"name": "Team"}}
            httpx.post(f"{staging.url}/api/v1/groups", headers=staging.headers, json=body)
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["tenant-production.db", "tenant-staging.db"]


@pytest.mark.parametrize("names", ["a,a", "a,,b", "../x", "A"])
def test_invalid_tenant_names(names: str) -> None:
    result = CliRunner().invoke(sandbox, ["serve", "--tenants", names])
    assert result.exit_code == 2
    assert "names must be unique" in result.output


def test_a_port_in_use_is_a_message_not_a_traceback(tenant: RunningTenant) -> None:
    result = CliRunner().invoke(sandbox, ["serve", "--port", str(urlsplit(tenant.url).port)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot listen on 127.0.0.1:")
