"""Preview of a stack in which nothing drifted: nothing changed, and many changes in all formats; prints JSON.

python -m benchmarks.preview [RESOURCES [CHANGES]]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, change_descriptions, running


def main(resources: int, changes: int) -> None:
    """Measure, and print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), groups=resources, apps=0, assignments=0) as tenant,
    ):
        sizes = {"benchmark": "preview", "resources": resources}
        show(sizes | {"changes": 0} | measure(tenant, "preview", ENVIRONMENT_NAME, "--expect-no-changes"))
        change_descriptions(tenant.root, changes)
        outputs = [f"--output={tenant.root}/report.{form}" for form in ("txt", "json", "html", "md")]
        saved = f"--save-plan={tenant.root}/plan.json"
        figures = measure(tenant, "preview", ENVIRONMENT_NAME, *outputs, saved)
        show(sizes | {"changes": changes} | figures)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    count = given[0] if given else 1_000
    main(count, given[1] if len(given) > 1 else count * 2 // 5)
