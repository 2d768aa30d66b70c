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
EACH: Final = r"\$\{each(?:\.(?P<name>[A-Za-z0-9_-]+))?\}"
"""The item of a document with `foreach`, or one of its values: see `foreach`."""
PLACEHOLDER: Final = r"\$\{(?:each\.[A-Za-z0-9_-]+|(?P<variable>" + VARIABLE_NAME + r"))\}"
"""A variable, or a value of an item. Okta's own expressions have a dot too: `${user.login}`."""
_USE: Final = re.compile(r"\$\$\{|" + PLACEHOLDER)
"""Either `$${`, which is `${` itself, or a placeholder."""
_RESERVED: Final = "each"


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
        if (alone := _USE.fullmatch(text)) and alone["variable"]:
            return self._value(alone["variable"], mark)
        return _USE.sub(lambda use: self._replaced(use, mark), text)

    def _replaced(self, use: re.Match[str], mark: Mark) -> str:
        if use[0] == "$${":
            return "${"
        if name := use["variable"]:
            return self._as_text(name, mark)
        hint = f"add foreach to the document; for the literal text, write ${use[0]}"
        self._problems.append(Problem(Source(*mark), f"{use[0]} is not in a document with foreach", hint))
        return use[0]

    def _as_text(self, name: str, mark: Mark) -> str:
        value = self._value(name, mark)
        if (text := in_text(value)) is None:
            what = "null" if value is None else "a list" if isinstance(value, list) else "a mapping"
            message = f"the variable {name} is {what}: it cannot be part of a text"
            self._problems.append(Problem(Source(*mark), message, f"write ${{{name}}} alone"))
        return text or ""

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


def in_text(value: Any) -> str | None:
    """A value as a part of a text; None if it is null, a list or a mapping."""
    if isinstance(value, str):
        return value
    return None if value is None or isinstance(value, dict | list) else json.dumps(value)


def misused(variables: YamlMapping) -> Iterator[Problem]:
    """Problems for variables that use a variable, or have a reserved name."""
    for name, value in variables.items():
        if name == _RESERVED:
            at = Source(*variables.keys_at[name])
            yield Problem(at, f"{name} is the item of a document with foreach", "choose another name for the variable")
        if uses_variable(value):
            at = Source(*variables.values_at[name])
            yield Problem(at, f"the variable {name} uses a variable", "write its value out")


def uses_variable(value: Any) -> bool:
    """Whether a value uses a variable anywhere."""
    match value:
        case str():
            return any(use[0] != "$${" for use in _USE.finditer(value))
        case dict():
            return any(map(uses_variable, value.values()))
        case list():
            return any(map(uses_variable, value))
    return False
