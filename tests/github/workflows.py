"""The workflows as data: jobs, steps and the commands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))


@dataclass(frozen=True)
class Step:
    """A step and its job."""

    workflow: str
    job: str
    name: str
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}/{self.job}/{self.name}"

    @property
    def script(self) -> str:
        return str(self.body.get("run", ""))


def load(file: Path) -> dict[str, Any]:
    """A workflow; `on` stays a word."""
    body: dict[str, Any] = yaml.load(file.read_text(), yaml.BaseLoader)
    return body


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All jobs of all workflows, as workflow, job and body."""
    for file in FILES:
        for name, job in load(file)["jobs"].items():
            yield file.stem, name, job


def steps() -> list[Step]:
    """All steps of all workflows."""
    return [Step(file, job, step["name"], step) for file, job, body in jobs() for step in body["steps"]]


def step(path: str) -> Step:
    """The step at `workflow/job/name`."""
    (found,) = (step for step in steps() if str(step) == path)
    return found


def commands(script: str, program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program in a script; a `for` loop gives one call for each of its words."""
    loop = re.search(r"for (\w+) in (.+?);", script)
    variable, words = (loop[1], loop[2].split()) if loop else ("", [""])
    for line in script.replace("\\\n", " ").splitlines():
        call = re.split(r" (?:\|\||&&|\||>>?) ", line.strip())[0].removeprefix("exec ")
        if call.startswith(f"{program} "):
            for word in words if f"${variable}" in call and variable else [""]:
                yield shlex.split(call.replace(f"${variable}", word) if variable else call)[1:]
