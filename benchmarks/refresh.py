"""Drift detection compared with a refresh by the engine, for the same stack and tenant; prints JSON.

    python -m benchmarks.refresh [GROUPS APPS ASSIGNMENTS POLICIES]

A refresh reads every resource separately. It does not find objects that are not in the state, and it ends at the first
object that the provider cannot read.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.command import measure, requests, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, LargeTenant, running
from reconciler.cli.environment import opened
from reconciler.cli.settings import Settings
from reconciler.progress import SILENT

SIZES = (500, 100, 600, 12)
"""A tenth of the large tenant. A refresh of the whole one takes minutes."""


def main(groups: int, apps: int, assignments: int, policies: int) -> None:
    """Measure both, and print the figures."""
    sizes = {"groups": groups, "apps": apps, "assignments": assignments, "policies": policies}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **sizes, watched=False) as tenant:
        drift = measure(tenant, "drift", ENVIRONMENT_NAME, "--no-history")
        refresh = refreshed(tenant)
    ratio = round(refresh["requests"] / drift["requests"], 1)
    show({"benchmark": "refresh", **sizes, "drift": drift, "refresh": refresh, "requests_ratio": ratio})


def refreshed(tenant: LargeTenant) -> dict[str, Any]:
    """Refresh everything in the stack's state."""
    os.environ.update(tenant.environment)
    httpx.delete(f"{tenant.url}/_sandbox/stats", trust_env=False).raise_for_status()
    began = time.perf_counter()
    settings = Settings(tenant.root / "definitions")
    with opened(settings, ENVIRONMENT_NAME, "stand-in", SILENT) as reconciler:
        reconciler.stack.refresh([applied.urn for applied in reconciler.stack.state().resources.values()])
    return {"seconds": round(time.perf_counter() - began, 1), "requests": requests(tenant.url)}


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:5]) if len(sys.argv) > 4 else SIZES)
