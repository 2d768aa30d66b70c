"""Fidelity to Okta: replays recorded traffic of real tenants.

The recordings and the program that replays them stand beside the repository, in `../shared`; without them
there is nothing to measure. `replay_floor.json` holds, for each family, how many recordings were green and
which share of the interactions was close or better; a run may not fall below. A new family starts there
with zeros.

    python -m pytest tests/sandbox/test_replay.py --raise-replay-floor

writes what it measures where that is better.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from okta_sandbox import process

SHARED = Path(__file__).parents[3] / "shared"
FLOOR = Path(__file__).with_name("replay_floor.json")
FAMILIES = sorted(json.loads(FLOOR.read_text()))
ALIKE = ("exact", "close")


def measure(report: Path) -> dict[str, dict[str, float]]:
    """Green recordings, and the percentage of interactions that were close or better, of each family."""
    with process.start(token="replay") as tenant:
        command = [sys.executable, str(SHARED / "replay" / "replay.py"), "--base-url", tenant.url]
        command += ["--reset-url", f"{tenant.url}/_sandbox/reset", "--json", str(report)]
        command += [str(SHARED / "okta-recordings" / family) for family in FAMILIES]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    results: list[dict[str, Any]] = json.loads(report.read_text())["results"]
    green: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for result in results:
        family = result["family"]
        green[family] += result["verdict"] == "green"
        grades = [step["grade"] for step in result["interactions"] if step["grade"] != "unreplayable"]
        alike[family] += sum(grade in ALIKE for grade in grades)
        judged[family] += len(grades)
    return {
        family: {"green": green[family], "alike": round(100 * alike[family] / judged[family], 1)} for family in FAMILIES
    }


@pytest.mark.skipif(not SHARED.is_dir(), reason="no recordings: ../shared is not there")
def test_no_family_falls_below_its_floor(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    measured = measure(tmp_path / "report.json")
    floor: dict[str, dict[str, float]] = json.loads(FLOOR.read_text())
    nothing = {"green": 0.0, "alike": 0.0}
    if request.config.getoption("--raise-replay-floor"):
        raised = {
            family: {name: max(value, floor.get(family, nothing)[name]) for name, value in values.items()}
            for family, values in sorted(measured.items())
        }
        FLOOR.write_text(json.dumps(raised, indent=2) + "\n")
    assert floor, "no family has a floor"
    fallen = {
        family: (values, floor[family])
        for family, values in measured.items()
        if any(value < floor[family][name] for name, value in values.items())
    }
    assert not fallen
