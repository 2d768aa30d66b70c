"""Regular expressions that come with a request, matched in time proportional to the text.

Python's own engine tries every way to match, so that `(a+)+b` takes minutes over thirty letters. The engine that
pydantic brings (Rust's `regex`) never goes back, and limits the size of an expression. It knows neither
look-around nor backreferences.
"""

from pydantic_core import SchemaError, SchemaValidator, core_schema

LONGEST_PATTERN = 500  # characters
LONGEST_TEXT = 2_000  # characters; what is longer fits no pattern but `.*`
ANYTHING = ".*"


class PatternRefused(ValueError):
    """Raised for an expression that does not parse, or takes too much memory; the message says why."""


class Pattern:
    """An expression that has to match a text from beginning to end."""

    def __init__(self, expression: str) -> None:
        if len(expression) > LONGEST_PATTERN:
            raise PatternRefused(f"longer than {LONGEST_PATTERN} characters")
        self.expression = expression
        _compiled(expression)  # alone, since `a)(b` would parse inside of parentheses
        self._whole = _compiled(rf"\A(?:{expression})\z")

    def fits(self, text: str) -> bool:
        """Whether it matches the whole text."""
        if len(text) > LONGEST_TEXT:
            return self.expression == ANYTHING
        return self._whole.isinstance_python(text)


def _compiled(expression: str) -> SchemaValidator:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=expression, regex_engine="rust-regex"))
    except SchemaError as error:
        reasons = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise PatternRefused(reasons[-1].removeprefix("error: ").removeprefix("SchemaError: ")) from None
