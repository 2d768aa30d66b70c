"""Variables: `${name}` in definitions is replaced with the value in the environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from pydantic import StringConstraints

from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence, located, value_at

VARIABLE_NAME: Final = r"[a-z][a-z0-9_]*"
VariableName = Annotated[str, StringConstraints(pattern=f"^{VARIABLE_NAME}$")]
_USE: Final = re.compile(r"\$\$\{|\$\{(" + VARIABLE_NAME + r")\}")
"""Either `$${`, which is `${` itself, or a variable. Okta's own expressions have a dot: `${user.login}`."""


class Variables:
    """Fills in the variables of one environment; problems are located where a variable is used."""

    def __init__(self, values: Mapping[str, Any], environment: str, problems: list[Problem]) -> None:
        self._values = values
        self._environment = environment
        self._problems = problems
        self._used: dict[Source, list[str]] = {}

    def fill(self, value: Any, mark: Mark) -> Any:
        """The value with its variables filled in; the same object if it has none."""
        match value:
            case str():
                return self._fill_text(value, mark) if "${" in value else value
            case YamlMapping():
                return self._fill_mapping(value)
            case YamlSequence():
                return self._fill_sequence(value)
        return value

    def traced(self, problem: Problem) -> Problem:
        """The problem, with the variables at its location, and where the environment sets them."""
        names = self._used.get(problem.source)
        if not names:
            return problem
        values = ", ".join(f"${{{name}}} is set at {self._place(name)}" for name in names)
        return replace(problem, message=f"{problem.message} (in {self._environment}, {values})")

    def _place(self, name: str) -> Source:
        return Source(*value_at(self._values, (name,), ("", 1, 1)))

    def _fill_mapping(self, mapping: YamlMapping) -> YamlMapping:
        result = mapping
        for key, value in mapping.items():
            filled = self.fill(value, mapping.values_at[key])
            if filled is not value:
                if result is mapping:
                    result = mapping.copy()
                result[key] = filled
        return result

    def _fill_sequence(self, sequence: YamlSequence) -> YamlSequence:
        filled = [self.fill(item, mark) for item, mark in zip(sequence, sequence.items_at, strict=True)]
        if all(new is old for new, old in zip(filled, sequence, strict=True)):
            return sequence
        result = YamlSequence()
        result.extend(filled)
        result.items_at = sequence.items_at
        return result

    def _fill_text(self, text: str, mark: Mark) -> Any:
        if (alone := _USE.fullmatch(text)) and alone[1]:
            return self._value(alone[1], mark)
        return _USE.sub(lambda use: self._as_text(use[1], mark) if use[1] else "${", text)

    def _as_text(self, name: str, mark: Mark) -> str:
        value = self._value(name, mark)
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, dict | list):
            what = "null" if value is None else "a list" if isinstance(value, list) else "a mapping"
            message = f"the variable {name} is {what}: it cannot be part of a text"
            self._problems.append(Problem(Source(*mark), message, f"write ${{{name}}} alone"))
        return json.dumps(value)

    def _value(self, name: str, mark: Mark) -> Any:
        try:
            value = located(self._values[name], mark)
        except KeyError:
            message = f"the environment {self._environment} has no variable {name}"
            hint = did_you_mean(name, self._values, f"for the literal text, write $${{{name}}}")
            self._problems.append(Problem(Source(*mark), message, hint))
            return f"${{{name}}}"
        names = self._used.setdefault(Source(*mark), [])
        if name not in names:
            names.append(name)
        return value


def misused(variables: YamlMapping) -> Iterator[Problem]:
    """Problems for variables that use a variable."""
    for name, value in variables.items():
        if uses_variable(value):
            at = Source(*variables.values_at[name])
            yield Problem(at, f"the variable {name} uses a variable", "write its value out")


def uses_variable(value: Any) -> bool:
    """Whether a value uses a variable anywhere."""
    match value:
        case str():
            return any(use[1] for use in _USE.finditer(value))
        case dict():
            return any(map(uses_variable, value.values()))
        case list():
            return any(map(uses_variable, value))
    return False
