"""The secret in an entry of a store."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconciler.secret_stores.interface import MAX_BYTES, Entry, StoreFailure


def secret_in(entry: Entry, key: str) -> str:
    """The text of an entry, or of its member `key`. Raises `StoreFailure`."""
    value = _members(entry).get(key) if key else entry
    if value is None:
        raise StoreFailure(f"the entry has no key {key}", "correct the key, or add it to the entry")
    if not isinstance(value, str):
        raise StoreFailure("the value is not a text", "refer to a member that is a text")
    if not value:
        raise StoreFailure("the value is empty", "store the secret there")
    if len(value.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise StoreFailure(f"the value is larger than {MAX_BYTES // 1024} KB", "refer to the secret alone")
    return value


def _members(entry: Entry) -> Mapping[str, object]:
    if not isinstance(entry, str):
        return entry
    try:
        members = json.loads(entry)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise StoreFailure("the entry is not a JSON object, so it has no keys", "leave out `#` and the key")
    return members
