"""Drift detection of a large tenant, as a whole process; prints JSON.

python -m benchmarks.drift [GROUPS APPS ASSIGNMENTS POLICIES]
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, running
from benchmarks.watched_objects import ADMIN_GROUPS, IDENTITY_PROVIDERS, SERVICE_APPS, relations
from reconciler.watched import read_rows

SIZES = (5_000, 1_000, 6_000, 120)
SMALLER_LISTS = 19
"""Lists that every tenant has: rules, zones, origins, policy types, children of the default server and policies."""
BUILT_IN_GROUPS = 2
FIRST_PARTY_APPS = 4


def read_plan(groups: int, apps: int, policies: int) -> int:
    """The requests that a drift run needs: pages of 200 objects, one request per owner of a list, and
    the lists and relations that no kind covers."""
    all_groups, all_apps = groups + BUILT_IN_GROUPS + ADMIN_GROUPS, apps + FIRST_PARTY_APPS + SERVICE_APPS
    pages = math.ceil(all_groups / 200) + math.ceil(all_apps / 200)
    details = ADMIN_GROUPS + SERVICE_APPS
    lists = len({row.request() for row in read_rows() if not row.below})
    mappings = 2 * (apps + FIRST_PARTY_APPS + SERVICE_APPS + IDENTITY_PROVIDERS)
    return pages + apps + policies + SMALLER_LISTS + details + lists + relations(mappings)


def main(groups: int, apps: int, assignments: int, policies: int) -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"groups": groups, "apps": apps, "assignments": assignments, "policies": policies}
        with running(Path(folder), **sizes, watched=True) as tenant:
            figures = measure(tenant, "drift", ENVIRONMENT_NAME, "--fail-on", "BEYOND")
    show({"benchmark": "drift", **sizes, **figures, "read_plan": read_plan(groups, apps, policies)})


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:5]) if len(sys.argv) > 4 else SIZES)
