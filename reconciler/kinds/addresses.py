"""Addresses of objects: URLs of the Management API with the ids of objects in them.

Definitions hold the same in every environment. So a URL begins with its path there, and has names instead of ids:
`/api/v1/groups/{group sales}/users`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus, urlsplit

from reconciler.kinds.fields import Codec
from reconciler.kinds.kind import kinds

TENANT: Final = "<url-of-the-tenant>"
"""Stands for the URL of the tenant in what a codec encodes: see `in_tenant`."""


def _encode(text: str) -> str:
    """The URL of a path with ids: without the braces and the kinds."""
    path = "".join(part if not index % 2 else part.partition(" ")[2] for index, part in enumerate(_parts(text)))
    address, mark, query = path.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&"))
    encoded = "&".join(f"{name}{equals}{quote_plus(value)}" for name, equals, value in pairs)
    return f"{TENANT}{address}{mark}{encoded}"


def _decode(url: str) -> str:
    """The path of a URL, with the kinds of the ids in it."""
    address = urlsplit(url.removeprefix(TENANT))
    steps = address.path.split("/")
    for length in range(2, len(steps)):
        word = _words_by_path().get("/".join(steps[:length]))
        if word and steps[length]:
            steps[length] = f"{{{word} {steps[length]}}}"
            break
    query = f"?{unquote_plus(address.query)}" if address.query else ""
    return "/".join(steps) + query


URL = Codec(encode=_encode, decode=_decode)
"""A path with names in braces in definitions, a URL in the API and for the provider."""


def member_url(paths: Mapping[str, str]) -> Codec:
    """A codec for URLs of single objects, which are a kind and an id otherwise. `paths` has the lists of the kinds."""
    kinds_by_path = {path: kind for kind, path in paths.items()}

    def encode(qualified: str) -> str:
        kind, _, identity = qualified.partition(" ")
        return f"{TENANT}{paths[kind]}/{identity}"

    def decode(url: str) -> str:
        path, _, identity = urlsplit(url.removeprefix(TENANT)).path.rpartition("/")
        return f"{kinds_by_path[path]} {identity}"

    return Codec(encode, decode)


def in_tenant(value: Any, url: str) -> Any:
    """An encoded value with the URL of a tenant."""
    match value:
        case str():
            return value.replace(TENANT, url)
        case Mapping():
            return {key: in_tenant(inner, url) for key, inner in value.items()}
        case list():
            return [in_tenant(inner, url) for inner in value]
    return value


def _parts(text: str) -> list[str]:
    """Text and what is in braces, alternately."""
    return [part for piece in text.split("{") for part in piece.split("}")]


@cache
def _words_by_path() -> Mapping[str, str]:
    """The words for the objects of each list at a fixed path."""
    return {kind.shape.path: kind.shape.others or kind.name for kind in reversed(list(kinds())) if not kind.parents}
