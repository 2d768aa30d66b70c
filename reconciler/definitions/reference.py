"""The reference of all kinds and their fields, as data for `reconciler kinds` and docs/kinds.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.definitions.errors import one_of
from reconciler.kinds import Kind, Part, area_of, kind_of_fields, kinds, path_levels
from reconciler.kinds.mapping import Field, canonical, declarable_arguments, schema
from reconciler.kinds.scopes import Scopes, scopes_of


@dataclass(frozen=True, slots=True)
class FieldReference:
    """One field, or one field of a structure inside it."""

    path: str
    """Its name; `rules[].access` for a field of the items of `rules`."""
    values: str
    """Allowed values, in words."""
    default: str
    """Value if it is left out; or `required`, `not managed`, or `depends` on other fields."""
    treatment: str
    """`compared` with the tenant, `declared` (not returned by Okta), `secret` (never shown, never compared), or `owned`
    (objects of their own)."""
    replaces: bool
    """Whether a change replaces the object: delete and create."""
    description: str


@dataclass(frozen=True, slots=True)
class KindReference:
    """One kind."""

    kind: str
    description: str
    endpoint: str
    """Path of its objects in the Management API."""
    resource: str
    """The Pulumi type."""
    scopes: Scopes
    """The OAuth scopes to read its objects, and the additional ones to change them."""
    owners: tuple[str, ...]
    """The kinds in whose documents it is declared; empty if it has documents of its own."""
    system: dict[str, str]
    """Objects that Okta creates in every tenant: their names in definitions, and what they are."""
    area: str
    """What such objects are about."""
    arguments: int
    """How many arguments of the Pulumi class definitions can express."""
    not_declarable: Mapping[str, str]
    """The other arguments, each with the reason."""
    fields: tuple[FieldReference, ...]


def reference() -> list[KindReference]:
    """All kinds, in the order of the registry."""
    return [_kind_reference(kind) for kind in kinds()]


def _kind_reference(kind: Kind) -> KindReference:
    return KindReference(
        kind=kind.name,
        description=_paragraphs(kind.description or ""),
        endpoint=_endpoint(kind),
        resource=kind.resource,
        scopes=scopes_of(kind),
        owners=kind.parents,
        system={system.name: system.meaning for system in kind.system},
        area=area_of(kind),
        arguments=len(declarable_arguments(kind)),
        not_declarable=dict(sorted(kind.not_declarable.items())),
        fields=tuple(_field_references(kind.fields, "")),
    )


def _endpoint(kind: Kind) -> str:
    root, *below = [ancestor.shape.path for ancestor in reversed(path_levels(kind))]
    return "".join([root, *(f"/{{id}}/{path}" for path in below)])


def _field_references(model: type[Part], prefix: str) -> Iterator[FieldReference]:
    kind = kind_of_fields(model)
    by_place = kind.shape.rank_field if kind and kind.parents else ""
    schemas = model.model_json_schema()["properties"]
    for field in schema(model):
        if field.name == by_place:
            continue
        path = prefix + field.name
        yield FieldReference(
            path=path,
            values=_values(field, schemas[field.name]),
            default=_default(field),
            treatment=_treatment(field),
            replaces=field.replaces,
            description=_described(field),
        )
        if field.part and not field.owns:
            yield from _field_references(field.part, f"{path}." if field.shape == "one" else f"{path}[].")


def _treatment(field: Field) -> str:
    if field.owns:
        return "owned"
    if field.secret:
        return "secret"
    return "declared" if field.unread else "compared"


def _described(field: Field) -> str:
    not_compared = f" Not compared with the tenant: {field.unread}." if field.unread else ""
    return _paragraphs(field.description + not_compared)


def _values(field: Field, json_schema: dict[str, Any]) -> str:
    if field.owns:
        return f"list of [{field.owns.kind}](#{field.owns.kind})"
    one = _one_value(field, json_schema)
    many = {"list": f"list of {one}, in order", "set": f"list of {one}, in any order"}
    return many.get(field.shape, one) + (" or null" if field.optional else "")


def _one_value(field: Field, json_schema: dict[str, Any]) -> str:
    if field.ref:
        words = "".join(f", or `{word}`" for word in field.ref.words)
        if field.ref.in_text:
            return f"text with `{{KIND NAME}}` for each {one_of(field.refers_to)}{words}"
        if field.ref.with_kind:
            words += ", or `user LOGIN`" if field.ref.people else ""
            return f"`KIND NAME` of a {one_of(field.refers_to)}{words}"
        return f"name of a {field.refers_to[0]}{words}"
    if field.person:
        return "login of a user"
    if field.secret:
        return "[reference](../definitions.md#secrets)"
    if field.part:
        return "mapping"
    for branch in json_schema.get("anyOf", ()):
        if branch.get("type") != "null":
            json_schema = branch
    json_schema = json_schema.get("items", json_schema)
    allowed = json_schema.get("enum") or ([json_schema["const"]] if "const" in json_schema else [])
    if allowed:
        return " · ".join(f"`{value or chr(34) * 2}`" for value in allowed)
    return _limited(json_schema)


def _limited(json_schema: dict[str, Any]) -> str:
    match json_schema:
        case {"type": "boolean"}:
            return "`true` · `false`"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"{least} to {most}"
        case {"type": "integer", "minimum": least}:
            return f"{least} or more"
        case {"type": "integer"}:
            return "whole number"
        case {"type": "string", "pattern": pattern} if "maxLength" not in json_schema:
            return f"text like `{pattern}`"
        case {"type": "string", "maxLength": most}:
            return f"text, up to {most} characters"
        case {"type": "object"}:
            return "mapping"
    return "text"


def _default(field: Field) -> str:
    info = field.info
    if info.is_required():
        return "required"
    if field.owns and field.optional:
        return "not managed"
    if info.default_factory_takes_validated_data:
        return "depends"
    return _as_yaml(canonical(info.get_default(call_default_factory=True)))


def _as_yaml(value: Any) -> str:
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_as_yaml, value)) + "]"
    return json.dumps(value)


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
