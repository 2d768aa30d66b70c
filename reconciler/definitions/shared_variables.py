"""Variables of all environments (`variables.yaml`). The variables of an environment come first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import VARIABLES
from reconciler.definitions.model import Source
from reconciler.definitions.positions import YamlMapping
from reconciler.definitions.validation import validate
from reconciler.definitions.variables import VariableName, misused
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part


class _VariablesFile(Part):
    variables: dict[VariableName, Any]


def read_variables(directory: Path, problems: list[Problem]) -> YamlMapping | None:
    """The variables of all environments, with their locations; empty without the file.

    None if the file is invalid, with the reasons added to `problems`.
    """
    path = next((directory / name for name in VARIABLES if (directory / name).is_file()), None)
    roots, complete = read_roots(path, problems) if path else ([], True)
    if not complete:
        return None
    if not roots:
        return YamlMapping()
    value, mark = roots[0].value, roots[0].mark
    if len(roots) != 1 or not isinstance(value, YamlMapping):
        what = f"{len(roots)} documents" if len(roots) != 1 else shown(value)
        problems.append(Problem(Source(*mark), f"variables.yaml must be one mapping of variables, not {what}"))
        return None
    if value.keys() >= {"kind", "spec"}:
        message = "variables.yaml has the variables of all environments, and no document"
        problems.append(Problem(Source(*mark), message, "move the document to another file"))
        return None
    before = len(problems)
    file = YamlMapping()
    file.put("variables", value, mark)
    validate(_VariablesFile, file, mark, "variables.yaml", problems)
    problems += misused(value)
    return value if len(problems) == before else None


def with_shared(shared: YamlMapping, own: YamlMapping) -> YamlMapping:
    """The variables of one environment: its own, and those of all environments that it does not set itself."""
    variables = shared.copy()
    for name in own:
        variables.take(name, own)
    return variables
