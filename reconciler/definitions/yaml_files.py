"""Reading any YAML file of the definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import UnreadablePath, read_text
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, YamlMapping
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


def read_entries(
    folder: Path, names: Sequence[str], of: str, problems: list[Problem]
) -> Iterator[tuple[str, Any, Mark]]:
    """The entries of a file that is a mapping `of` something: key, value and location of the key.

    The file has one of these names, the usual one first. Without it, there are no entries.
    """
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    roots, _ = read_roots(path, problems) if path else ([], True)
    for root in roots:
        if not isinstance(root.value, YamlMapping):
            message = f"{names[0]} must be a mapping of {of}, not {shown(root.value)}"
            problems.append(Problem(Source(*root.mark), message))
            continue
        for name, raw in root.value.items():
            yield name, raw, root.value.keys_at[name]
