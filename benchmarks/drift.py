"""Drift detection of a large tenant, as a whole process; prints JSON.

python -m benchmarks.drift [GROUPS APPS ASSIGNMENTS POLICIES]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, running

SIZES = (5_000, 1_000, 6_000, 120)


def main(groups: int, apps: int, assignments: int, policies: int) -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"groups": groups, "apps": apps, "assignments": assignments, "policies": policies}
        with running(Path(folder), **sizes, watched=True) as tenant:
            figures = measure(tenant, "drift", ENVIRONMENT_NAME, "--fail-on", "CHANGED", "--fail-on", "MISSING")
    show({"benchmark": "drift", **sizes, **figures})


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:5]) if len(sys.argv) > 4 else SIZES)
