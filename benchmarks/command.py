"""Runs a command as a whole process and measures its time, memory and requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from benchmarks.large_tenant import LargeTenant


def measure(
    tenant: LargeTenant,
    *arguments: str,
    expect: int = 0,
    program: Sequence[str] = ("-m", "reconciler"),
    variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run `reconciler` in the tenant's folder. Returns seconds, peak memory and requests to the tenant.

    The processor seconds include the engine that the command starts; they are also valid on a busy machine.
    """
    httpx.delete(f"{tenant.url}/_sandbox/stats", trust_env=False).raise_for_status()
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=tenant.root,
        env=os.environ | dict(tenant.environment) | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert child.stdout is not None
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code != expect:
        raise SystemExit(f"reconciler {' '.join(arguments)} ended with {code}:\n{output}")
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_memory_mb": usage.ru_maxrss // 1024,
        "requests": requests(tenant.url),
        "result": output.strip().splitlines()[-1],
    }


def requests(url: str) -> int:
    """The requests to the tenant since its counters were reset."""
    count: int = httpx.get(f"{url}/_sandbox/stats", trust_env=False).json()["requests"]
    return count


def show(figures: Mapping[str, Any]) -> None:
    """Print figures as JSON."""
    print(json.dumps(figures))
