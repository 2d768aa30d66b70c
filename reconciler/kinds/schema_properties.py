"""What properties of group, user and app user schemas have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.conditions import became, fewer, larger, more, smaller
from reconciler.kinds.fields import Api, Bool, Codec, Int, ListOf, Name, Only, Replaces
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Risk, changed, gone
from reconciler.kinds.threats import (
    ATTRIBUTE_LOST,
    ATTRIBUTE_OPENED,
    ATTRIBUTE_SOURCE,
    ATTRIBUTE_UNCHECKED,
    LOGIN_UNCHECKED,
)

CUSTOM = "definitions.custom.properties"
"""The member of a schema with the properties that Okta did not create."""
BASE = "definitions.base.properties"
"""The member of a schema with the properties that Okta created."""
_NUMBERS = ("integer", "number")
_LOGIN = "login"

_OTHER_PERMISSIONS = "otherPermissions"
"""The permissions of a property that definitions do not cover."""
_PENDING = {"NOT_UNIQUE": None, "PENDING_UNIQUENESS": "UNIQUE_VALIDATED"}
"""What is not checked, and what is checked as soon as Okta has compared the existing values."""
_UNIQUE = Codec(decode=lambda value: _PENDING.get(value, value))
Permissions = Literal["HIDE", "READ_ONLY", "READ_WRITE"]
_Text = Annotated[str, StringConstraints(min_length=1)]


class Choice(Part):
    """A value that a property can have, with its name."""

    const: _Text
    """The value."""
    title: _Text
    """Name of the value."""


def _is_array(item: Any) -> bool:
    return bool(item.type == "array")


_ONLY_ARRAYS = Only(_is_array, "applies only to properties of type array")
_ONLY_TEXT = Only(lambda item: item.type == "string", "applies only to properties of type string")


_MUST_BE_NUMBERS = "must be numbers, such as 3 for type integer: the provider would drop all of them"


def _other_than(name: str, of: str) -> Callable[[Any], bool]:
    """Whether a list of texts has one that is no number of the type, which a field of the property says."""

    def is_wrong(item: Any) -> bool:
        kind = getattr(item, of)
        values = [value if isinstance(value, str) else _const(value) for value in getattr(item, name) or ()]
        return kind in _NUMBERS and any(_as_text(_number(value, kind)) != value for value in values)

    return is_wrong


def _both(one: str, other: str) -> Callable[[Any], bool]:
    return lambda item: bool(getattr(item, one) and getattr(item, other))


def _const(choice: Any) -> str:
    return str(choice["const"] if isinstance(choice, Mapping) else choice.const)


def _number(value: str, kind: str) -> float | None:
    try:
        return int(value) if kind == "integer" else float(value)
    except ValueError:
        return None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _lists_others(choices: str, values: str) -> Callable[[Any], bool]:
    """Whether two lists of possible values differ."""

    def is_wrong(item: Any) -> bool:
        named, plain = getattr(item, choices), getattr(item, values)
        return bool(named and plain and list(plain) != list(map(_const, named)))

    return is_wrong


class SchemaProperty(Part):
    """A custom property of a schema."""

    refusals = (
        Refusal(
            "unique",
            lambda item: item.unique and (item.one_ofs or item.enums or item.array_type),
            "does not apply to properties with enums, one_ofs or array_type",
            Phase.ALWAYS,
        ),
        *(
            Refusal(
                name,
                _both(name, "array_type"),
                f"does not apply to properties of type array: use array_{name}",
                Phase.ALWAYS,
            )
            for name in ("enums", "one_ofs")
        ),
        Refusal(
            "array_type",
            lambda item: item.type == "array" and not item.array_type,
            "type: array needs it",
            Phase.VALIDATE,
        ),
        *(
            Refusal(
                f"{prefix}one_ofs",
                _lists_others(f"{prefix}one_ofs", f"{prefix}enums"),
                f"Okta takes the values of {prefix}enums only, in the same order",
                Phase.VALIDATE,
            )
            for prefix in ("", "array_")
        ),
        *(
            Refusal(name, _other_than(name, kind_field), _MUST_BE_NUMBERS, Phase.VALIDATE)
            for name, kind_field in (
                ("enums", "type"),
                ("one_ofs", "type"),
                ("array_enums", "array_type"),
                ("array_one_ofs", "array_type"),
            )
        ),
    )
    risks: ClassVar[tuple[Risk, ...]] = (
        changed(ATTRIBUTE_OPENED, "permissions", when=became("READ_WRITE"), new=True),
        changed(ATTRIBUTE_SOURCE, "master"),
        changed(ATTRIBUTE_UNCHECKED, "enums", "one_ofs", "array_enums", "array_one_ofs", when=more),
        changed(ATTRIBUTE_UNCHECKED, "enums", "one_ofs", "array_enums", "array_one_ofs", when=fewer),
        changed(ATTRIBUTE_UNCHECKED, "unique", when=became(None)),
        changed(ATTRIBUTE_UNCHECKED, "max_length", when=larger),
        changed(ATTRIBUTE_UNCHECKED, "max_length", when=became(None)),
        changed(ATTRIBUTE_UNCHECKED, "min_length", when=smaller),
        changed(ATTRIBUTE_UNCHECKED, "min_length", when=became(None)),
        changed(ATTRIBUTE_UNCHECKED, "required", when=became(False)),
        gone(ATTRIBUTE_LOST),
    )

    index: Annotated[
        str,
        StringConstraints(min_length=1, max_length=255, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
        Api("id"),
        Replaces(),
    ]
    """Name of the property in the API and in expressions."""
    title: Name
    """Name that the admin console shows."""
    type: Annotated[Literal["string", "boolean", "number", "integer", "array"], Replaces()]
    """Type of the values."""
    description: str = ""
    """Description of the property."""
    array_type: Annotated[
        Literal["string", "number", "integer", "reference"] | None, Api("items.type"), Replaces(), _ONLY_ARRAYS
    ] = None
    """Type of the items, for properties of type `array`."""
    enums: Annotated[ListOf[_Text], Api("enum")] = ()
    """The values that the property can have, as text. Empty: all."""
    one_ofs: Annotated[ListOf[Choice], Api("oneOf")] = ()
    """The same values with their names."""
    array_enums: Annotated[ListOf[_Text], Api("items.enum"), _ONLY_ARRAYS] = ()
    """The values that the items can have, as text. Empty: all."""
    array_one_ofs: Annotated[ListOf[Choice], Api("items.oneOf"), _ONLY_ARRAYS] = ()
    """The same values with their names."""
    min_length: Annotated[Int | None, Field(ge=1), _ONLY_TEXT] = None
    """Minimum length of a text."""
    max_length: Annotated[Int | None, Field(ge=1), _ONLY_TEXT] = None
    """Maximum length of a text."""
    required: Bool = False
    """Whether the property must have a value."""
    unique: Annotated[Literal["UNIQUE_VALIDATED"] | None, Api("unique", _UNIQUE), Replaces()] = None
    """`UNIQUE_VALIDATED`: no two objects may have the same value."""
    permissions: Permissions = "READ_ONLY"
    """What users may do with the value in their own profile: not see it, see it, or change it."""
    master: Annotated[Literal["PROFILE_MASTER", "OKTA", "OVERRIDE"], Api("master.type")] = "PROFILE_MASTER"
    """Where the values come from: the profile source of the user, always Okta, or some apps in turn."""
    scope: Literal["NONE", "SELF"] = "NONE"
    """`SELF`: only for the users themselves, not for apps."""
    external_name: Annotated[_Text | None, Replaces()] = None
    """Name of the property in the app or directory where the values come from."""
    external_namespace: Annotated[_Text | None, Replaces()] = None
    """Namespace of that name."""

    @model_validator(mode="after")
    def _minimum_up_to_maximum(self) -> Self:
        if self.min_length and self.max_length and self.min_length > self.max_length:
            raise ValueError("min_length must not be greater than max_length")
        return self


class BaseProperty(Part):
    """A property of a schema that Okta created."""

    refusals = (
        Refusal(
            "pattern",
            lambda item: item.index != _LOGIN and item.pattern,
            "applies only to login",
            Phase.WRITE | Phase.VALIDATE,
        ),
        Refusal(
            "required",
            lambda item: item.index == _LOGIN and not item.required,
            "login needs required: true",
            Phase.WRITE | Phase.VALIDATE,
        ),
    )
    risks = (
        changed(ATTRIBUTE_OPENED, "permissions", when=became("READ_WRITE"), new=True),
        changed(ATTRIBUTE_SOURCE, "master"),
        changed(LOGIN_UNCHECKED, "pattern"),
        changed(ATTRIBUTE_UNCHECKED, "required", when=became(False)),
    )

    index: Annotated[_Text, Api("id"), Replaces()]
    """Name of the property in the API and in expressions, such as `login`."""
    title: Name
    """Name that the admin console shows. It must be Okta's, which cannot be changed."""
    type: Annotated[Literal["string", "boolean", "number", "integer", "array"], Replaces()]
    """Type of the values. It must be Okta's, which cannot be changed."""
    permissions: Permissions = "READ_ONLY"
    """What users may do with the value in their own profile: not see it, see it, or change it."""
    master: Annotated[Literal["PROFILE_MASTER", "OKTA"], Api("master.type")] = "PROFILE_MASTER"
    """Where the values come from: the profile source of the user, or always Okta."""
    required: Bool = False
    """Whether the property must have a value. `login` always must."""
    pattern: _Text | None = None
    """For `login`: the regular expression that user names must match, such as `[a-z]+`. Left out: they
    must be e-mail addresses."""


def write_base_property(item: Json) -> Json:
    """The inverse of `read_property` for properties that Okta created. The pattern of login is always sent."""
    sent = write_property(item)
    return sent | {"pattern": sent.get("pattern")} if sent.get("id") == _LOGIN else sent


OF_BASE = ("description", "externalName", "format", "maxLength", "minLength", "mutability", "scope", "unique")
"""The members of a property that Okta created which only Okta sets."""


def takes_base_property_over(spec: Spec, item: Json) -> bool:
    """Whether the provider changes this property for a definition: it does not create any."""
    return bool(item["id"] == spec["index"])


def read_property(item: Json) -> Json:
    """The property with its possible values as text, and what users may do themselves as a word.

    Without any permission they do not see it. Apps have no permissions at all.
    """
    shown = _everywhere(item, lambda value, _: _as_text(value))
    permissions = shown.pop("permissions", None) or []
    if item.get("permissions") == []:
        return shown | {"permissions": "HIDE"}
    own: Json = next(
        (one for one in permissions if one["principal"] == "SELF" and one.keys() == {"principal", "action"}), {}
    )
    others = [one for one in permissions if one != own]
    return shown | ({"permissions": own["action"]} if own else {}) | ({_OTHER_PERMISSIONS: others} if others else {})


def write_property(item: Json) -> Json:
    """The inverse of `read_property`."""
    sent = _everywhere(item, lambda value, kind: _number(value, kind) if kind in _NUMBERS else value)
    others = sent.pop(_OTHER_PERMISSIONS, [])
    if action := sent.pop("permissions", None):
        others = [{"principal": "SELF", "action": action}, *others]
    return sent | ({"permissions": others} if others else {})


_Translation = Callable[[Any, str], Any]


def _everywhere(item: Json, translate: _Translation) -> Json:
    """The property with each possible value translated, and those of its items."""
    result = _with_values(item, translate)
    if isinstance(items := item.get("items"), dict):
        result["items"] = _with_values(items, translate)
    return result


def _with_values(rules: Json, translate: _Translation) -> Json:
    kind, result = str(rules.get("type")), dict(rules)
    if isinstance(values := rules.get("enum"), list):
        result["enum"] = [translate(value, kind) for value in values]
    if isinstance(choices := rules.get("oneOf"), list):
        result["oneOf"] = [{**choice, "const": translate(choice["const"], kind)} for choice in choices]
    return result
