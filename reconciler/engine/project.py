"""The Pulumi project: its file, and the name under which the engine keeps stacks and calls resources."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from reconciler.errors import EngineError

PROJECT_FILE = "Pulumi.yaml"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""What Pulumi takes for the name of a project."""


def project_name(root: Path) -> str:
    """The name that the project file in this folder gives. Raises `EngineError` if it gives none."""
    file = root / PROJECT_FILE
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EngineError(f"{file} cannot be read: {error}", hint="it is the project file of Pulumi") from error
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise EngineError(
            f"{file} names no project: name is {name!r}",
            hint="give it a name of letters, digits, hyphens, underscores and periods, at most 100",
        )
    return name
