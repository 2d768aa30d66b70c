"""Linked objects."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import Converges, rule

USUAL = {
    "primary_name": "tested",
    "primary_title": "Tested",
    "primary_description": "Tests others.",
    "associated_name": "testing",
    "associated_title": "Testing",
    "associated_description": "Is tested.",
}

LINKED_OBJECT = about(
    kind="linked-object",
    usual=USUAL,
    distinct=("associated_name",),
    harmless=frozenset(USUAL),
    rules=(
        rule(
            "linked-object",
            "preview",
            "any argument changed",
            *(Converges("linked-object", {name: f"other_{name}"}) for name in USUAL),
        ),
    ),
)
