"""What user, group and app user schemas have in common.

A POST merges into the schema: it adds or changes custom properties, and null removes one. Only some rules of base
properties can be changed. The answer is the whole schema.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, OpenBody, absent, read
from okta_sandbox.errors import already_exists, invalid, invalid_field, malformed
from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.patterns import InvalidPattern, Pattern
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Defaults of a new property of a user or group schema.
NEW_PROPERTY: JsonObject = {
    "mutability": "READ_WRITE",
    "scope": "NONE",
    "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
    "master": {"type": "PROFILE_MASTER"},
}
PYTHON_TYPES: dict[str, type | UnionType] = {
    "string": str,
    "boolean": bool,
    "number": int | float,
    "integer": int,
    "array": list,
    "object": dict,
}
BLANK = "The field cannot be left blank"
UNIQUE = "UNIQUE_VALIDATED"


class _Permission(OpenBody):
    principal: Literal["SELF"] = "SELF"
    action: Literal["HIDE", "READ_ONLY", "READ_WRITE"]


class _Source(OpenBody):
    type: str | None = absent()
    value: str | None = absent()


class _Master(OpenBody):
    type: Literal["OKTA", "OVERRIDE", "PROFILE_MASTER"] | None = absent()
    priority: list[_Source] | None = absent()


class _Choice(OpenBody):
    title: str = Field(min_length=1)


class _Items(OpenBody):
    type: Literal["boolean", "integer", "number", "object", "string"] | None = absent()
    oneOf: list[_Choice] | None = absent()


class _Rules(OpenBody):
    """The rules of a property, with the values that Okta's OpenAPI document names. Other members are kept as sent."""

    title: str | None = absent()
    description: str | None = absent()
    required: bool | None = absent()
    mutability: Literal["IMMUTABLE", "READ_ONLY", "READ_WRITE", "WRITE_ONLY"] | None = absent()
    scope: Literal["NONE", "SELF"] | None = absent()
    unique: Literal["UNIQUE_VALIDATED", "NOT_UNIQUE"] | None = absent()
    minLength: int | None = absent()
    maxLength: int | None = absent()
    externalName: str | None = absent()
    externalNamespace: str | None = absent()
    permissions: list[_Permission] | None = absent()
    master: _Master | None = absent()
    oneOf: list[_Choice] | None = absent()
    items: _Items | None = absent()


class _Part(Body):
    properties: dict[str, dict[str, Any] | None] = Field({})


class _Definitions(Body):
    custom: _Part = _Part()
    base: _Part = _Part()


class _SchemaChange(Body):
    definitions: _Definitions = _Definitions()


@dataclass(frozen=True)
class SchemaVariant:
    """The rules of one type of schema.

    `defaults` are the rules of a new property, `ignored` are rules that Okta drops. Only `changeable` rules of a base
    property change; others in a request are ignored.
    """

    defaults: JsonObject = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    changeable: frozenset[str] = frozenset({"required", "permissions", "master", "pattern", "minLength", "maxLength"})

    def rules(self, rules: JsonObject) -> JsonObject:
        """The rules of a property as Okta shows them, without nulls and `required: false`."""
        shown = {
            name: value
            for name, value in rules.items()
            if value is not None and name not in self.ignored and (name, value) != ("required", False)
        }
        items = shown.get("items")
        if shown.get("type") != "array":
            shown.pop("union", None)
        elif isinstance(items, dict) and items.get("type") == "object":
            shown["items"] = {**items, "additionalProperties": True}
        return shown


def merge(definitions: JsonObject, content: JsonObject, variant: SchemaVariant) -> JsonObject:
    """The definitions of a schema after a POST. Raises OktaError E0000001 for invalid changes."""
    change = read(_SchemaChange, content)["definitions"]
    custom, base = dict(definitions["custom"]["properties"]), dict(definitions["base"]["properties"])
    for name, rules in change["custom"]["properties"].items():
        if rules is None:
            custom.pop(name, None)
            continue
        if name in base:
            raise invalid_field("properties", f"Property name '{name}' is a base property")
        custom[name] = variant.rules({**variant.defaults, **_checked(name, rules, custom.get(name))})
    for name, rules in change["base"]["properties"].items():
        if name not in base or rules is None:
            raise invalid_field("properties", f"Property name '{name}' is not a base property")
        _check_pattern(name, rules.get("pattern"))
        base[name] = variant.rules({**base[name], **{rule: rules[rule] for rule in variant.changeable & rules.keys()}})
    return {
        "custom": _part(definitions["custom"], custom),
        "base": _part(definitions["base"], base),
    }


def has_type(rules: JsonObject, value: Json) -> bool:
    """Whether a value is null or has the type of a property."""
    if value is None:
        return True
    if isinstance(value, bool):
        return bool(rules["type"] == "boolean")
    if isinstance(value, float) and rules["type"] == "integer":
        return value.is_integer()
    return isinstance(value, PYTHON_TYPES[rules["type"]])


def check_values(defined: dict[str, JsonObject], profile: JsonObject, others: Iterable[Record], operation: str) -> None:
    """Refuse invalid values: undefined or missing properties, wrong types, and duplicates of unique values of `others`.

    `operation` is Okta's name of the request in its refusal of an undefined property.
    """
    for name, value in profile.items():
        if name not in defined and value is not None:
            raise invalid(operation, f"Property name '{name}' is not defined in profile")
    for name, rules in defined.items():
        value = profile.get(name)
        if rules.get("required") and value in (None, ""):
            raise invalid_field(name, BLANK)
        if not has_type(rules, value):
            raise invalid_field(name, f"The value has to be of type {rules['type']}.")
        if rules.get("unique") == UNIQUE and value is not None:
            _refuse_duplicate(name, value, others)


def _refuse_duplicate(name: str, value: Json, others: Iterable[Record]) -> None:
    if any(other.body["profile"].get(name) == value for other in others):
        raise already_exists(name)


def removed_properties(before: JsonObject, after: JsonObject) -> set[str]:
    """The custom properties removed by a change."""
    return set(before["custom"]["properties"]) - set(after["custom"]["properties"])


def remove_values(tenant: Tenant, record: Record, names: set[str]) -> None:
    """Remove the values of removed properties from a profile."""
    kept = {name: value for name, value in record.body["profile"].items() if name not in names}
    if kept.keys() != record.body["profile"].keys():
        tenant.store.change(record, {**record.body, "profile": kept})


def defined_properties(schema: Record) -> dict[str, JsonObject]:
    """All defined properties of a schema, by name."""
    definitions = schema.body["definitions"]
    return {**definitions["base"]["properties"], **definitions["custom"]["properties"]}


def _checked(name: str, rules: JsonObject, before: Json) -> JsonObject:
    if not NAME.fullmatch(name):
        raise invalid_field("properties", f"Property name '{name}' may hold letters, digits and underscores only")
    if not rules.get("title"):
        raise invalid_field(f"{name}.title", BLANK)
    if rules.get("type") not in tuple(PYTHON_TYPES):
        raise invalid_field(f"{name}.type", f"must be one of {', '.join(PYTHON_TYPES)}")
    if before and before["type"] != rules["type"]:
        raise invalid_field(f"{name}.type", "The type of a property cannot be changed")
    if rules["type"] == "array" and not isinstance(rules.get("items"), dict):
        raise invalid_field(f"{name}.items", BLANK)
    read(_Rules, rules)
    _check_lengths(name, rules)
    for choices in (rules, rules.get("items") or {}):
        _check_choices(name, choices)
    return rules


def _check_lengths(name: str, rules: JsonObject) -> None:
    lowest, highest = rules.get("minLength"), rules.get("maxLength")
    if lowest is not None and highest is not None and lowest > highest:
        raise invalid_field(f"{name}.minLength", "The minimum length cannot be greater than the maximum length.")


def _check_choices(name: str, rules: JsonObject) -> None:
    """`enum` and `oneOf` list the same values."""
    values, choices = rules.get("enum"), rules.get("oneOf")
    if values and choices and list(values) != [choice.get("const") for choice in choices]:
        raise invalid_field(f"{name}.enum", "enum and oneOf have to list the same values.")


def _check_pattern(name: str, pattern: Json) -> None:
    if pattern is None:
        return
    try:
        Pattern(str(pattern))
    except InvalidPattern as error:
        raise invalid_field(f"{name}.pattern", f"not a supported regular expression: {error}") from None
    if not isinstance(pattern, str):
        raise malformed()


def _part(before: JsonObject, properties: JsonObject) -> JsonObject:
    required = [name for name, rules in properties.items() if rules.get("required")]
    return {**before, "properties": properties, "required": required}
