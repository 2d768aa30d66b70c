"""What a field of a kind says about itself, beyond its name and its type.

A kind is a pydantic model, and each field is `Annotated` with the markers below where the general rule does
not hold. The general rule: a field `snake_case` is `camelCase` in the API's JSON, the same `snake_case` as an
argument of the `pulumi_okta` class, compared as it is, and may be changed in place.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Codec:
    """How one value is written for the other side (`encode`) and read back (`decode`)."""

    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same


IDENTITY = Codec()


@dataclass(frozen=True, slots=True)
class Api:
    """Where the field stands in the API's JSON (dotted path), and how its value is written there.

    `linked` names the sub-resource through which the value is set (`PUT {item}/{linked}/{value}`) when the
    object's own `PUT` ignores it.
    """

    path: str
    codec: Codec = IDENTITY
    linked: str | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """The name of the `pulumi_okta` argument where it differs, and how its value is written there.

    With `as_api`, structures inside are in the API's words there too: the provider passes them on as JSON text.
    """

    name: str
    codec: Codec = IDENTITY
    as_api: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """The field holds the logical name of an object of this kind; the tenant holds its id.

    `words` are values that stand for themselves, such as `ALL_CLIENTS`.
    """

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prioritised:
    """The order of this list is Okta's `priority`: position 1 is asked first."""


@dataclass(frozen=True, slots=True)
class Replaces:
    """Okta (or the provider) cannot change this in place: a change is a delete and a create."""

    by_provider: bool = True
    """Whether the provider knows; otherwise the program tells the engine to replace the object."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The provider checks the value by itself, before any request: a wrong one is refused at preview."""


@dataclass(frozen=True, slots=True)
class ServerFilled:
    """Okta chooses the value where the argument is left out: the provider sends nothing, and updates keep it."""


@dataclass(frozen=True, slots=True)
class ProviderDefault:
    """What the provider takes where the argument is left out, if it is not the field's default; None for nothing."""

    value: Any


@dataclass(frozen=True, slots=True)
class SentEmpty:
    """Empty text is sent as it is. Elsewhere the provider takes it for an argument that was left out."""


@dataclass(frozen=True, slots=True)
class Only:
    """The field means something for some objects only: for all others it is not sent and not compared.

    `when` gets the object's fields as attributes; `reason` says why it means nothing, and precedes "leave it out".
    """

    when: Callable[[Any], bool]
    reason: str


@dataclass(frozen=True, slots=True)
class Sparse:
    """A mapping that the provider takes as JSON text: in it, false, null and empty text count as left out.

    `usual` says whether a value is what Okta makes by itself, so that adoption need not write it.
    """

    usual: Callable[[Mapping[str, Any]], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret (`env:NAME`). Okta never shows it again, so it is never compared."""


@dataclass(frozen=True, slots=True)
class Warns:
    """A value that is valid may still be a mistake: `find` yields what to say of it, each completes "FIELD: "."""

    find: Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Owns:
    """The field holds objects of their own, each item (or, if `whole`, the list as one) a resource."""

    kind: str
    whole: bool = False


def as_json_text(value: Any) -> str:
    """Canonical JSON text: what the provider takes where the API takes a structure."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


JSON_TEXT = Codec(encode=as_json_text, decode=json.loads)


def each(codec: Codec) -> Codec:
    """The codec of a list whose items have this one."""
    return Codec(
        encode=lambda values: [codec.encode(value) for value in values],
        decode=lambda values: [codec.decode(value) for value in values],
    )


def wrapped(key: str) -> Codec:
    """A list of strings here is a list of `{key: string}` there."""
    return each(Codec(encode=lambda value: {key: value}, decode=lambda value: value[key]))


def _absolute(value: str) -> str:
    scheme, separator, rest = value.partition(":")
    if not (scheme and separator and rest) or any(character.isspace() for character in value):
        raise ValueError("must be an absolute URI such as https://app.example.com/callback")
    return value


def _without_controls(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("must not contain control characters")
    return value


def _each_once(values: Any) -> Any:
    if isinstance(values, list | tuple):
        seen: list[Any] = []
        for value in values:
            if value in seen:
                raise ValueError(f"{value!r} is listed twice")
            seen.append(value)
    return values


T = TypeVar("T")

SetOf = Annotated[frozenset[T], BeforeValidator(_each_once)]
"""Values whose order means nothing to Okta; one that is listed twice is a mistake."""

ListOf = tuple[T, ...]
"""Values whose order Okta keeps."""

Bool = Annotated[bool, Strict()]
Int = Annotated[int, Strict()]

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$"),
    AfterValidator(_without_controls),
]
"""A name that Okta shows: 1 to 255 characters, no space at either end."""

Uri = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_absolute)]
"""An absolute URI, of any scheme (native apps redirect to `com.example.app:/callback`)."""

SecretRef = Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S+)$"), Secret()]
"""Where to find a secret: `env:NAME` (an environment variable) or `file:PATH` (a file).

A relative path begins at the folder of the definitions file in which it stands.
"""

Status = Literal["ACTIVE", "INACTIVE"]

STATUS_AS_SWITCH = Codec(
    encode=lambda status: status == "ACTIVE", decode=lambda active: "ACTIVE" if active else "INACTIVE"
)
"""`ACTIVE` or `INACTIVE` here, a boolean there."""
