"""The workflows and our action as data: jobs and steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github/workflows"
ACTION = ROOT / "action"
OURS = re.compile(r"(\.|[\w-]+/[\w.-]+)/action(@\S+)?")
"""How a step uses our action: that of the checkout, or that of a released version."""


@dataclass(frozen=True)
class Job:
    """A job and its workflow."""

    workflow: str
    name: str
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}/{self.name}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Its steps; none for a job that calls a workflow."""
        return list(self.body.get("steps", []))

    @property
    def environment(self) -> str:
        """Its environment, as written."""
        return str(self.body.get("environment", ""))


Workflows = dict[str, dict[str, Any]]
"""The workflows, by name; `on` stays a word."""


def load(folder: Path = WORKFLOWS) -> Workflows:
    """All workflows of a folder."""
    return {file.stem: parse(file.read_text()) for file in sorted(folder.glob("*.yml"))}


def parse(text: str) -> dict[str, Any]:
    """A workflow or an action."""
    body: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return body


def jobs(workflows: Workflows) -> Iterator[Job]:
    """All jobs."""
    for file, workflow in workflows.items():
        for name, body in workflow["jobs"].items():
            yield Job(file, name, body)


def command(step: dict[str, Any]) -> str:
    """The command that a step gives to our action; `install` if it gives none, nothing if it uses something else."""
    if not OURS.fullmatch(step.get("uses", "")):
        return ""
    return str(step.get("with", {}).get("command", "install"))
