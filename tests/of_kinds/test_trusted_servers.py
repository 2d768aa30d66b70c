"""The authorization servers that another one trusts."""

from __future__ import annotations

from reconciler.kinds.shapes import WholeSet
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import FROM_THE_TENANT, MECHANISMS, ShownBy, rule

KIND = "trusted-servers"
_REPLACED = ShownBy(
    "the program asks for a replacement", f"{MECHANISMS}test_program_replaces_what_the_provider_cannot_update"
)

about(
    kind=KIND,
    usual={"trusted_servers": ["default"]},
    attacks={"tokens-widened": (changed(KIND, "trusted_servers", ["default"], ["default", "other"]),)},
    innocent={"tokens-widened": (changed(KIND, "trusted_servers", ["default", "other"], ["default"]),)},
    rules=(
        rule(KIND, "update", "auth_server_id changed", _REPLACED),
        rule(KIND, "read", "trusted servers changed at Okta", FROM_THE_TENANT),
    ),
)


def test_all_servers_are_added_together():
    together = WholeSet(path="p", scope="okta.p", value="id", added_as="trusted")
    assert together.additions(["a", "b"]) == [("POST", "", {"trusted": ["a", "b"]})]
    assert together.additions([]) == []
    one_by_one = WholeSet(path="p", scope="okta.p", value="id")
    assert one_by_one.additions(["a", "b"]) == [("POST", "", {"id": "a"}), ("POST", "", {"id": "b"})]
