"""GitHub's expressions, as far as the workflows use them: `${{ needs.plan.outputs.changes == 'true' && always() }}`.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[()\[\].,!<>*]))"
)
_WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(?:success|failure|always|cancelled)\(\)")
"""The functions that replace the condition `success()`, which is otherwise implied."""


class ExpressionError(Exception):
    """The expression is not one that GitHub, or this module, understands."""


@dataclass
class Contexts:
    """What an expression can refer to."""

    values: Mapping[str, Any]
    status: str = "success"
    """The status of the job or composite action so far: success, failure or cancelled."""

    def interpolate(self, text: Any) -> Any:
        """The text with its expressions replaced; a text that is one expression becomes that expression's value."""
        if not isinstance(text, str):
            return text
        if (whole := _WHOLE.fullmatch(text.strip())) and "${{" not in whole[1]:
            return self.evaluate(whole[1])
        return _WHOLE.sub(lambda match: as_text(self.evaluate(match[1])), text)

    def text(self, text: Any) -> str:
        """The interpolated text, as an environment variable or an input gets it."""
        return as_text(self.interpolate(text))

    def holds(self, condition: str | None) -> bool:
        """Whether an `if` holds. Without a status function, everything before must have succeeded."""
        if not condition:
            return self.status == "success"
        stripped = condition.strip()
        inner = stripped[3:-2] if stripped.startswith("${{") and stripped.endswith("}}") else stripped
        if not STATUS.search(inner) and self.status != "success":
            return False
        return truthy(self.evaluate(inner))

    def evaluate(self, source: str) -> Any:
        """The value of an expression."""
        return _Parser(source, self).whole()

    def function(self, name: str, arguments: list[Any]) -> Any:
        """The result of a function."""
        functions: dict[str, Callable[..., Any]] = {
            "success": lambda: self.status == "success",
            "failure": lambda: self.status == "failure",
            "cancelled": lambda: self.status == "cancelled",
            "always": lambda: True,
            "contains": _contains,
            "startsWith": lambda text, start: as_text(text).lower().startswith(as_text(start).lower()),
            "endsWith": lambda text, end: as_text(text).lower().endswith(as_text(end).lower()),
            "format": lambda text, *values: re.sub(r"\{(\d+)\}", lambda match: as_text(values[int(match[1])]), text),
            "join": lambda values, by=",": by.join(map(as_text, values)),
            "toJSON": lambda value: json.dumps(value, indent=2),
            "fromJSON": json.loads,
            "hashFiles": lambda *patterns: "hash-of-" + "-".join(patterns).replace("/", "-"),
        }
        if name not in functions:
            raise ExpressionError(f"no function {name}")
        return functions[name](*arguments)


def as_text(value: Any) -> str:
    """How GitHub writes a value into a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "Object" if isinstance(value, Mapping) else "Array" if isinstance(value, list) else str(value)


def truthy(value: Any) -> bool:
    """Everything except false, 0, '' and null."""
    return value not in (False, 0, "", None)


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_equal(each, what) for each in where)
    return as_text(what).lower() in as_text(where).lower()


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return bool(left == right)
    return _number(left) == _number(right)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


class _Parser:
    """A recursive descent parser that evaluates as it reads."""

    def __init__(self, source: str, contexts: Contexts) -> None:
        self.contexts = contexts
        self.source = source
        self.tokens: list[tuple[str, str]] = []
        position, end = 0, len(source.rstrip())
        while position < end:
            match = _TOKEN.match(source, position)
            if not match:
                raise ExpressionError(f"{source!r} at {position}")
            self.tokens.append((str(match.lastgroup), match[match.lastgroup or 0]))
            position = match.end()
        self.at = 0

    def whole(self) -> Any:
        value = self._either()
        if self.at != len(self.tokens):
            raise ExpressionError(f"{self.source!r}: {self.tokens[self.at][1]!r} is not expected")
        return value

    def _takes(self, *signs: str) -> str:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return ""

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise ExpressionError(f"{self.source!r}: {sign!r} is missing")

    def _either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value if truthy(value) else other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._takes("&&"):
            other = self._compared()
            value = other if truthy(value) else value
        return value

    def _compared(self) -> Any:
        value = self._negated()
        while sign := self._takes("==", "!=", "<", ">", "<=", ">="):
            other = self._negated()
            if sign in {"==", "!="}:
                value = _equal(value, other) is (sign == "==")
            else:
                left, right = _number(value), _number(other)
                value = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]
        return value

    def _negated(self) -> Any:
        return not truthy(self._negated()) if self._takes("!") else self._member()

    def _member(self) -> Any:
        value = self._atom()
        while True:
            if self._takes("."):
                value = self._filtered(value) if self._takes("*") else _get(value, self._name())
            elif self._takes("["):
                value = _get(value, self._either())
                self._needs("]")
            else:
                return value

    def _filtered(self, value: Any) -> list[Any]:
        values = list(value.values() if isinstance(value, Mapping) else value or [])
        while self._takes("."):
            name = self._name()
            values = [_get(each, name) for each in values]
        return values

    def _name(self) -> str:
        kind, text = self.tokens[self.at]
        if kind != "name":
            raise ExpressionError(f"{self.source!r}: {text!r} is no name")
        self.at += 1
        return text

    def _atom(self) -> Any:
        if self._takes("("):
            value = self._either()
            self._needs(")")
            return value
        if self.at >= len(self.tokens):
            raise ExpressionError(f"{self.source!r} is not complete")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "name":
            return self._named(text)
        raise ExpressionError(f"{self.source!r}: {text!r} is not expected")

    def _named(self, name: str) -> Any:
        if self._takes("("):
            arguments = []
            while not self._takes(")"):
                arguments.append(self._either())
                self._takes(",")
            return self.contexts.function(name, arguments)
        if name in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[name]
        if name not in self.contexts.values:
            raise ExpressionError(f"{self.source!r}: there is no context {name} here")
        return self.contexts.values[name]


def _get(value: Any, key: Any) -> Any:
    """A member, or null: names of members do not distinguish case."""
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        return next((each for name, each in value.items() if str(name).lower() == str(key).lower()), None)
    if isinstance(value, list) and isinstance(key, (int, float)) and 0 <= int(key) < len(value):
        return value[int(key)]
    return None
