"""Reads expressions of group rules (Okta Expression Language): their syntax, and the functions they call.

The grammar is that of the Spring Expression Language, without what Okta's reference excludes: assignments, beans,
variables, constructors, `instanceof` and `between`. Types of values and names of attributes are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

DEEPEST: Final = 50
"""How deep brackets can be nested."""

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<number>0[xX][0-9a-fA-F]+[lL]?|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?[lLfFdD]?)
    | (?P<word>[^\W\d][\w$]*|\$[\w$]*)
    | (?P<sign>==|!=|<=|>=|&&|\|\||\?\.|\?:|[-+*/%^!<>?:.,(){}\[\]])""",
    re.VERBOSE,
)
_COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge", "matches"})
_LOGIC: Final = frozenset({"&&", "||", "and", "or"})
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "^", "div", "mod"})
_BINARY: Final = _COMPARISONS | _LOGIC | _ARITHMETIC
_UNARY: Final = frozenset({"!", "not", "+", "-"})
_EXCLUDED: Final = frozenset({"instanceof", "between", "new"})
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}
_SIGNS_WITH_ADVICE: Final = {
    "=": "= is an assignment, which expressions do not support: write == to compare",
    "&": "& is no operator: write && or AND",
    "|": "| is no operator: write || or OR",
    "#": "Okta's expressions have no variables (#)",
    "@": "Okta's expressions have no beans (@)",
    ";": "an expression is one value: it has no ;",
    "“": "“ does not begin text: write \" or '",
    "”": "” does not begin text: write \" or '",
    "‘": "‘ does not begin text: write \" or '",  # noqa: RUF001
    "’": "’ does not begin text: write \" or '",  # noqa: RUF001
    "'": "this text has no closing quote",
    '"': "this text has no closing quote",
}


class NotAnExpression(ValueError):
    """Raised if a text is no expression. `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


class Call(NamedTuple):
    """A function call, such as `String.len` or `isMemberOfGroup`."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def word(self) -> str:
        """The text to compare with operators and brackets. Words are in lower case."""
        return self.text.lower() if self.kind == "word" else self.text if self.kind == "sign" else ""


def calls(expression: str) -> list[Call]:
    """The functions that an expression calls, in order. Raises `NotAnExpression`."""
    return _Reader(expression).read()


def _tokens(expression: str) -> Iterator[_Token]:
    position = 0
    while position < len(expression):
        found = _TOKEN.match(expression, position)
        if found is None:
            sign = expression[position]
            raise NotAnExpression(_SIGNS_WITH_ADVICE.get(sign, f"{sign} does not belong here"), position + 1)
        if found.lastgroup != "space":
            yield _Token(str(found.lastgroup), found[0], position + 1)
        position = found.end()
    yield _Token("end", "", len(expression) + 1)


class _Reader:
    """Reads one expression from left to right. Recursion is limited to nested brackets."""

    def __init__(self, expression: str) -> None:
        self._tokens = list(_tokens(expression))
        self._next = 0
        self._calls: list[Call] = []

    def read(self) -> list[Call]:
        self._expression(0)
        if self._token.kind != "end":
            self._unexpected()
        return self._calls

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *words: str) -> bool:
        if self._token.word in words:
            self._next += 1
            return True
        return False

    def _expression(self, depth: int) -> None:
        """Operations, with ternary (`a ? b : c`) and Elvis (`a ?: b`) operators."""
        while True:
            self._operations(depth)
            if self._take("?"):
                question = self._tokens[self._next - 1]
                self._expression(self._deeper(depth, question))
                if not self._take(":"):
                    self._fail(f"the ? at column {question.column} needs a : and a value for the other case")
            elif not self._take("?:"):
                return

    def _operations(self, depth: int) -> None:
        compared = False
        while True:
            self._operand(depth)
            token = self._token
            if token.word not in _BINARY:
                return
            if token.word in _COMPARISONS and compared:
                self._fail("comparisons cannot be chained: join them with AND")
            compared = (compared or token.word in _COMPARISONS) and token.word not in _LOGIC
            self._next += 1

    def _operand(self, depth: int) -> None:
        while self._token.word in _UNARY:
            self._next += 1
        token = self._token
        name: list[str] = []
        if token.word in ("(", "{"):
            self._next += 1
            self._items(token, depth)
        elif token.word in _EXCLUDED:
            self._fail(f"Okta's expressions have no {token.word}")
        elif token.kind == "word" and token.word not in _BINARY:
            name = self._name([], depth, token)
        elif token.kind in ("text", "number"):
            self._next += 1
        else:
            self._fail("a value is missing here" if token.kind == "end" else f"a value is missing before {token.text}")
        self._members(name, token, depth)

    def _members(self, name: list[str], first: _Token, depth: int) -> None:
        """What follows a value: `.attribute`, `.function(...)`, `[index]`."""
        while True:
            token = self._token
            if self._take(".", "?."):
                if self._token.word in ("?", "!", "^", "$") and self._tokens[self._next + 1].word == "[":
                    self._next += 2
                    self._items(self._tokens[self._next - 1], depth)
                    name = []
                elif self._token.kind == "word":
                    name = self._name(name, depth, first, owned=True)
                else:
                    self._fail("a name is missing after the .")
            elif self._take("["):
                self._items(token, depth)
                name = []
            else:
                return

    def _name(self, above: list[str], depth: int, first: _Token, *, owned: bool = False) -> list[str]:
        """An attribute or a call. Returns the name so far; empty for members of a computed value."""
        token = self._token
        self._next += 1
        whole = above
        if above or not owned:
            whole.append(token.text)
        opening = self._token
        if not self._take("("):
            return whole
        if whole:
            self._calls.append(Call(".".join(whole), first.column))
        self._items(opening, depth)
        return []

    def _items(self, opening: _Token, depth: int) -> None:
        """The content of brackets, up to the closing one: values, or `key: value` in braces, separated by commas."""
        closing = _CLOSING[opening.text]
        depth = self._deeper(depth, opening)
        call = opening.text == "(" and self._next >= 2 and self._tokens[self._next - 2].kind == "word"
        may_be_empty = opening.text == "{" or call
        if opening.text == "{" and self._token.word == ":" and self._tokens[self._next + 1].word == "}":
            self._next += 1
        if may_be_empty and self._take(closing):
            return
        while True:
            self._expression(depth)
            if opening.text == "{" and self._take(":"):
                self._expression(depth)
            if self._take(closing):
                return
            if not (self._token.word == "," and (call or opening.text == "{")):
                if self._token.kind == "end":
                    raise NotAnExpression(f"this {opening.text} is not closed", opening.column)
                self._unexpected()
            self._next += 1

    def _deeper(self, depth: int, token: _Token) -> int:
        if depth == DEEPEST:
            raise NotAnExpression(f"brackets are nested more than {DEEPEST} levels deep", token.column)
        return depth + 1

    def _unexpected(self) -> NoReturn:
        token = self._token
        if token.word in _EXCLUDED:
            self._fail(f"Okta's expressions have no {token.word}")
        if token.kind in ("word", "text", "number") or token.word in ("(", "{"):
            self._fail(f"an operator is missing before {token.text[:30]}")
        self._fail(f"{token.text} does not belong here")

    def _fail(self, message: str) -> NoReturn:
        raise NotAnExpression(message, self._token.column)
