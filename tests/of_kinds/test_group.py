"""Groups."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import (
    MECHANISMS,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    rule,
)

_CUSTOM = "custom_profile_attributes"

about(
    kind="group",
    usual={"name": "Tested"},
    harmless=frozenset({"name", "description"}),
    variants={
        "": {
            "one": {"roles": [], "custom_profile_attributes": {"group_schema_property_text": "first"}},
            "two": {"roles": [], "custom_profile_attributes": {"group_schema_property_text": "second"}},
            "administrators": {"custom_profile_attributes": {"group_schema_property_text": "third"}},
        }
    },
    system={
        "everyone": {"type": "BUILT_IN", "profile": {"name": "Everyone"}},
        "okta-administrators": {"type": "BUILT_IN", "profile": {"name": "Okta Administrators"}},
    },
    rules=(
        rule(
            "group",
            "preview",
            "len(name) > 255",
            Refused("group", "name", "at most 255", {"name": "n" * 256}, {"name": "n" * 255}),
        ),
        rule(
            "group",
            "preview",
            "custom_profile_attributes set and not JSON",
            ShownBy(
                "definitions have a mapping, and the stand-in refuses other texts",
                MECHANISMS + "test_text_that_is_not_json_is_refused",
            ),
        ),
        rule(
            "group",
            "create update",
            "custom_profile_attributes has null values",
            RefusedByValidate("group", _CUSTOM, "leave it out", {_CUSTOM: {"a": None}}),
            RefusedByValidate("group", _CUSTOM, "a field", {_CUSTOM: {"name": "a"}}),
        ),
        rule(
            "group",
            "preview",
            'custom_profile_attributes unset or ""',
            ShownBy(
                "a field that is left out is not managed",
                MECHANISMS + "test_optional_json_text_left_out_is_not_managed",
            ),
        ),
        rule(
            "group",
            "create",
            "always",
            Requests("only reads", "stand_in/test_service.py::test_create_then_delete"),
        ),
    ),
)
