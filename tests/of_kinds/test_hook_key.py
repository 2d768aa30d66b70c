"""Hook keys."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Refused, rule

KEY = "hook-key"

about(
    kind=KEY,
    usual={"name": "Tested"},
    harmless=frozenset({"name"}),
    variants={"": {"one": {}, "two": {}}},
    rules=(
        rule(
            KEY,
            "preview",
            "len(name) not in 1..255",
            Refused(KEY, "name", "at most 255", {"name": "n" * 256}, {"name": "n" * 255}),
        ),
    ),
    attacks={"secret-rotated": (changed(KEY, "keyId", "a", "b", Verdict.BEYOND),)},
)
