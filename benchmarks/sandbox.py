"""Speed of the local tenant, and memory per object; prints JSON.

python -m benchmarks.sandbox [SECONDS]
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from okta_sandbox import process
from okta_sandbox.process import RunningTenant

CONNECTIONS = 16
GROUPS = 200  # in the measured list
STORED = 5_000  # groups for the memory measurement; each also has a System Log event


def started() -> float:
    """Seconds from starting the process to its first answer."""
    before = time.perf_counter()
    with process.start() as tenant:
        httpx.get(f"{tenant.url}/_sandbox").raise_for_status()
        return time.perf_counter() - before


def requests_per_second(tenant: RunningTenant, path: str, seconds: float) -> float:
    """GET requests to one path over several connections: with wrk, or with a minimal client of our own."""
    url = tenant.url + path
    if wrk := shutil.which("wrk"):
        header = f"Authorization: SSWS {tenant.token}"
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-H", header, url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        match = re.search(r"Requests/sec:\s*([\d.]+)", output)
        assert match, output
        return float(match[1])
    return asyncio.run(_measure_gets(tenant, path, seconds))


async def _measure_gets(tenant: RunningTenant, path: str, seconds: float) -> float:
    address = urlsplit(tenant.url)
    request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: SSWS {tenant.token}\r\n\r\n".encode()
    end = time.perf_counter() + seconds
    answered = 0

    async def connection() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            answered += 1
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return answered / seconds


def creates_per_second(client: httpx.Client, seconds: float) -> float:
    """POST requests that create groups, one after another over one connection."""
    end, made = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        client.post("/api/v1/groups", json={"profile": {"name": f"created {made}"}}).raise_for_status()
        made += 1
    return made / seconds


def list_milliseconds(client: httpx.Client) -> float:
    """The median time of a page of 200 groups."""
    times = []
    for _ in range(30):
        before = time.perf_counter()
        assert len(client.get("/api/v1/groups", params={"limit": GROUPS}).json()) == GROUPS
        times.append(time.perf_counter() - before)
    return statistics.median(times) * 1000


def memory_of(pid: int) -> int:
    """Resident bytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def bytes_beyond_json() -> dict[str, float]:
    """The bytes of memory that one stored object takes beyond its JSON in the state file."""

    with tempfile.TemporaryDirectory() as directory:
        state = Path(directory) / "tenant.db"
        with (
            process.start(state=state) as tenant,
            httpx.Client(base_url=tenant.url, headers=tenant.headers) as client,
        ):
            _create(client, "warm", 500)
            before = memory_of(tenant.pid)
            _create(client, "measured", STORED)
            grown = memory_of(tenant.pid) - before
        rows = sqlite3.connect(state).execute(
            "SELECT avg(length(body) + length(private)) FROM object WHERE CAST(body AS TEXT) LIKE '%measured%'"
        )
        (size,) = rows.fetchone()
    return {"json": round(size), "beyond_json": round(grown / (2 * STORED) - size)}


def _create(client: httpx.Client, name: str, count: int) -> None:
    for number in range(count):
        client.post("/api/v1/groups", json={"profile": {"name": f"{name} {number}"}}).raise_for_status()


def main() -> None:
    """Measure everything."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    startup = statistics.median(started() for _ in range(3))
    with process.start() as tenant, httpx.Client(base_url=tenant.url, headers=tenant.headers) as client:
        client.post("/_sandbox/seed", json={"groups": GROUPS}).raise_for_status()
        group = client.get("/api/v1/groups", params={"limit": 1}).json()[0]["id"]
        figures = {
            "benchmark": "sandbox",
            "start_seconds": round(startup, 2),
            "get_per_second": round(requests_per_second(tenant, f"/api/v1/groups/{group}", seconds)),
            "list_200_groups_milliseconds": round(list_milliseconds(client), 1),
            "creates_per_second": round(creates_per_second(client, seconds)),
            "bytes_per_object": bytes_beyond_json(),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
