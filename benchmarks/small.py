"""Small commands on five groups: processor time, requests, and what the engine is started for; prints JSON.

python -m benchmarks.small
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import httpx

from benchmarks.command import measure, show
from benchmarks.large_tenant import ENVIRONMENT_NAME, LargeTenant, change_descriptions, fresh

GROUPS = 5
_COUNTED = """
import os
from reconciler.cli import main
from reconciler.engine.command import EngineCommand
run = EngineCommand.run
def counted(self, args, *others, **options):
    with open(os.environ["BENCHMARK_STARTS"], "a") as file:
        file.write(" ".join(args[:2] if args[0] == "stack" else args[:1]) + "\\n")
    return run(self, args, *others, **options)
EngineCommand.run = counted
main()
"""


def counted(tenant: LargeTenant, *arguments: str, expect: int = 0) -> dict[str, Any]:
    """The figures of a command, with the operations that it started the engine for."""
    starts = tenant.root / "starts"
    starts.write_text("")
    variables = {"BENCHMARK_STARTS": str(starts)}
    figures = measure(tenant, *arguments, expect=expect, program=("-c", _COUNTED), variables=variables)
    return figures | {"engine": starts.read_text().splitlines()}


def drift(tenant: LargeTenant, headers: dict[str, str]) -> None:
    """Change one group in the tenant, and delete another."""
    with httpx.Client(base_url=tenant.url, headers=headers, trust_env=False) as client:
        changed, deleted = client.get("/api/v1/groups", params={"q": "Group 0", "limit": 2}).json()
        profile = {"name": changed["profile"]["name"], "description": "Changed by hand."}
        client.put(f"/api/v1/groups/{changed['id']}", json={"profile": profile}).raise_for_status()
        client.delete(f"/api/v1/groups/{deleted['id']}").raise_for_status()


def main() -> None:
    """Measure, and print the figures of each command."""
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder), GROUPS) as (tenant, headers):
        preview, up = ("preview", ENVIRONMENT_NAME), ("up", ENVIRONMENT_NAME, "--yes")

        def both(what: str) -> None:
            for command in (preview, up):
                show({"benchmark": "small", "command": command[0], "with": what} | counted(tenant, *command))

        both("five new groups")
        both("no change")
        change_descriptions(tenant.root, 1)
        both("one change")
        drift(tenant, headers)
        show({"benchmark": "small", "command": "drift"} | counted(tenant, "drift", ENVIRONMENT_NAME, expect=2))
        both("one group changed and one deleted in the tenant")


if __name__ == "__main__":
    main()
