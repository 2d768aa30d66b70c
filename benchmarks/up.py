"""An `up` that creates many groups, with and without a record during the run; prints JSON for each size.

    python -m benchmarks.up [REPEATS [SIZE...]]

`recorded` is `reconciler up`: the engine writes the state once, at the end, and a journal records the steps until then.
`bare` is the same without the journal: a kill would lose everything. `checkpoints` is the engine's default, which
writes the whole state at every step: it runs once, and only for the smaller sizes. The runs of one size follow each
other, and the fastest of each kind are compared.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, fresh

SIZES = (250, 500, 1_000, 2_000)
REPEATS = 3
WITH_CHECKPOINTS = 500
"""Up to this number of groups, checkpoints are measured too: with 1,000 they take minutes."""
_BARE = """
from contextlib import contextmanager
import reconciler.engine.stack as stack
from reconciler.cli import main
from reconciler.engine.journal import Journal
@contextmanager
def nothing(state, failures):
    yield Journal()
stack.recorded = nothing
main()
"""
WAYS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "recorded": (("-m", "reconciler"), {}),
    "bare": (("-c", _BARE), {}),
    "checkpoints": (("-m", "reconciler"), {"PULUMI_SKIP_CHECKPOINTS": "false"}),
}


def applied(groups: int, way: str) -> dict[str, Any]:
    """The figures of one `up` into a fresh tenant."""
    program, variables = WAYS[way]
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder), groups) as (tenant, _):
        return measure(tenant, "up", ENVIRONMENT_NAME, "--yes", program=program, variables=variables)


def main(repeats: int, sizes: tuple[int, ...]) -> None:
    """Measure, and print the figures of each size."""
    for size in sizes:
        runs: dict[str, list[dict[str, Any]]] = {"recorded": [], "bare": []}
        for _ in range(repeats):
            for way, done in runs.items():
                done.append(applied(size, way))
        if size <= WITH_CHECKPOINTS:
            runs["checkpoints"] = [applied(size, "checkpoints")]
        figures: dict[str, Any] = {"benchmark": "up", "groups": size}
        for unit in ("seconds", "processor_seconds"):
            least = {way: min(run[unit] for run in done) for way, done in runs.items()}
            figures |= {f"{way}_{unit}": value for way, value in least.items()}
            figures[f"ratio_of_{unit}"] = round(least["recorded"] / least["bare"], 2)
        each = 1_000 * figures["recorded_processor_seconds"] / size
        show(figures | {"processor_milliseconds_per_group": round(each, 1)})


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(given[0] if given else REPEATS, tuple(given[1:]) or SIZES)
