"""Custom properties of the profile of groups."""

from __future__ import annotations

from tests.of_kinds import about, schema_properties

KIND = "group-schema-property"
GROUP_SCHEMA_PROPERTY = about(
    kind=KIND,
    usual=schema_properties.USUAL,
    harmless=schema_properties.HARMLESS,
    # All groups of the tests have a value of the first one only, and groups without required values cannot be written.
    variants={"": {name: {**one, "required": name == "text"} for name, one in schema_properties.VARIANTS.items()}},
    rules=schema_properties.rules(KIND),
    attacks=schema_properties.attacks(KIND),
    innocent=schema_properties.innocent(KIND),
    fixed=schema_properties.FIXED | {"required": "groups without a value could no longer be changed"},
)
