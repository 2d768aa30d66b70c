"""Checking values from YAML against a model, with pydantic's errors in the words of whoever writes YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.definitions.errors import Problem, did_you_mean, nearest
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, key_at, value_at
from reconciler.kinds import Part
from reconciler.kinds.mapping import Field, schema

P = TypeVar("P", bound=Part)
Path = tuple[str | int, ...]

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
}
_WITHOUT_QUOTES: Final = {"true or false": re.compile("true|false"), "a whole number": re.compile("-?[0-9]+")}
_NEVER: Final = re.compile("(?!)")


def validate(model: type[P], value: Any, mark: Mark, what: str, problems: list[Problem]) -> P | None:
    """The value as the model has it; None, and problems, if it does not fit. `what` names it in messages."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems += _translated(error, model, value, mark, what)
        return None


def _translated(error: ValidationError, model: type[Part], root: Any, mark: Mark, what: str) -> Iterator[Problem]:
    for details in error.errors(include_url=False):
        if _is_consequence(details):
            continue
        path = details["loc"]
        of_key = details["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
        path = tuple(step for step in path if step != "[key]")
        mark_of = key_at if of_key else value_at
        message, hint = _explained(details, path, _fields_along(model, path), model, what)
        yield Problem(Source(*mark_of(root, path, mark)), message, hint)


def _is_consequence(details: ErrorDetails) -> bool:
    """Whether an error only says that there is another: a default that depends on it, a list that lacks it."""
    if details["type"] == "too_short":
        return len(details["input"]) >= details["ctx"]["min_length"]
    return details["type"] == "default_factory_not_called"


def _explained(details: ErrorDetails, path: Path, along: list[Field], model: type[Part], what: str) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    name = dotted(path)
    secret = any(field.secret for field in along)
    value = "this value" if secret else shown(details["input"])
    match kind:
        case "missing":
            inside = dotted(path[:-1])
            return f"{inside or what} lacks {path[-1]}", ""
        case "extra_forbidden":
            inner = along[-1].part if along and along[-1].part else model
            owner = dotted(path[:-1]) or what
            return f"{owner} has no field {path[-1]}", did_you_mean(str(path[-1]), inner.model_fields)
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            close = nearest(str(details["input"]).upper(), tuple(allowed)) or nearest(
                str(details["input"]), tuple(allowed)
            )
            hint = f"did you mean {close[0]}? " if close else ""
            words = ", ".join(word or '""' for word in allowed)
            return f"{name} cannot be {value}", f"{hint}allowed: {words}"
        case "value_error":
            reason = str(context["error"])
            return (f"{name}: {value}: {reason}" if _is_scalar(details["input"]) else f"{name or what}: {reason}"), ""
        case "string_pattern_mismatch" if secret:
            return f"{name} holds a secret", "name the place of the secret instead: env:NAME or file:PATH"
        case "string_pattern_mismatch":
            return f"{name}: {value} does not have the right form", f"it must match {context['pattern']}"
        case "string_too_short" | "too_short":
            least = context.get("min_length")
            return f"{name} must not be empty" if least == 1 else f"{name} must have at least {least}", ""
        case "string_too_long":
            length = len(details["input"])
            return f"{name} has {length} characters, and at most {context['max_length']} are allowed", ""
        case "greater_than_equal":
            return f"{name} is {value}, and must be at least {context['ge']}", ""
        case "less_than_equal":
            return f"{name} is {value}, and must be at most {context['le']}", ""
    if expected := _EXPECTED.get(kind):
        return f"{name or what} must be {expected}, and this is {value}", _how_to_write(expected, details["input"], along)
    return f"{name or what}: {details['msg']}, and this is {value}", ""


def _how_to_write(expected: str, value: Any, along: list[Field]) -> str:
    if value is None and expected == "a list":
        return "write [] for none"
    if value is None:
        return "leave the field out for its default" if along and not along[-1].info.is_required() else ""
    if expected == "text" and _is_scalar(value):
        return f'put it in quotes: "{shown(value)}"'
    if expected == "a list" and _is_scalar(value):
        return f"write [{value}]"
    if isinstance(value, str) and _WITHOUT_QUOTES.get(expected, _NEVER).fullmatch(value):
        return "write it without quotes"
    return ""


def _fields_along(model: type[Part], path: Path) -> list[Field]:
    along: list[Field] = []
    inner: type[Part] | None = model
    for step in path:
        if isinstance(step, str) and inner:
            field = next((field for field in schema(inner) if field.name == step), None)
            if field is None:
                break
            along.append(field)
            inner = field.part
    return along


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
            text = value if value and value == value.strip() else json.dumps(value)
            return text if len(text) <= 60 else f"{text[:57]}..."
        case _:
            return json.dumps(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)
