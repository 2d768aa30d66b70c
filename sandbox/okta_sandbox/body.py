"""Request bodies: validated and completed by a pydantic model.

A model declares the fields of a kind, their types and Okta's defaults. Its field order is the order in the answer.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okta_sandbox.errors import OktaError, invalid, malformed
from okta_sandbox.json_types import Json, JsonObject

BLANK = "The field cannot be left blank"
MISSING_ERRORS = {"missing", "string_too_short"}
VALUE_ERRORS = {
    "literal_error",
    "string_too_long",
    "string_pattern_mismatch",
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "too_long",
    "too_short",
}


class Body(BaseModel):
    """A body whose unknown fields are dropped, as in Okta. `OpenBody` keeps them."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", strict=True)


class OpenBody(BaseModel):
    """A body whose unknown fields are kept, for objects that are not modelled in full."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", strict=True)


def absent() -> Any:
    """Default of a field that Okta omits from its answer when the request omits it."""
    return Field(default=None, exclude_if=lambda value: value is None)


def fill(defaults: JsonObject, value: Json) -> JsonObject:
    """`value` completed from `defaults` at every depth. Values in `value` take precedence, including null."""
    if not isinstance(value, dict):
        return dict(defaults)
    filled = {**defaults, **value}
    for name, default in defaults.items():
        if isinstance(default, dict) and isinstance(value.get(name), dict):
            filled[name] = fill(default, value[name])
    return filled


def required_text(maximum: int = 255) -> Any:
    """A required, non-empty text of at most `maximum` characters."""
    return Field(min_length=1, max_length=maximum)


def read(model: type[BaseModel], value: Json) -> JsonObject:
    """The completed body. Raises OktaError E0000003 for a wrong type, E0000001 for a missing or invalid value."""
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
