"""Trusted origins."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import (
    Converges,
    WorkedAround,
    rule,
)

about(
    kind="trusted-origin",
    usual={"name": "Tested", "origin": "https://app.example.com", "scopes": ["CORS"]},
    harmless=frozenset({"name"}),
    rules=(
        rule(
            "trusted-origin",
            "create",
            "active == false",
            WorkedAround("trusted-origin", "status", {"status": "INACTIVE"}),
            Converges("trusted-origin", {"status": "INACTIVE"}),
        ),
        rule(
            "trusted-origin",
            "update",
            "active changed",
            Converges("trusted-origin", {"status": "INACTIVE", "scopes": ["CORS", "REDIRECT"]}),
            Converges("trusted-origin", {}, before={"status": "INACTIVE"}),
        ),
    ),
)
