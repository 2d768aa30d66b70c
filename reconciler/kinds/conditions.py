"""Conditions that risks of several kinds share, such as a smaller number or an added member."""

from __future__ import annotations

from reconciler.kinds.risks import Change, When
from reconciler.kinds.web_addresses import has_wildcard, is_plain_http


def became(*values: object) -> When:
    """The field now has one of these values."""
    return lambda change: any(change.actual == value and type(change.actual) is type(value) for value in values)


def is_not(value: object) -> When:
    """The field no longer has this value."""
    return lambda change: change.actual != value


def smaller(change: Change) -> bool:
    """The number is smaller than declared."""
    before, now = change.expected, change.actual
    return _is_number(before) and _is_number(now) and now < before


def larger(change: Change) -> bool:
    """The number is larger than declared."""
    before, now = change.expected, change.actual
    return _is_number(before) and _is_number(now) and now > before


def larger_or_unlimited(change: Change) -> bool:
    """The number, for which 0 means no limit, is larger than declared or became 0."""
    return change.expected != 0 and (larger(change) or (_is_number(change.expected) and change.actual == 0))


def more(change: Change) -> bool:
    """The list has members that are not declared."""
    return bool(change.added)


def fewer(change: Change) -> bool:
    """Declared members are missing from the list."""
    return bool(change.removed)


def gained(*members: object) -> When:
    """The list has one of these members, and it is not declared."""
    return lambda change: any(member in members for member in change.added)


def new_text(change: Change) -> bool:
    """The text is different, or the list has texts that are not declared."""
    return bool(new_texts(change))


def new_texts(change: Change) -> list[str]:
    """The texts of the field that are not declared."""
    texts = [change.actual] if isinstance(change.actual, str) else change.added
    return [text for text in texts if isinstance(text, str)]


def with_wildcard(change: Change) -> bool:
    """A text that is not declared contains a `*`."""
    return any(has_wildcard(text) for text in new_texts(change))


def without_tls(change: Change) -> bool:
    """A text that is not declared is an `http:` address of another machine."""
    return any(is_plain_http(text) for text in new_texts(change))


def both(*conditions: When) -> When:
    """All conditions hold."""
    return lambda change: all(condition(change) for condition in conditions)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
