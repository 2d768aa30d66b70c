"""Validation of YAML values against a model; each error becomes a problem with its location."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import Path, Violation, explained
from reconciler.definitions.model import Source
from reconciler.definitions.positions import Mark, key_at, value_at
from reconciler.definitions.rules import broken_rules
from reconciler.kinds import Part
from reconciler.kinds.mapping import Field, schema

P = TypeVar("P", bound=Part)
_OF_KEY = "[key]"
"""The last step of a path if the key is invalid."""


def validate(model: type[P], value: Any, mark: Mark, what: str, problems: list[Problem]) -> P | None:
    """The validated value; None, and problems, if it is invalid. `what` is its name in messages."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems += dict.fromkeys(_problems(error, model, value, mark, what))
        return None


def _problems(error: ValidationError, model: type[Part], root: Any, mark: Mark, what: str) -> Iterator[Problem]:
    errors = [details for details in error.errors(include_url=False) if not _is_consequence(details)]
    for details in (*errors, *broken_rules(model, root, errors)):
        of_key = details["type"] == "extra_forbidden" or _OF_KEY in details["loc"]
        path = tuple(step for step in details["loc"] if step != _OF_KEY)
        inner, field = _innermost(model, path)
        message, hint = explained(Violation(details, path, inner, field, what))
        place = key_at(root, path, mark) if of_key else value_at(root, path, mark)
        yield Problem(Source(*place), message, hint)


def _is_consequence(details: ErrorDetails) -> bool:
    """Whether an error only follows from another one, such as a default that depends on an invalid field."""
    if details["type"] == "too_short":
        return bool(len(details["input"]) >= details["ctx"]["min_length"])
    return details["type"] == "default_factory_not_called"


def _innermost(model: type[Part], path: Path) -> tuple[type[Part], Field | None]:
    """The innermost structure on a path, and its field that the path names, if it exists."""
    field: Field | None = None
    for name in path:
        if isinstance(name, str):
            model = field.part if field and field.part else model
            field = next((field for field in schema(model) if field.name == name), None)
            if field is None:
                break
    return model, field
