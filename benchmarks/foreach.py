"""Loading and checking 10,000 objects of templates: the objects of `benchmarks.definitions`; prints JSON.

python -m benchmarks.foreach [OBJECTS]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.definitions import ENVELOPE, SHARES, SPECS, measure, write_environment


def write(directory: Path, total: int) -> None:
    """Write a definitions folder with a template and a CSV file for each kind."""
    write_environment(directory)
    for kind, share in SHARES.items():
        rows = "".join(f"{number},{number % 40}\n" for number in range(round(total * share)))
        (directory / f"{kind}.csv").write_text(f"number,team\n{rows}")
        template = ENVELOPE.format(kind=kind, name=kind, number="{number}", team="{team}") + SPECS[kind]
        text = template.format(number="${each.number}", team="${each.team}")
        text = text.replace("groups: [group-${each.number}]", 'groups: ["group-${each.number}"]')
        text = text.replace("clients: [oidc-app-${each.number}]", 'clients: ["oidc-app-${each.number}"]')
        (directory / f"{kind}.yaml").write_text(f"{text}foreach: {{csv: {kind}.csv}}\n")


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, write)))
