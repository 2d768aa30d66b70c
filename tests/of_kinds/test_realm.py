"""Realms."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import Converges, Refused, rule

REALM = about(
    kind="realm",
    usual={"name": "Tested"},
    harmless=frozenset({"name", "realm_type"}),
    system={"default": {"isDefault": True, "profile": {"name": "Default Realm"}}},
    rules=(
        rule(
            "realm",
            "preview",
            "realm_type not in PARTNER, DEFAULT",
            Refused("realm", "realm_type", "cannot be OTHER", {"realm_type": "OTHER"}, {"realm_type": "PARTNER"}),
        ),
        rule(
            "realm",
            "create update",
            "realm_type unset",
            Converges("realm", before={"realm_type": "PARTNER"}, sends={"profile.realmType": "DEFAULT"}),
        ),
    ),
)
