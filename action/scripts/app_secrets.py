"""Prints an annotation for each secret that definitions need and that no workflow sets for the step that runs `up`.

An error, if the job gets its variables only from workflow files. A warning, if an earlier step of the job may set more,
such as an action that reads a vault, or if no workflow of this repository runs `up`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OURS = re.compile(r"(\.|[\w.-]+/[\w.-]+)/action(@.+)?")
"""How a step uses this action."""
SETS_NO_VARIABLES = (
    "actions/checkout@",
    "actions/cache@",
    "actions/download-artifact@",
    "actions/upload-artifact@",
    "aws-actions/configure-aws-credentials@",
    "azure/login@",
    "google-github-actions/auth@",
)
"""Actions that set none that definitions may refer to."""


@dataclass(frozen=True)
class Place:
    """A step that runs `up`."""

    file: str
    step: str
    environment: str
    """The environment, if the step names one; else it is for all."""
    variables: frozenset[str]
    complete: bool
    """Whether nothing else can set variables for it."""


def main() -> None:
    """`app_secrets.py WORKFLOWS ENVIRONMENTS`: a folder, and the output of `reconciler environments --secrets`."""
    folder, environments = map(Path, sys.argv[1:])
    for line in lines(places(folder), json.loads(environments.read_text())):
        print(line)


def places(folder: Path) -> list[Place]:
    """The steps of all workflows in a folder that run `up`."""
    found: list[Place] = []
    for file in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        try:
            workflow = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
            found += _places(file.as_posix(), workflow)
        except (yaml.YAMLError, OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
            print(f"::warning file={_property(file.as_posix())}::this is not a workflow that can be read")
    return found


def _places(file: str, workflow: Mapping[str, Any]) -> Iterator[Place]:
    for job in workflow["jobs"].values():
        complete = True
        for step in job.get("steps", ()):
            given = step.get("with") or {}
            if _runs_up(step, given):
                scopes = [one.get("env") or {} for one in (workflow, job, step)]
                named = given.get("environment", "")
                yield Place(
                    file,
                    step.get("name") or "up",
                    "" if "${{" in named else named,
                    frozenset(name for scope in scopes if isinstance(scope, dict) for name in scope),
                    complete and all(isinstance(scope, dict) for scope in scopes),
                )
            complete = complete and not _may_set_variables(step)


def _runs_up(step: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    ours = OURS.fullmatch(step.get("uses", "")) and given.get("command") == "up"
    return bool(ours or re.search(r"\breconciler\b.* up\b", step.get("run", "")))


def _may_set_variables(step: Mapping[str, Any]) -> bool:
    uses = step.get("uses", "")
    if uses:
        return not OURS.fullmatch(uses) and not uses.startswith(SETS_NO_VARIABLES)
    return "GITHUB_ENV" in step.get("run", "")


def lines(steps: Sequence[Place], environments: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each reference to a secret that is missing somewhere; the environments are named in it."""
    missing: dict[tuple[str, int, str], list[tuple[str, list[Place]]]] = {}
    for environment in environments:
        own = [step for step in steps if step.environment in ("", environment["name"])]
        for secret in environment["secrets"]:
            without = [step for step in own if secret["variable"] not in step.variables]
            if without or not own:
                key = (secret["file"], secret["line"], secret["variable"])
                missing.setdefault(key, []).append((environment["name"], without))
    for (file, line, variable), where in sorted(missing.items(), key=lambda item: item[0]):
        lacking = list(dict.fromkeys(step for _, found in where for step in found))
        level = "error" if any(step.complete for step in lacking) else "warning"
        names = [name for name, _ in where]
        yield f"::{level} file={_property(file)},line={line}::{_data(_text(file, line, variable, names, lacking))}"


def _text(file: str, line: int, variable: str, environments: Sequence[str], lacking: Sequence[Place]) -> str:
    stores = " and ".join(f"{name}-up" for name in environments)
    secret = f"the secret {variable} to the GitHub environment {stores}"
    if not lacking:
        what = f"no workflow here runs `up`, so it is unknown whether {variable} is set; where it runs, set it"
        return f"{file}:{line}: {what}, and add {secret}"
    where = ", ".join(f"the step `{step.step}` of {step.file}" for step in lacking)
    add = f"add `{variable}: ${{{{ secrets.{variable} }}}}` to its env, and {secret}"
    if any(step.complete for step in lacking):
        return f"{file}:{line}: {variable} is not set for {where}: {add}"
    return f"{file}:{line}: {variable} is not set for {where}; unless an earlier step sets it, {add}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


if __name__ == "__main__":
    main()
