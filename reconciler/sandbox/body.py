"""Request bodies: what a client may send, checked and completed by a model.

A model says the fields of a kind, their types and what Okta fills in. Its order is the order of the answer.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.sandbox.errors import OktaError, invalid, malformed
from reconciler.sandbox.json_types import Json, JsonObject

BLANK = "The field cannot be left blank"
MISSING_ERRORS = {"missing", "string_too_short"}
VALUE_ERRORS = {"literal_error", "string_too_long", "string_pattern_mismatch"}


class Body(BaseModel):
    """Fields that are not named are dropped, as Okta does; `OpenBody` keeps them."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", strict=True)


class OpenBody(BaseModel):
    """For objects whose inner shape depends on too much to be spelled out: what is sent comes back."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", strict=True)


def absent() -> Any:
    """The default of a field that Okta leaves out of its answer when it was not sent."""
    return Field(default=None, exclude_if=lambda value: value is None)


def fill(defaults: JsonObject, value: Json) -> JsonObject:
    """`value` with what it lacks taken from `defaults`, at every depth; what was sent wins, null too."""
    if not isinstance(value, dict):
        return dict(defaults)
    filled = {**defaults, **value}
    for name, default in defaults.items():
        if isinstance(default, dict) and isinstance(value.get(name), dict):
            filled[name] = fill(default, value[name])
    return filled


def required_text(maximum: int = 255) -> Any:
    """A text that has to be there, and may not be empty; at most `maximum` characters."""
    return Field(min_length=1, max_length=maximum)


def read(model: type[BaseModel], value: Json) -> JsonObject:
    """The completed body; OktaError E0000003 for a wrong type, E0000001 for a missing or refused value."""
    try:
        return model.model_validate(value).model_dump()
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> OktaError:
    problems = error.errors(include_url=False, include_context=False)
    if any(problem["type"] not in MISSING_ERRORS | VALUE_ERRORS for problem in problems):
        return malformed()
    causes = []
    for problem in problems:
        field = ".".join(str(step) for step in problem["loc"])
        blank = problem["type"] in MISSING_ERRORS
        causes.append(f"{field}: {BLANK if blank else problem['msg']}")
    return invalid(causes[0].split(":")[0], *causes)
