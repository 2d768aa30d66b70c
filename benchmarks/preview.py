"""Preview of a stack in which nothing changes, drift left out, as a whole process; prints JSON.

python -m benchmarks.preview [RESOURCES]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, running


def main(resources: int) -> None:
    """Measure, and print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), groups=resources, apps=0, assignments=0) as tenant,
    ):
        figures = measure(tenant, "preview", ENVIRONMENT_NAME, "--expect-no-changes", "--no-refresh")
    show({"benchmark": "preview", "resources": resources, **figures})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
