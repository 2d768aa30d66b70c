"""Members of the API's JSON that definitions do not cover, by path, with values in canonical form.

Times are omitted, and so are links, except links to a policy. A secret is replaced by a short digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

TIMES = frozenset(
    {
        *("created", "createdBy", "createdDate"),
        *("lastUpdate", "lastUpdated", "lastUpdatedBy"),
        *("lastRotated", "nextRotation", "lastMembershipUpdated"),
    }
)
"""Members with the time or the author of a change, at any depth."""
_POLICY = re.compile(r"/api/v1/policies/([^/?#]+)$")
_RULES_FOR_PASSWORDS = "settings.password."
"""The rules of a password policy. They contain no passwords."""


def canonical(value: Any) -> Any:
    """A value in the form in which it is compared: empty values are None, and lists are sorted."""
    match value:
        case Mapping():
            members = {key: inner for key, one in value.items() if (inner := canonical(one)) is not None}
            return members or None
        case list():
            items = [one for one in map(canonical, value) if one is not None]
            return sorted(items, key=as_text) or None
        case "":
            return None
    return value


def below(json: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    """The members of an object at a path, at any depth."""
    for key, value in json.items():
        path = joined(above, key)
        yield from policies(value, path) if key == "_links" else leaf(key, value, path)


def leaf(key: str, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A member, or the members below it if it is an object."""
    if key in TIMES:
        return
    if isinstance(value, Mapping):  # an empty object counts as absent
        yield from below(value, path)
    elif _is_secret(path) and value not in (None, "", [], {}) and not isinstance(value, bool):
        yield path, _fingerprint(path, value)
    else:
        yield path, _without_times(value, path)


def policies(links: Any, path: str, but: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """The policies that apply to an object. Of all links, only these are settings."""
    for name, link in members_of(links):
        href = link.get("href") if isinstance(link, Mapping) else None
        found = _POLICY.search(href) if isinstance(href, str) else None
        if found and name not in but:
            yield f"{path}.{name}.href", found.group(1)


def members_of(value: Any) -> Collection[tuple[str, Any]]:
    """The members of an object; none of anything else."""
    return value.items() if isinstance(value, Mapping) else ()


def _without_times(value: Any, path: str) -> Any:
    match value:
        case Mapping():
            return {
                key: _fingerprint(key, inner)
                if _is_secret(key) and isinstance(inner, str) and inner
                else _without_times(inner, path)
                for key, inner in value.items()
                if key not in TIMES and key != "_links"
            }
        case list():
            return [_without_times(one, path) for one in value]
    return value


def _is_secret(path: str) -> bool:
    """Whether any part of the path has the name of a secret."""
    parts = path.removeprefix(_RULES_FOR_PASSWORDS).lower().split(".")
    return any("secret" in part or part == "password" for part in parts)


def _fingerprint(path: str, value: Any) -> str:
    """16 bits of a digest: enough to detect a change, but not to recover the secret."""
    return f"(secret {hashlib.sha256(f'{path} {as_text(value)}'.encode(errors='replace')).hexdigest()[:4]})"


def joined(above: str, key: str) -> str:
    """The path of a member."""
    return f"{above}.{key}" if above else key


def as_text(value: Any) -> str:
    """The canonical JSON of a value, for comparisons."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()
