"""Pydantic's errors as messages about YAML: the value, what is expected, and how to write it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import ErrorDetails

from reconciler.definitions.errors import did_you_mean, nearest
from reconciler.kinds import Part
from reconciler.kinds.mapping import Field
from reconciler.kinds.secret_references import HINT
from reconciler.printable import printable

Path = tuple[str | int, ...]
Explanation = tuple[str, str]
"""A message and a hint."""

_EXPECTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "date_type": "a day, such as 2026-12-31",
    "date_parsing": "a day, such as 2026-12-31",
    "date_from_datetime_parsing": "a day, such as 2026-12-31",
    "date_from_datetime_inexact": "a day, such as 2026-12-31",
}
_UNQUOTED: Final = {"true or false": re.compile("true|false"), "a whole number": re.compile("-?[0-9]{1,15}")}


@dataclass(frozen=True, slots=True)
class Violation:
    """One validation error of pydantic, and the field that it is about."""

    details: ErrorDetails
    path: Path
    model: type[Part]
    """The structure that contains the error."""
    field: Field | None
    """The field of that structure; None for an unknown field, or if the structure as a whole is invalid."""
    what: str
    """Name of the validated value in messages."""

    @property
    def name(self) -> str:
        """Name of the invalid value in messages."""
        return dotted(self.path) or self.what

    @property
    def around(self) -> str:
        """Name of the structure around it in messages."""
        return dotted(self.path[:-1]) or self.what

    @property
    def value(self) -> Any:
        """The invalid value."""
        return self.details["input"]

    @property
    def limits(self) -> dict[str, Any]:
        """Pydantic's details of what is allowed."""
        return self.details.get("ctx", {})


def explained(violation: Violation) -> Explanation:
    """The message and the hint, each on one line.

    Values and keys may come from a tenant. A value in a field for a secret's reference is not shown.
    """
    message, hint = _explained(violation)
    return printable(message), printable(hint)


def _explained(violation: Violation) -> Explanation:
    match violation.details["type"]:
        case "missing":
            return f"{violation.around} needs {violation.path[-1]}", ""
        case "extra_forbidden":
            unknown = str(violation.path[-1])
            return f"{violation.around} has no field {unknown}", did_you_mean(unknown, violation.model.model_fields)
        case "value_error" if violation.field and violation.field.secret:  # a rule about a valid reference
            return f"{violation.name}: {violation.limits['error']}", ""
        case _ if violation.field and violation.field.secret:
            return f"{violation.name} must be a reference to a secret", HINT
        case "literal_error":
            return _not_allowed(violation)
        case "value_error":
            value = f" {shown(violation.value)}:" if _is_scalar(violation.value) else ""
            return f"{violation.name}:{value} {violation.limits['error']}", ""
        case kind if kind in _EXPECTED:
            return _of_another_type(violation, _EXPECTED[kind])
    return _beyond_limits(violation)


def _not_allowed(violation: Violation) -> Explanation:
    allowed = tuple(re.findall(r"'([^']*)'", violation.limits["expected"]))
    close = [meant for text in (str(violation.value), str(violation.value).upper()) for meant in nearest(text, allowed)]
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{violation.name} cannot be {shown(violation.value)}", f"{hint}allowed: {', '.join(map(shown, allowed))}"


def _of_another_type(violation: Violation, expected: str) -> Explanation:
    return f"{violation.name} must be {expected}, not {shown(violation.value)}", _how_to_write(violation, expected)


def _how_to_write(violation: Violation, expected: str) -> str:
    value = violation.value
    if value is None and expected == "a list":
        return "write [] for none"
    if value is None and violation.field and not violation.field.info.is_required():
        return "leave the field out for its default"
    if expected == "text" and _is_scalar(value):
        return f'put it in quotes: "{shown(value)}"'
    if expected == "a list" and _is_scalar(value):
        return f"write [{value}]"
    if expected in _UNQUOTED and isinstance(value, str) and _UNQUOTED[expected].fullmatch(value):
        return "write it without quotes"
    return ""


def _beyond_limits(violation: Violation) -> Explanation:
    name, value, limits = violation.name, shown(violation.value), violation.limits
    match violation.details["type"]:
        case "string_pattern_mismatch":
            return f"{name}: {value} has an invalid format", f"it must match {limits['pattern']}"
        case "string_too_short" | "too_short" if limits["min_length"] == 1:
            return f"{name} must not be empty", ""
        case "string_too_long":
            return f"{name} has {len(violation.value)} characters; at most {limits['max_length']} are allowed", ""
        case "greater_than_equal":
            return f"{name} must be at least {limits['ge']}, not {value}", ""
        case "less_than_equal":
            return f"{name} must be at most {limits['le']}, not {value}", ""
    return f"{name}: {violation.details['msg']}, not {value}", ""


def dotted(path: Path) -> str:
    """A path as messages show it: `rules[1].access`; items are counted from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: Any) -> str:
    """A value as in YAML, shortened to fit into a message."""
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            plain = value and value == value.strip() and value.isprintable()
            text = value if plain else printable(json.dumps(value, ensure_ascii=False))
            return text if len(text) <= 60 else f"{text[:57]}..."
        case _:
            return json.dumps(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)
