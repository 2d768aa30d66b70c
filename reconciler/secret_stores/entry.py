"""The secret in an entry of a store, and entries with a new secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from reconciler.secret_stores.interface import MAX_BYTES, Entry, EntryAbsent, NoSecret, StoreFailure

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
"""What separates the members of a JSON object."""
_COLON: Final = re.compile(r"\s*:\s*")


def secret_in(entry: Entry, key: str) -> str:
    """The text of an entry, or of its member `key`. Raises `StoreFailure`."""
    value = _members(entry).get(key) if key else entry
    if value is None:
        raise EntryAbsent(f"the entry has no key {key}", "correct the key, or add it to the entry")
    if not isinstance(value, str):
        raise NoSecret("the value is not a text", "refer to a member that is a text")
    if not value:
        raise NoSecret("the value is empty", "store the secret there")
    if len(value.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise NoSecret(f"the value is larger than {MAX_BYTES // 1024} KB", "refer to the secret alone")
    return value


def with_member(entry: Mapping[str, object], key: str, value: str) -> dict[str, object]:
    """The members of an entry with a new value of the member `key`. Raises `StoreFailure`."""
    if not isinstance(entry.get(key, ""), str | None):
        raise StoreFailure("the present value is not a text", "refer to a member that is a text")
    return {**entry, key: value}


def with_member_of_text(entry: str, key: str, value: str) -> str:
    """The same for an entry that is the text of a JSON object: all else in it stays as it is written."""
    with_member(_members(entry), key, value)
    new, spans = json.dumps(value, ensure_ascii=False), _spans(entry)
    if key in spans:
        begin, end = spans[key]
    else:
        begin = end = max((end for _, end in spans.values()), default=entry.index("{") + 1)
        new = ", " * bool(spans) + f"{json.dumps(key)}: {new}"
    changed = entry[:begin] + new + entry[end:]
    if len(changed.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise StoreFailure(f"the entry would be larger than {MAX_BYTES // 1024} KB", "use an entry of its own")
    return changed


def without_keys(key: str) -> None:
    """Check that no member is asked for, in a store whose entries have none. Raises `StoreFailure`."""
    if key:
        raise StoreFailure("the entries of this store have no keys", "leave out `#` and the key")


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """Where the values of the members of a JSON object are in its text; the last one counts, as for every reader."""
    spans, position = {}, _past(_BETWEEN, text, text.index("{") + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        begin = _past(_COLON, text, end)
        _, end = _DECODER.raw_decode(text, begin)
        spans[key] = begin, end
        position = _past(_BETWEEN, text, end)
    return spans


def _past(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _members(entry: Entry) -> Mapping[str, object]:
    if not isinstance(entry, str):
        return entry
    try:
        members = json.loads(entry)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise NoSecret("the entry is not a JSON object, so it has no keys", "leave out `#` and the key")
    return members
