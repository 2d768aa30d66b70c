"""JSON Schemas (2020-12) of the YAML files, for completion and checks in editors."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from reconciler.definitions.documents import Envelope
from reconciler.definitions.environments import EnvironmentFile
from reconciler.definitions.foreach import FOREACH
from reconciler.definitions.ignore import Entry
from reconciler.definitions.owned import owned_fields
from reconciler.definitions.owners import OwnerFields
from reconciler.definitions.pins import PinsFile
from reconciler.definitions.variables import VARIABLE_NAME
from reconciler.kinds import Kind, kinds
from reconciler.kinds.part import describe
from reconciler.watched import read_rows

JsonSchema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE: Final = {"$ref": "#/$defs/Variable"}
_DEFINITION_OF_VARIABLE: Final = {
    "type": "string",
    "pattern": r"\$\{([a-z][a-z0-9_]*|each\.[A-Za-z0-9_-]+)\}",
    "description": "Text with a variable of the environment, or with a value of an item of `foreach`.",
}
_ITEM: Final = {"$ref": "#/$defs/Item"}
_DEFINITION_OF_ITEM: Final = {
    "type": "string",
    "pattern": r"\$\{each(\.[A-Za-z0-9_-]+)?\}",
    "description": "Text with an item of `foreach`, or with a value of an item.",
}
_FOREACH: Final = {
    "description": "The items for which to make one object each: texts, mappings, or the rows of a CSV file.",
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"type": "object"}},
        {
            "type": "object",
            "properties": {
                "csv": {
                    "type": "string",
                    "pattern": r"\.[cC][sS][vV]$",
                    "description": "Path of the file. It begins at the folder of this file.",
                }
            },
            "required": ["csv"],
            "additionalProperties": False,
        },
    ],
}
_PREVIOUSLY: Final = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
    "description": "Earlier names of the object. Without them, a renamed object is deleted and created.",
}
_LOGICAL_NAME: Final = {
    "type": "string",
    "description": "The name in definitions, where another item has the same name in Okta.",
}


def document_schema() -> JsonSchema:
    """The schema of one document: the envelope, and the `spec` of each kind."""
    written: list[type[BaseModel]] = [Envelope, *(kind.fields for kind in kinds())]
    describe(written)
    _, generated = models_json_schema([(model, "validation") for model in written])
    models: dict[str, JsonSchema] = generated["$defs"]
    envelope = models.pop(Envelope.__name__)
    documented = [kind for kind in kinds() if not kind.parents]
    for kind in kinds():
        _write_as_people_do(kind, models)
    for model in models.values():
        model["properties"] = {name: _or(_VARIABLE, inner) for name, inner in model["properties"].items()}
    envelope["properties"] = {
        name: inner if name in ("kind", "spec") else _or(_ITEM, inner) for name, inner in envelope["properties"].items()
    }
    envelope["properties"]["kind"]["enum"] = [kind.name for kind in documented]
    envelope["properties"][FOREACH] = _FOREACH
    return {
        "$schema": DIALECT,
        "title": "A definition",
        **{key: value for key, value in envelope.items() if key != "title"},
        "allOf": [_spec_of(kind) for kind in documented],
        "$defs": {"Variable": _DEFINITION_OF_VARIABLE, "Item": _DEFINITION_OF_ITEM, **models},
    }


def environment_schema() -> JsonSchema:
    """The schema of an environment file."""
    describe([EnvironmentFile])
    return {"$schema": DIALECT, **EnvironmentFile.model_json_schema(), "title": "An environment"}


def ignore_schema() -> JsonSchema:
    """The schema of `ignore.yaml`."""
    describe([Entry])
    entries = TypeAdapter(list[Entry]).json_schema()
    entry = entries["$defs"][Entry.__name__]
    others = dict.fromkeys(kind.shape.others for kind in kinds() if kind.shape.others)
    entry["properties"]["kind"]["enum"] = [
        *(kind.name for kind in kinds()),
        *others,
        *(row.word for row in read_rows()),
    ]
    entry["oneOf"] = [{"required": [name], "properties": {name: {"type": "string"}}} for name in ("name", "label")]
    return {"$schema": DIALECT, **entries, "title": "Ignored drift"}


def owners_schema() -> JsonSchema:
    """The schema of `owners.yaml`."""
    describe([OwnerFields])
    return {"$schema": DIALECT, **TypeAdapter(dict[str, OwnerFields]).json_schema(), "title": "Owners"}


def pins_schema() -> JsonSchema:
    """The schema of `pins.yaml`."""
    describe([PinsFile])
    return {"$schema": DIALECT, **PinsFile.model_json_schema(), "title": "Limits of what definitions may use"}


def variables_schema() -> JsonSchema:
    """The schema of `variables.yaml`."""
    names = {"pattern": f"^{VARIABLE_NAME}$"}
    return {"$schema": DIALECT, "title": "Variables of all environments", "type": "object", "propertyNames": names}


SCHEMAS: Final = {
    "document": document_schema,
    "environment": environment_schema,
    "ignore": ignore_schema,
    "owners": owners_schema,
    "pins": pins_schema,
    "variables": variables_schema,
}
"""The schemas of files, by the name of the file type."""


def _spec_of(kind: Kind) -> JsonSchema:
    return {
        "if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]},
        "then": {"properties": {"spec": {"$ref": f"#/$defs/{kind.fields.__name__}"}}},
    }


def _write_as_people_do(kind: Kind, models: dict[str, JsonSchema]) -> None:
    """Owned lists as they are written: never null, with `previously`, and without `priority`, which is the position."""
    properties = models[kind.fields.__name__]["properties"]
    for field, child, whole in owned_fields(kind):
        listed = properties[field.name].pop("anyOf", [])
        properties[field.name] |= next((branch for branch in listed if branch["type"] == "array"), {})
        if properties[field.name].get("default", []) is None:
            del properties[field.name]["default"]
        if not whole:
            items = models[child.fields.__name__]["properties"]
            items.pop(child.shape.rank_field, None)
            items["previously"] = _PREVIOUSLY
            if child.distinguished_by:
                items["logical_name"] = _LOGICAL_NAME


def _or(placeholder: JsonSchema, schema: JsonSchema) -> JsonSchema:
    """The schema, which also allows a text with a placeholder; the same for the items of lists."""
    if "items" in schema:
        schema = schema | {"items": _or(placeholder, schema["items"])}
    if "anyOf" in schema:
        schema = schema | {"anyOf": [_or_in_items(placeholder, branch) for branch in schema["anyOf"]]}
    if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const", "maxLength"}:
        return schema
    about = {key: value for key, value in schema.items() if key in ("description", "default")}
    value = {key: value for key, value in schema.items() if key not in ("title", *about)}
    return {**about, "anyOf": [*value.get("anyOf", [value]), placeholder]}


def _or_in_items(placeholder: JsonSchema, schema: JsonSchema) -> JsonSchema:
    return schema | {"items": _or(placeholder, schema["items"])} if "items" in schema else schema
