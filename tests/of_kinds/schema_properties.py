"""What the tests need to know about the properties of every schema."""

from __future__ import annotations

from typing import Any

from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT
from tests.official.provider_rules import (
    Converges,
    Refused,
    RefusedByValidate,
    Requests,
    Rule,
    rule,
)

USUAL = {"index": "tested", "title": "Tested", "type": "string"}
_ARRAY = {"type": "array", "array_type": "string"}
_UNIQUE = {"unique": "UNIQUE_VALIDATED"}
_CHOICES = [{"const": "1", "title": "One"}]
_TEXTUAL = ("min_length", "max_length")
_OF_ARRAYS = ("array_type", "array_enums", "array_one_ofs")
HARMLESS = frozenset(
    {"index", "title", "type", "description", "array_type", "scope", "external_name", "external_namespace"}
)
_KEEPS_ITS_TYPE = "Okta does not let the type of a property be changed"
VARIANTS: dict[str, dict[str, Any]] = {
    # Nothing that its required fields say replaces it, so that values of it are kept.
    "text": {
        "type": "string",
        **dict.fromkeys(("unique", "enums", "one_ofs", "external_name", "external_namespace", *_OF_ARRAYS), OMIT),
    },
    "unique": {
        "type": "string",
        "unique": "UNIQUE_VALIDATED",
        "enums": OMIT,
        "one_ofs": OMIT,
        **dict.fromkeys(_OF_ARRAYS, OMIT),
    },
    # Okta takes the same values in both lists only, so that no single one could be changed.
    "values": {
        "type": "integer",
        "enums": ["1", "2"],
        **dict.fromkeys(("unique", "one_ofs", *_OF_ARRAYS, *_TEXTUAL), OMIT),
    },
    "choice": {
        "type": "string",
        "one_ofs": [{"const": "1", "title": "One"}, {"const": "2", "title": "Two"}],
        **dict.fromkeys(("unique", "enums", *_OF_ARRAYS), OMIT),
    },
    "list": {
        "type": "array",
        "array_type": "number",
        "array_enums": ["1.5", "2.5"],
        **dict.fromkeys(("unique", "enums", "one_ofs", "array_one_ofs", *_TEXTUAL), OMIT),
    },
    "list-choice": {
        "type": "array",
        "array_type": "string",
        "array_one_ofs": [{"const": "s", "title": "Small"}, {"const": "l", "title": "Large"}],
        **dict.fromkeys(("unique", "enums", "one_ofs", "array_enums", *_TEXTUAL), OMIT),
    },
}
FIXED = dict.fromkeys(
    ("index", "type", "array_type", "unique", "external_name", "external_namespace"),
    _KEEPS_ITS_TYPE,
)


def attacks(kind: str) -> dict[str, tuple[Any, ...]]:
    return {
        "attribute-opened": (changed(kind, "permissions", "READ_ONLY", "READ_WRITE"),),
        "attribute-source": (changed(kind, "master", "PROFILE_MASTER", "OKTA"),),
        "attribute-unchecked": (
            changed(kind, "enums", ["a"], ["a", "b"]),
            changed(kind, "array_enums", ["a", "b"], ["a"]),
            changed(kind, "unique", "UNIQUE_VALIDATED", None),
            changed(kind, "max_length", 8, 9),
            changed(kind, "max_length", 8, None),
            changed(kind, "min_length", 8, 1),
            changed(kind, "required", True, False),
        ),
        "attribute-lost": (whole("missing", kind),),
    }


def innocent(kind: str) -> dict[str, tuple[Any, ...]]:
    return {
        "attribute-opened": (changed(kind, "permissions", "READ_WRITE", "HIDE"),),
        "attribute-source": (changed(kind, "title", "Source", "Origin"),),
        "attribute-lost": (whole("unmanaged", kind),),
        "attribute-unchecked": (
            changed(kind, "max_length", 9, 8),
            changed(kind, "required", False, True),
            changed(kind, "unique", None, "UNIQUE_VALIDATED"),
        ),
    }


def rules(kind: str) -> tuple[Rule, ...]:
    """The provider's rules that all schema properties share."""
    return (
        rule(
            kind,
            "preview",
            "enum given and array_type given",
            Refused(kind, "enums", "use array_enums", _ARRAY | {"enums": ["a"]}, {"enums": ["a"]}),
        ),
        rule(
            kind,
            "preview",
            "one_of given and array_type given",
            Refused(kind, "one_ofs", "use array_one_ofs", _ARRAY | {"one_ofs": _CHOICES}, {"one_ofs": _CHOICES}),
        ),
        rule(
            kind,
            "preview",
            "unique given and any of one_of, enum, array_type given",
            *(
                Refused(
                    kind,
                    "unique",
                    "does not apply",
                    {"unique": "UNIQUE_VALIDATED"} | other,
                    {"unique": "UNIQUE_VALIDATED"},
                )
                for other in ({"enums": ["a"]}, {"one_ofs": _CHOICES}, _ARRAY)
            ),
        ),
        rule(
            kind,
            "create update",
            "permissions unset",
            Converges(kind, before={"permissions": "HIDE"}),
            Converges(kind, {"permissions": "HIDE"}),
        ),
        rule(
            kind,
            "create update",
            "min_length, max_length 0 or unset",
            *(RefusedByValidate(kind, name, "must be at least 1", {name: 0}, {name: 1}) for name in _TEXTUAL),
            *(Converges(kind, before={name: 4}) for name in _TEXTUAL),
        ),
        rule(
            kind,
            "create update",
            "enum, array_enum or one_of with type or array_type number, integer, object",
            Converges(kind, {"type": "integer", "enums": ["1"], "one_ofs": _CHOICES}),
            Converges(kind, {"type": "array", "array_type": "number", "array_enums": ["1.5"]}),
            *(
                RefusedByValidate(kind, name, "must be numbers", {"type": "integer", name: wrong}, {"type": "integer"})
                for name, wrong in (("enums", ["x"]), ("enums", ["1.5"]), ("one_ofs", [{"const": "x", "title": "X"}]))
            ),
            RefusedByValidate(kind, "one_ofs", "same order", {"enums": ["2", "1"], "one_ofs": _CHOICES}),
            RefusedByValidate(
                kind, "array_one_ofs", "same order", _ARRAY | {"array_enums": ["2"], "array_one_ofs": _CHOICES}, _ARRAY
            ),
            *(
                RefusedByValidate(
                    kind,
                    name,
                    "must be numbers",
                    {"type": "array", "array_type": "number", name: wrong},
                    {"type": "array", "array_type": "number"},
                )
                for name, wrong in (
                    ("array_enums", ["x"]),
                    ("array_enums", ["1.50"]),
                    ("array_one_ofs", [{"const": "x", "title": "X"}]),
                )
            ),
        ),
        rule(
            kind,
            "create update",
            'array_type == "object" and an array_enum element is not a JSON object',
            RefusedByValidate(
                kind, "array_type", "cannot be object", {"type": "array", "array_type": "object"}, _ARRAY
            ),
            RefusedByValidate(kind, "array_type", "needs it", {"type": "array"}, _ARRAY),
            *(
                RefusedByValidate(kind, name, "leave it out", {name: value}, _ARRAY | {name: value})
                for name, value in (("array_enums", ["a"]), ("array_one_ofs", _CHOICES))
            ),
            RefusedByValidate(kind, "array_type", "leave it out", {"array_type": "string"}),
            *(
                RefusedByValidate(kind, name, "leave it out", {"type": "boolean", name: 4}, {name: 4})
                for name in _TEXTUAL
            ),
        ),
        rule(
            kind,
            "create update",
            "always",
            Requests("the provider only makes sure that it reads what it wrote", "stand_in/test_keyed.py::test_life"),
        ),
    )
