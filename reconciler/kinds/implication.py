"""Whether one Okta expression implies another, judged by their form. Expressions are not evaluated."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|\|\||&&|[()]|\w+|\s+|.""", re.DOTALL)
_OR = frozenset({"or", "||"})
_AND = frozenset({"and", "&&"})


def implies(one: str, other: str) -> bool:
    """Whether the other expression is true whenever the first one is.

    Expressions are compared as alternatives of conditions. The answer is False if the form does not decide it.
    """
    if "?" in one or "?" in other:  # the ternary operator binds weaker than all others
        return False
    alternatives = [_conditions(each) for each in _split(other, _OR)]
    return all(any(wider <= _conditions(each) for wider in alternatives) for each in _split(one, _OR))


def _conditions(alternative: str) -> frozenset[str]:
    return frozenset(_split(alternative, _AND))


def _split(text: str, operators: frozenset[str]) -> list[str]:
    """The parts of an expression between operators outside parentheses, without spaces."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in _TOKEN.findall(_without_outer_parentheses(text)):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and token.lower() in operators:
            parts.append([])
        else:
            parts[-1].append(token)
    return [_without_outer_parentheses("".join(part)) for part in parts]


def _without_outer_parentheses(text: str) -> str:
    tokens = _TOKEN.findall(text.strip())
    while tokens and tokens[0] == "(" and _closing(tokens) == len(tokens) - 1:
        tokens = _TOKEN.findall("".join(tokens[1:-1]).strip())
    return " ".join(token for token in tokens if not token.isspace())


def _closing(tokens: list[str]) -> int | None:
    """The position of the parenthesis that closes the first one."""
    depth = 0
    for position, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0:
            return position
    return None
