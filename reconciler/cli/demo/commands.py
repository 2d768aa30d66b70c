"""Runs the commands of the demo: prints each as it would be typed, times it and checks its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from reconciler.cli.messages import say
from reconciler.errors import ReconcilerError


class StepFailed(ReconcilerError):
    """Raised when a command does not end as expected; the message quotes its output."""

    quotes_output = True


class Expected(NamedTuple):
    """The identity of a finding."""

    verdict: str
    kind: str
    name: str
    field: str


@dataclass(frozen=True)
class Commands:
    """Runs `reconciler ...` in a folder, as a separate process."""

    folder: Path
    environment: Mapping[str, str]

    LAST_LINE: ClassVar[int] = 1
    EVERYTHING: ClassVar[int] = 0

    def __call__(self, title: str, *arguments: str, expect: int = 0, show: int = 0) -> None:
        """Run a command that must exit with `expect`, and print its last `show` lines (0: all)."""
        say("")
        say(title, bold=True)
        shown = (os.path.relpath(word) if os.path.isabs(word) else word for word in arguments)
        say(f"$ reconciler {' '.join(shown)}")
        began = time.monotonic()
        output = self._run(arguments, expect)
        for line in output.rstrip().splitlines()[-show:]:
            say(f"  {line}")
        say(f"  {time.monotonic() - began:.1f} s, exit code {expect}", dim=True)

    def expect_findings(self, report: Path, expected: Set[Expected]) -> None:
        """Raise `ReconcilerError` unless the report has exactly these findings."""
        document = json.loads(report.read_text("utf-8"))
        found = {
            Expected(finding["verdict"], finding["kind"], finding["name"] or finding["label"], finding["field"])
            for finding in document["findings"]
        }
        if found != expected:
            raise ReconcilerError(
                f"the report does not match the changes: missing {sorted(expected - found)}, "
                f"unexpected {sorted(found - expected)}"
            )
        say(f"  found exactly the changes made: {len(found)}")

    def _run(self, arguments: tuple[str, ...], expect: int) -> str:
        answer = subprocess.run(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if answer.returncode != expect:
            raise StepFailed(
                f"reconciler {' '.join(arguments)} exited with {answer.returncode} instead of {expect}\n"
                f"{answer.stdout}{answer.stderr}"
            )
        return answer.stdout
