"""Regular expressions from requests, matched in time proportional to the text.

Python's engine backtracks: `(a+)+b` takes minutes on thirty letters. The engine of pydantic (Rust's `regex`) does not
backtrack and limits the size of an expression. It supports neither look-around nor backreferences.
"""

from pydantic_core import SchemaError, SchemaValidator, core_schema

MAX_PATTERN_LENGTH = 500  # characters
MAX_TEXT_LENGTH = 2_000  # characters; a longer text matches only `.*`
ANYTHING = ".*"


class InvalidPattern(ValueError):
    """Raised for an expression that does not parse or needs too much memory; the message says why."""


class Pattern:
    """An expression that must match a whole text."""

    def __init__(self, expression: str) -> None:
        if len(expression) > MAX_PATTERN_LENGTH:
            raise InvalidPattern(f"longer than {MAX_PATTERN_LENGTH} characters")
        self.expression = expression
        _compiled(expression)  # separately, because `a)(b` would parse inside parentheses
        self._whole = _compiled(rf"\A(?:{expression})\z")

    def matches(self, text: str) -> bool:
        """Whether the expression matches the whole text."""
        if len(text) > MAX_TEXT_LENGTH:
            return self.expression == ANYTHING
        return self._whole.isinstance_python(text)


def _compiled(expression: str) -> SchemaValidator:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=expression, regex_engine="rust-regex"))
    except SchemaError as error:
        reasons = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise InvalidPattern(reasons[-1].removeprefix("error: ").removeprefix("SchemaError: ")) from None
