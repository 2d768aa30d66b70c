"""The functions of Okta Expression Language, and warnings about calls of unknown functions.

Source: the pages "Okta Expression Language overview" and "... in Identity Engine" of Okta's reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.kinds.expressions import NotAnExpression, calls

_METHODS: Final = {
    "String": "append join len removeSpaces replace replaceFirst startsWith stringContains stringSwitch substring "
    "substringAfter substringBefore toLowerCase toUpperCase",
    "Arrays": "add clear contains flatten get isEmpty remove size toCsvString",
    "Convert": "toInt toNum",
    "Iso3166Convert": "toAlpha2 toAlpha3 toName toNumeric",
    "Time": "fromIso8601ToString fromIso8601ToUnix fromIso8601ToWindows fromStringToIso8601 fromUnixToIso8601 "
    "fromWindowsToIso8601 now",
    "Groups": "contains endsWith startsWith",
    "user": "getGroups getInternalProperty getLinkedObject isMemberOf",
}
_PLAIN: Final = (
    "findDirectoryUser findWorkdayUser getAssistantAppUser getAssistantUser getFilteredGroups getManagerAppUser "
    "getManagerUser hasDirectoryUser hasWorkdayUser isMemberOfAnyGroup isMemberOfGroup isMemberOfGroupName "
    "isMemberOfGroupNameContains isMemberOfGroupNameRegex isMemberOfGroupNameStartsWith substring substringAfter "
    "substringBefore toLowerCase toUpperCase"
)
FUNCTIONS: Final = frozenset(
    {*_PLAIN.split(), *(f"{owner}.{name}" for owner, names in _METHODS.items() for name in names.split())}
)
_MOST: Final = 20
"""The maximum number of warnings for one expression."""
_LONGEST: Final = 60
"""The number of characters of a name that are compared and shown."""


def valid_expression(value: str) -> str:
    """Return the expression. Raises ValueError, with the column, if its syntax is invalid."""
    calls(value)
    return value


def unknown_functions(expression: str) -> Iterator[str]:
    """Warn about calls of functions that Okta does not document, although Okta may have them."""
    try:
        found = calls(expression)
    except NotAnExpression:
        return
    columns: dict[str, int] = {}
    for call in found:
        columns.setdefault(call.name, call.column)
    unknown = [name for name in columns if _is_function(name) and name not in FUNCTIONS]
    for name in unknown[:_MOST]:
        near = get_close_matches(name[:_LONGEST], sorted(FUNCTIONS), n=1, cutoff=0.75)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield f"column {columns[name]}: Okta documents no function {name[:_LONGEST]}{hint}"


def _is_function(name: str) -> bool:
    """Whether a call names a function, not a method of an attribute: Okta accepts methods that it does not document."""
    owner = name.rpartition(".")[0]
    return not owner or owner == "user" or (owner[0].isupper() and "." not in owner)
