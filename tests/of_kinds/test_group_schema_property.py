"""Custom properties of the profile of groups."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.kinds import kind_named
from tests.of_kinds import about, schema_properties
from tests.official.provider_rules import NotDeclarable, RefusedByValidate, rule

KIND = "group-schema-property"
GROUP_SCHEMA_PROPERTY = about(
    kind=KIND,
    usual=schema_properties.USUAL,
    harmless=schema_properties.HARMLESS,
    # All groups of the tests have a value of the first one only, and groups without required values cannot be written.
    variants={"": {name: {**one, "required": name == "text"} for name, one in schema_properties.VARIANTS.items()}},
    rules=(
        *schema_properties.rules(KIND),
        rule(
            KIND,
            "create update",
            'master == "OVERRIDE" and master_override_priority unset',
            RefusedByValidate(KIND, "master", "cannot be OVERRIDE", {"master": "OVERRIDE"}, {"master": "OKTA"}),
        ),
        rule(
            KIND,
            "create update",
            "master_override_priority set",
            NotDeclarable("only users have such sources", ("master_override_priorities",)),
        ),
    ),
    attacks=schema_properties.attacks(KIND),
    innocent=schema_properties.innocent(KIND),
    fixed=schema_properties.FIXED | {"required": "groups without a value could no longer be changed"},
)


def test_a_minimum_length_above_the_maximum_is_refused():
    spec = {**schema_properties.USUAL, "type": "string", "min_length": 5}
    fields = kind_named(KIND).fields
    assert fields.model_validate({**spec, "max_length": 5}) is not None
    with pytest.raises(ValidationError, match="min_length must not be greater than max_length"):
        fields.model_validate({**spec, "max_length": 4})
