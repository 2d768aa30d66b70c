"""ThreatInsight, a setting that every tenant has once."""

from __future__ import annotations

from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, Requests, rule

KIND = "threat-insight"

about(
    kind=KIND,
    usual={"action": "block"},
    rules=(
        rule(
            KIND,
            "delete",
            "always",
            Requests(
                "`up` does not delete the setting",
                "e2e/test_settings.py::test_a_setting_that_is_no_longer_declared_stays_as_it_is",
            ),
        ),
        rule(
            KIND,
            "preview",
            "network_excludes in another order",
            Converges(KIND, {"network_excludes": ["office"]}, before={"network_excludes": []}),
        ),
    ),
    attacks={
        "threats-unblocked": (changed(KIND, "action", "block", "audit"), changed(KIND, "action", "audit", "none")),
        "exempt-zone-filled": (changed(KIND, "network_excludes", [], ["office"]),),
    },
    innocent={
        "threats-unblocked": (changed(KIND, "action", "none", "block"),),
        "exempt-zone-filled": (changed(KIND, "network_excludes", ["office"], []),),
    },
)
