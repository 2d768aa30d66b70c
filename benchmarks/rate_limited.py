"""Drift detection under half of Okta's published rate limits, the share of one token; prints JSON.

    python -m benchmarks.rate_limited [GROUPS APPS ASSIGNMENTS POLICIES]

The limit of `/api/v1/apps` is the tightest: one request per app. `least_seconds` is the best time that it allows.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, running

SIZES = (500, 100, 600, 12)
"""A tenth of the large tenant. The whole one takes twenty minutes, nearly all of it waiting."""
PLAN = "workforce"
APPS_PER_MINUTE = 100 / 2
"""Requests to `/api/v1/apps` for one token (Okta's published table)."""
RESERVE = 0.5
"""The share of a limit that the reconciler leaves to others."""


def least_seconds(apps: int) -> int:
    """One window for each full use of the limit, except the last, which need not end."""
    return (math.ceil((apps + 1) / (APPS_PER_MINUTE * (1 - RESERVE))) - 1) * 60


def main(groups: int, apps: int, assignments: int, policies: int) -> None:
    """Measure, and print the figures."""
    sizes = {"groups": groups, "apps": apps, "assignments": assignments, "policies": policies}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **sizes, watched=False) as tenant:
        httpx.post(f"{tenant.url}/_sandbox/rate-limits", json={"plan": PLAN}, trust_env=False).raise_for_status()
        time.sleep(60 - time.time() % 60)  # rate limits reset every minute: start with a fresh one
        figures = measure(tenant, "drift", ENVIRONMENT_NAME, "--no-history")
        refused = refusals(tenant.url)
    show({"benchmark": "rate_limited", **sizes, **figures, "least_seconds": least_seconds(apps), "refused": refused})


def refusals(url: str) -> int:
    """How often the tenant answered 429."""
    report: dict[str, Any] = httpx.get(f"{url}/_sandbox/stats", trust_env=False).json()
    return sum(endpoint["statuses"].get("429", 0) for endpoint in report["endpoints"])


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:5]) if len(sys.argv) > 4 else SIZES)
