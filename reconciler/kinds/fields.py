"""Markers for the fields of a kind.

A kind is a pydantic model. By default, a field `snake_case` is `camelCase` in the API's JSON and `snake_case` as an
argument of the `pulumi_okta` class. It is compared unchanged and can be updated in place. Fields that differ are
`Annotated` with the markers below.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints

from reconciler.kinds.secret_references import SCHEMES, checked_reference

ITEM_KEYS: Final = ("name", "group", "kid")
"""The fields that identify an item of a list of structures; the first that it has counts."""


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Codec:
    """Translates one value to the API or the provider (`encode`) and back (`decode`)."""

    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same


IDENTITY = Codec()


@dataclass(frozen=True, slots=True)
class Api:
    """The dotted path of the field in the API's JSON, and the codec of its value.

    `linked` names the sub-resource that sets the value (`PUT {item}/{linked}/{value}`) if the object's own `PUT`
    ignores it.
    """

    path: str
    codec: Codec = IDENTITY
    linked: str | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """The name of the `pulumi_okta` argument if it differs, and the codec of its value.

    A dotted name is a member of an argument that is a mapping or a structure: several fields can share one.

    With `as_api`, nested structures use the API's names: the provider passes them on as JSON text.
    """

    name: str
    codec: Codec = IDENTITY
    as_api: bool = False


@dataclass(frozen=True, slots=True, init=False)
class Ref:
    """The field holds the logical name of an object of one of these kinds; the tenant holds its id.

    If there are several kinds, or the reference is part of a text, the kind comes before the name: see
    `reconciler.kinds.reference_values`. Instead of a kind, there can be the word of a list that several kinds share,
    such as `app`.
    """

    kinds: tuple[str, ...]
    words: tuple[str, ...]
    """Values that are not names, such as `ALL_CLIENTS`."""
    in_text: bool
    """Whether the value is a text with references in braces, such as `/api/v1/groups/{group sales}`."""
    plain_id: bool
    """Whether the tenant has the id alone, although the object can be of several kinds."""
    people: bool
    """Whether the value can also be `user` and a login."""

    def __init__(
        self,
        *kinds: str,
        words: tuple[str, ...] = (),
        in_text: bool = False,
        plain_id: bool = False,
        people: bool = False,
    ) -> None:
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "in_text", in_text)
        object.__setattr__(self, "plain_id", plain_id)
        object.__setattr__(self, "people", people)

    @property
    def with_kind(self) -> bool:
        """Whether the kind comes before the name."""
        return self.in_text or self.plain_id or self.people or len(self.kinds) > 1


class Purpose(Enum):
    """The purpose of a reference."""

    ACCESS = auto()
    """The members of the group can use the object, or its owner."""
    MEMBERSHIP = auto()
    """The object assigns people to the group."""
    PEOPLE = auto()
    """The object applies to the members of the group."""
    EXCEPTION = auto()
    """The object does not apply to the members of the group."""
    SIGN_IN = auto()
    """The policy decides about sign-ins to the object."""
    ZONE = auto()
    """The object applies to requests from the zone, or to all others."""
    CLIENT = auto()
    """The app gets tokens from the object, or from its owner."""
    USE = auto()
    """The object works with the other one, such as a key with which it signs."""
    ADMINISTRATOR = auto()
    """The members of the group, or the app, are administrators."""
    ADMINISTERED = auto()
    """Administrators with a role can administer the object."""
    ROLE = auto()
    """The role says what administrators may do, or the resource set for which objects."""
    OTHER = auto()
    """Another purpose, or an unknown one: definitions do not cover the member that refers."""


class OnDelete(Enum):
    """What happens to a reference when the object that it names is deleted."""

    REMOVED = auto()
    """Okta removes it."""
    DELETED = auto()
    """Okta deletes the object that refers: it created that object together with the named one."""
    INVALID = auto()
    """The object that refers becomes `INVALID`."""
    DEFAULT = auto()
    """The object that refers gets the system object `default` instead."""
    REFUSED = auto()
    """Okta refuses to delete an object that is named."""
    KEEPS_ONE = auto()
    """Okta removes it. If it is the only one, Okta refuses to delete the object."""


@dataclass(frozen=True, slots=True)
class Relates:
    """The purpose of a reference, and what happens to it when the object that it names is deleted."""

    purpose: Purpose
    on_delete: OnDelete = OnDelete.REMOVED


@dataclass(frozen=True, slots=True)
class Prioritised:
    """The order of this list is Okta's `priority`: position 1 is evaluated first."""


@dataclass(frozen=True, slots=True)
class Replaces:
    """Okta or the provider cannot update the field: a change deletes and creates the object."""

    by_provider: bool = True
    """Whether the provider replaces the object. Otherwise the program asks the engine to replace it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The provider checks the value at preview, before any request."""


@dataclass(frozen=True, slots=True)
class ServerFilled:
    """If the argument is left out, the provider sends nothing: Okta chooses the value, and updates keep it."""


@dataclass(frozen=True, slots=True)
class ProviderDefault:
    """The provider's default for the argument, if it differs from the field's default; None for no default."""

    value: Any


@dataclass(frozen=True, slots=True)
class SentEmpty:
    """The provider sends empty text. For other fields, it treats empty text as left out."""


@dataclass(frozen=True, slots=True)
class Only:
    """The field applies to some objects only. For all others, it is not sent and not compared.

    `when` gets the object's fields as attributes. `reason` says why the field does not apply; messages add
    "leave it out" to it.
    """

    when: Callable[[Any], bool]
    reason: str


@dataclass(frozen=True, slots=True)
class Sparse:
    """A mapping that the provider takes as JSON text, in which false, null and empty text count as left out.

    `usual` says whether a value is Okta's default, which adoption does not write.
    """

    usual: Callable[[Mapping[str, Any]], bool] = lambda _: False


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The field is how long something is valid, in minutes."""

    of: str
    """What the lifetime is of, such as `access_token`: the limit of that name applies."""
    unlimited: int | None = None
    """The value that means no limit."""
    when: Callable[[Any], object] = _always
    """Whether an object with these fields issues it at all. It gets the fields as attributes."""


def _not_needed(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret (`env:NAME`). Okta never returns the secret, so it is not compared."""

    needed: Callable[[Any], bool] = _not_needed
    """For an optional field: whether an object with these fields has a secret that adoption must refer to. It gets the
    fields as attributes."""


@dataclass(frozen=True, slots=True)
class WriteOnly:
    """The provider sends the value, and Okta never returns it: it is declared, but not compared with the tenant."""

    why: str
    """A clause for the reference, such as `Okta does not return it`."""


@dataclass(frozen=True, slots=True)
class ProviderOnly:
    """Only the provider knows the value, so that it is not compared with the tenant."""

    why: str
    """A clause for the reference, such as `the provider uses it when it deletes the object`."""


@dataclass(frozen=True, slots=True)
class SubList:
    """The field is a list of its own below the object, such as the permissions of a role.

    Okta takes the values with the POST that creates the object. Afterwards, they are added and removed one by one: a
    PUT of the object does not change them. `Kind.details` reads the same list.
    """

    path: str
    """The path of the list, relative to the object."""
    member: str
    """The member of an item (dotted path) with the value, as in the POST of the object."""
    removed_by: str = "id"
    """The member with the last part of the path that removes an item."""
    added_by: str = "POST"
    """The method of the request to the path of a value that adds it. `PATCH`: one request with all `additions`."""
    created_with: bool = True
    """Whether the POST that creates the object takes the values. If not, they are added afterwards."""
    emptied_in_place: bool = True
    """Whether the last value can be removed. If not, the provider replaces the object."""


@dataclass(frozen=True, slots=True)
class Warns:
    """Warnings about valid values: `find` yields messages, which follow "FIELD: "."""

    find: Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Owns:
    """The field holds other objects. Each item is a resource; if `whole`, the list is one resource."""

    kind: str
    whole: bool = False


def as_json_text(value: Any) -> str:
    """Canonical JSON text, for arguments that are structures in the API."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


JSON_TEXT = Codec(encode=as_json_text, decode=json.loads)


def each(codec: Codec) -> Codec:
    """Applies a codec to each item of a list."""
    return Codec(
        encode=lambda values: [codec.encode(value) for value in values],
        decode=lambda values: [codec.decode(value) for value in values],
    )


def wrapped(key: str) -> Codec:
    """A list of strings in definitions, a list of `{key: string}` in the API."""
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
"""Values without an order. Duplicates are refused."""

ListOf = tuple[T, ...]
"""Values in an order that Okta keeps."""

Bool = Annotated[bool, Strict()]
Int = Annotated[int, Strict()]

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$"),
    AfterValidator(_without_controls),
]
"""A name that Okta shows: 1 to 255 characters, no leading or trailing space."""

Uri = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_absolute)]
"""An absolute URI, of any scheme (native apps redirect to `com.example.app:/callback`)."""

SecretRef = Annotated[
    str,
    StringConstraints(pattern=rf"^({'|'.join(SCHEMES)}):\S+$"),
    AfterValidator(checked_reference),
    Secret(),
]
"""A reference to a secret, such as `env:NAME` (an environment variable) or `vault:PATH#KEY`: see `SCHEMES`."""

Status = Literal["ACTIVE", "INACTIVE"]


def is_active(spec: Mapping[str, Any]) -> bool:
    """Whether an object with these fields is in force. Objects without a status always are."""
    return bool(spec.get("status", "ACTIVE") == "ACTIVE")


STATUS_AS_SWITCH = Codec(
    encode=lambda status: status == "ACTIVE", decode=lambda active: "ACTIVE" if active else "INACTIVE"
)
"""`ACTIVE` or `INACTIVE` in definitions, a boolean in the API or the provider."""
