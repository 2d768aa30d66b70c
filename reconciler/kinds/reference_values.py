"""The values of references: a name or an id alone, with its kind, or inside a text.

If a field can refer to objects of several kinds, each value has the kind before the name: `group sales`. In a text such
as an address, braces surround it: `/api/v1/groups/{group sales}/users`. In the tenant, a value has an id instead of the
name. The API does not always tell the kinds of a shared list apart, so that the kind of an id can be the word of the
list, such as `app`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from reconciler.kinds.fields import Ref
from reconciler.kinds.kind import kinds
from reconciler.kinds.people import USER

Translate = Callable[[str, str], str]
"""An id for a kind and a name, or a name for a kind and an id."""

_IN_TEXT: Final = re.compile(r"\{([^{}]*)\}")


def kinds_of(ref: Ref) -> tuple[str, ...]:
    """The names of all kinds that a field can refer to."""
    return tuple(dict.fromkeys(name for word in ref.kinds for name in _called(word)))


def named(ref: Ref, value: str) -> Iterator[tuple[str, str]]:
    """Kind and token of each object in a value. If the kind of an id is not known, all that it can be.

    Users are no objects.
    """
    if value in ref.words:
        return
    if not ref.with_kind:
        yield ref.kinds[0], value
        return
    for qualified in _qualified(ref, value):
        word, _, token = qualified.partition(" ")
        if ref.plain_id and not token:
            yield from ((kind, word) for kind in kinds_of(ref))
        yield from ((kind, token) for kind in _called(word) if token)


def translated(ref: Ref, value: str, translate: Translate) -> str:
    """The value with names instead of ids, or ids instead of names."""
    if value in ref.words:
        return value
    if not ref.with_kind:
        return translate(ref.kinds[0], value)
    if ref.in_text:
        return _IN_TEXT.sub(lambda found: f"{{{_translated(found[1], translate)}}}", value)
    return _plain(ref, value, translate) if ref.plain_id else _translated(value, translate)


def _plain(ref: Ref, value: str, translate: Translate) -> str:
    """The id for a kind and a name, or the kind and the name for an id."""
    word, _, name = value.partition(" ")
    if name and word and _called(word):
        found = translate(word, name)
        return value if found == name else found
    names = ((kind, translate(kind, value)) for kind in kinds_of(ref))
    return next((f"{kind} {found}" for kind, found in names if found != value), value)


def invalid(ref: Ref, value: str) -> Iterator[str]:
    """The parts of a value of a definition that do not have the form of a reference."""
    if value in ref.words or not ref.with_kind:
        return
    for qualified in _qualified(ref, value):
        kind, _, name = qualified.partition(" ")
        known = kind in kinds_of(ref) or (ref.people and kind == USER)
        if not known or not name or name != name.strip():
            yield qualified
    if ref.in_text and re.search(r"[{}]", _IN_TEXT.sub("", value)):
        yield value


def _qualified(ref: Ref, value: str) -> list[str]:
    return _IN_TEXT.findall(value) if ref.in_text else [value]


def _translated(qualified: str, translate: Translate) -> str:
    word, _, token = qualified.partition(" ")
    for kind in (USER,) if word == USER else _called(word):
        if (found := translate(kind, token)) != token:
            return f"{kind} {found}"
    return qualified


def _called(word: str) -> tuple[str, ...]:
    """The kinds that a word stands for: one kind, or all kinds of a shared list."""
    return tuple(kind.name for kind in kinds() if word in (kind.name, kind.shape.others))
