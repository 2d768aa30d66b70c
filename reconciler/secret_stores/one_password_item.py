"""Items of 1Password, as `op item get` prints and `op item edit` takes them.

An edit replaces the whole item by its JSON. That loses passkeys, and the JSON does not show whether there is one:
https://developer.1password.com/docs/cli/item-edit/#edit-an-item-using-a-json-template. So items of kinds that can have
what the JSON does not carry are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.secret_stores.interface import EntryAbsent, StoreFailure

_CATEGORIES_NOT_CARRIED: Final = frozenset({"LOGIN", "DOCUMENT", "SSH_KEY"})
_TYPES_NOT_CARRIED: Final = frozenset({"FILE", "REFERENCE", "SSHKEY"})
_TEXTS: Final = frozenset({"CONCEALED", "STRING"})
"""The types of fields that hold a text of any form."""


def item_of(printed: str) -> dict[str, Any]:
    """An item, as it was printed. Raises `StoreFailure`."""
    try:
        item = json.loads(printed)
    except (ValueError, RecursionError) as error:
        raise StoreFailure("the output of op is not JSON", "update op") from error
    if not isinstance(item, dict):
        raise StoreFailure("the output of op is no item", "update op")
    return item


def with_field(item: Mapping[str, Any], path: tuple[str, ...], value: str) -> dict[str, Any]:
    """An item with a new value of a field. `path` is the field, or its section and the field. Raises `StoreFailure`."""
    types = {str(field.get("type")) for field in _fields(item)}
    if str(item.get("category")) in _CATEGORIES_NOT_CARRIED or item.get("files") or types & _TYPES_NOT_CARRIED:
        hint = "keep the secret in an item of the category API Credential or Password, without files and links"
        raise StoreFailure("op cannot change this item without losing passkeys, files or links in it", hint)
    found = [field for field in _fields(item) if _is_at(field, path)]
    if not found:
        raise EntryAbsent("1Password has no such field", "correct the names, or add the field")
    if len(found) > 1:
        raise StoreFailure("the item has several such fields", "name the section, or rename a field")
    if found[0].get("type") not in _TEXTS:
        raise StoreFailure("the field is not a text", "refer to a field of the type password or text")
    changed = [field | {"value": value} if field is found[0] else field for field in _fields(item)]
    return {**item, "fields": changed}


def others(item: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """All fields except one: section, id and value."""
    return sorted(
        (_named(field.get("section"))[0], str(field.get("id")), str(field.get("value", "")))
        for field in _fields(item)
        if not _is_at(field, path)
    )


def _fields(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    fields = item.get("fields")
    yield from (field for field in (fields if isinstance(fields, list) else []) if isinstance(field, dict))


def _is_at(field: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a reference names this field: 1Password takes ids and labels, in any letter case."""
    *section, name = (part.casefold() for part in path)
    return name in _named(field) and (not section or section[0] in _named(field.get("section")))


def _named(part: object) -> tuple[str, str]:
    """The id and the label of a field or a section."""
    given = part if isinstance(part, dict) else {}
    return str(given.get("id", "")).casefold(), str(given.get("label", "")).casefold()
