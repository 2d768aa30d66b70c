"""The Pulumi project: its file, and the name under which the engine keeps stacks and calls resources."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from reconciler.errors import EngineError

PROJECT_FILE = "Pulumi.yaml"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""What Pulumi takes for the name of a project."""


def project_name(root: Path) -> str:
    """The name that the project file in this folder gives. Raises `EngineError` if it gives none."""
    file = root / PROJECT_FILE
    name = _read(file).get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise EngineError(
            f"{file} names no project: name is {name!r}",
            hint="give it a name of letters, digits, hyphens, underscores and periods, at most 100",
        )
    return name


def copy_project(root: Path, to: Path, stack: str) -> None:
    """Copy the project file to another folder, and with it the settings of one stack."""
    shutil.copy(root / PROJECT_FILE, to)
    folder = _read(root / PROJECT_FILE).get("stackConfigDir") or "."
    settings = Path(str(folder)) / f"Pulumi.{stack}.yaml"
    if (root / settings).is_file() and not settings.is_absolute() and ".." not in settings.parts:
        (to / settings).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / settings, to / settings)


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EngineError(f"{file} cannot be read: {error}", hint="it is the project file of Pulumi") from error
    return content if isinstance(content, dict) else {}
