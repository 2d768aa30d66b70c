"""Pydantic's errors in the words of whoever writes YAML: what came, what is expected, and how to write it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import ErrorDetails

from reconciler.definitions.errors import did_you_mean, nearest
from reconciler.kinds import Part
from reconciler.kinds.mapping import Field
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
class Fault:
    """One error of pydantic, with what is known of its place."""

    details: ErrorDetails
    path: Path
    model: type[Part]
    """The structure in which the error is."""
    field: Field | None
    """The field of that structure; None if it has no such field, or as a whole is wrong."""
    what: str
    """What to call the value that was validated."""

    @property
    def name(self) -> str:
        """What to call the value that is wrong."""
        return dotted(self.path) or self.what

    @property
    def around(self) -> str:
        """What to call the structure around it."""
        return dotted(self.path[:-1]) or self.what

    @property
    def value(self) -> Any:
        """The value that is wrong."""
        return self.details["input"]

    @property
    def limits(self) -> dict[str, Any]:
        """What pydantic says about what is allowed."""
        return self.details.get("ctx", {})


def explained(fault: Fault) -> Explanation:
    """What is wrong, and what would be right, each on one line.

    Values and keys may come from a tenant as well. A value that ought to be a secret's place is not repeated.
    """
    message, hint = _explained(fault)
    return printable(message), printable(hint)


def _explained(fault: Fault) -> Explanation:
    match fault.details["type"]:
        case "missing":
            return f"{fault.around} lacks {fault.path[-1]}", ""
        case "extra_forbidden":
            unknown = str(fault.path[-1])
            return f"{fault.around} has no field {unknown}", did_you_mean(unknown, fault.model.model_fields)
        case _ if fault.field and fault.field.secret:
            return f"{fault.name} holds a secret", "name the place of the secret instead: env:NAME or file:PATH"
        case "literal_error":
            return _not_allowed(fault)
        case "value_error":
            value = f" {shown(fault.value)}:" if _is_scalar(fault.value) else ""
            return f"{fault.name}:{value} {fault.limits['error']}", ""
        case kind if kind in _EXPECTED:
            return _of_another_type(fault, _EXPECTED[kind])
    return _beyond_limits(fault)


def _not_allowed(fault: Fault) -> Explanation:
    allowed = tuple(re.findall(r"'([^']*)'", fault.limits["expected"]))
    close = [meant for text in (str(fault.value), str(fault.value).upper()) for meant in nearest(text, allowed)]
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{fault.name} cannot be {shown(fault.value)}", f"{hint}allowed: {', '.join(map(shown, allowed))}"


def _of_another_type(fault: Fault, expected: str) -> Explanation:
    return f"{fault.name} must be {expected}, not {shown(fault.value)}", _how_to_write(fault, expected)


def _how_to_write(fault: Fault, expected: str) -> str:
    value = fault.value
    if value is None and expected == "a list":
        return "write [] for none"
    if value is None and fault.field and not fault.field.info.is_required():
        return "leave the field out for its default"
    if expected == "text" and _is_scalar(value):
        return f'put it in quotes: "{shown(value)}"'
    if expected == "a list" and _is_scalar(value):
        return f"write [{value}]"
    if expected in _UNQUOTED and isinstance(value, str) and _UNQUOTED[expected].fullmatch(value):
        return "write it without quotes"
    return ""


def _beyond_limits(fault: Fault) -> Explanation:
    name, value, limits = fault.name, shown(fault.value), fault.limits
    match fault.details["type"]:
        case "string_pattern_mismatch":
            return f"{name}: {value} does not have the right form", f"it must match {limits['pattern']}"
        case "string_too_short" | "too_short" if limits["min_length"] == 1:
            return f"{name} must not be empty", ""
        case "string_too_long":
            return f"{name} has {len(fault.value)} characters, and at most {limits['max_length']} are allowed", ""
        case "greater_than_equal":
            return f"{name} is {value}, and must be at least {limits['ge']}", ""
        case "less_than_equal":
            return f"{name} is {value}, and must be at most {limits['le']}", ""
    return f"{name}: {fault.details['msg']}, not {value}", ""


def dotted(path: Path) -> str:
    """A path as messages show it: `rules[1].access`, items counted from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: Any) -> str:
    """A value as YAML would say it, cut to a length that fits into a message."""
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
