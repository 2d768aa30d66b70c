"""Okta's `filter` and `search` expressions: the SCIM filter language over the JSON of an object.

    status eq "ACTIVE" and (profile.department sw "Eng" or not (profile.title pr))

Operators: eq ne gt ge lt le sw ew co pr; `and` binds tighter than `or`. A condition on a list holds if it holds for one
element. Text comparison ignores case, as in Okta's search. Times compare as text, which is correct for ISO 8601 in
UTC.
"""

import re
from collections.abc import Callable, Container, Iterator
from typing import TypeAlias

from okta_sandbox.errors import invalid_search
from okta_sandbox.json_types import Json, JsonObject

Predicate: TypeAlias = Callable[[JsonObject], bool]

MAX_DEPTH = 50  # nested parentheses and `not`
TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[()])|(?P<word>[^\s()"]+))')
CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}


def compile_filter(expression: str, allowed: Container[str] | None = None) -> Predicate:
    """The predicate of an expression. Raises OktaError E0000031 if it does not parse.

    `allowed` are the permitted attributes; None permits all.
    """
    parser = _Parser(expression, allowed)
    predicate = parser.alternatives()
    parser.expect_end()
    return predicate


class _Parser:
    def __init__(self, expression: str, allowed: Container[str] | None) -> None:
        self.expression = expression
        self.allowed = allowed
        self.tokens = self._split(expression)
        self.index = 0
        self.depth = 0

    def alternatives(self) -> Predicate:
        options = [self._conjunction()]
        while self._take("or"):
            options.append(self._conjunction())
        return options[0] if len(options) == 1 else lambda value: any(option(value) for option in options)

    def expect_end(self) -> None:
        if self.index < len(self.tokens):
            raise self._error()

    def _conjunction(self) -> Predicate:
        parts = [self._factor()]
        while self._take("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else lambda value: all(part(value) for part in parts)

    def _factor(self) -> Predicate:
        if self._take("not"):
            negated = self._inside(self._factor)
            return lambda value: not negated(value)
        if self._take("("):
            inner = self._inside(self.alternatives)
            if not self._take(")"):
                raise self._error()
            return inner
        return self._comparison()

    def _inside(self, parse: Callable[[], Predicate]) -> Predicate:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error()
        predicate = parse()
        self.depth -= 1
        return predicate

    def _comparison(self) -> Predicate:
        path, operator = self._next(), self._next().lower()
        if not re.fullmatch(r"[\w.$-]+", path) or (self.allowed is not None and path not in self.allowed):
            raise self._error()
        steps = path.split(".")
        if operator == "pr":
            return lambda value: any(found not in (None, "", []) for found in _values(value, steps))
        compare, wanted = OPERATORS.get(operator), self._literal()
        if compare is None:
            raise self._error()
        if operator == "ne":
            return lambda value: all(compare(found, wanted) for found in _values(value, steps))
        return lambda value: any(compare(found, wanted) for found in _values(value, steps))

    def _literal(self) -> Json:
        token = self._next()
        if token.startswith('"'):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token in CONSTANTS:
            return CONSTANTS[token]
        try:
            return float(token)
        except ValueError:
            raise self._error() from None

    def _split(self, expression: str) -> list[str]:
        tokens, position, end = [], 0, len(expression.rstrip())
        while position < end:
            match = TOKEN.match(expression, position)
            if not match:
                raise self._error()
            tokens.append(match.group(0).strip())
            position = match.end()
        return tokens

    def _next(self) -> str:
        if self.index >= len(self.tokens):
            raise self._error()
        self.index += 1
        return self.tokens[self.index - 1]

    def _take(self, word: str) -> bool:
        found = self.index < len(self.tokens) and self.tokens[self.index].lower() == word
        self.index += found
        return found

    def _error(self) -> Exception:
        return invalid_search(self.expression)


def _values(value: Json, steps: list[str]) -> Iterator[Json]:
    if isinstance(value, list):
        for element in value:
            yield from _values(element, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        yield from _values(value.get(steps[0]), steps[1:])
    else:
        yield None


def _equal(found: Json, wanted: Json) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return found.lower() == wanted.lower()
    return bool(found == wanted)


def _text(test: Callable[[str, str], bool]) -> Callable[[Json, Json], bool]:
    def compare(found: Json, wanted: Json) -> bool:
        return isinstance(found, str) and isinstance(wanted, str) and test(found.lower(), wanted.lower())

    return compare


def _ordered(test: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    def compare(found: Json, wanted: Json) -> bool:
        alike = isinstance(found, str) == isinstance(wanted, str)
        return alike and not isinstance(found, dict | bool | None) and test(found, wanted)

    return compare


OPERATORS: dict[str, Callable[[Json, Json], bool]] = {
    "eq": _equal,
    "ne": lambda found, wanted: not _equal(found, wanted),
    "sw": _text(str.startswith),
    "ew": _text(str.endswith),
    "co": _text(str.__contains__),
    "gt": _ordered(lambda found, wanted: bool(found > wanted)),
    "ge": _ordered(lambda found, wanted: bool(found >= wanted)),
    "lt": _ordered(lambda found, wanted: bool(found < wanted)),
    "le": _ordered(lambda found, wanted: bool(found <= wanted)),
}
