"""The Pulumi project: its file and its name, which is part of URNs and of the location of the state."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from reconciler.errors import EngineError

PROJECT_FILE = "Pulumi.yaml"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""The names that Pulumi accepts for a project."""


def project_name(root: Path) -> str:
    """The name in the project file of this folder. Raises `EngineError` if it has no valid name."""
    file = root / PROJECT_FILE
    name = _read(file).get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise EngineError(
            f"{file} has no valid project name: name is {name!r}",
            hint="set `name`: at most 100 letters, digits, hyphens, underscores and periods",
        )
    return name


def settings_file(root: Path, stack: str) -> Path:
    """The file with the settings of a stack, relative to the project: in the folder that the project file names."""
    folder = _read(root / PROJECT_FILE).get("stackConfigDir") or "."
    return Path(str(folder)) / f"Pulumi.{stack}.yaml"


def copy_project(root: Path, to: Path, stack: str) -> None:
    """Copy the project file and the settings of one stack to another folder."""
    shutil.copy(root / PROJECT_FILE, to)
    settings = settings_file(root, stack)
    if (root / settings).is_file() and not settings.is_absolute() and ".." not in settings.parts:
        (to / settings).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / settings, to / settings)


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EngineError(f"{file} cannot be read: {error}", hint="Pulumi needs this project file") from error
    return content if isinstance(content, dict) else {}
