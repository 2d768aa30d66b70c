"""Reading any YAML file of the definitions."""

from __future__ import annotations

from pathlib import Path

from reconciler.definitions.errors import Problem
from reconciler.definitions.files import UnreadablePath, read_text
from reconciler.definitions.yaml_text import Root, YamlText


def read_roots(path: Path, problems: list[Problem]) -> tuple[list[Root], bool]:
    """The roots of its YAML documents, and whether the file was read completely. Errors are added to `problems`."""
    try:
        text = YamlText(read_text(path), path.as_posix())
    except UnreadablePath as error:
        problems.append(error.problem)
        return [], False
    roots = list(text.documents())
    problems += text.problems
    return roots, text.complete
