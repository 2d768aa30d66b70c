"""Members of the API at a path."""

from __future__ import annotations

from reconciler.kinds.part import Json


def within(item: Json, *path: str) -> Json:
    """The object at a path; empty if there is none."""
    for key in path:
        item = item.get(key) or {}
    return item


def put(item: Json, value: Json, *path: str) -> Json:
    """The item with another value at a path."""
    if not path:
        return value
    return item | {path[0]: put(item.get(path[0]) or {}, value, *path[1:])}
