"""The objects that risk rules can use."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.model import Credentials, Declaration, Desired, Environment
from reconciler.drift import Finding, TenantView, Verdict, rated
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import canonical
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.drift.live import SOURCE
from tests.matches import match_of

GROUP, RULE, ZONE, SESSION, POLICY = map(
    kind_named, ("group", "group-rule", "network-zone", "global-session-policy-rule", "authentication-policy-rules")
)


def group(identity: str, name: str, *, admin: bool = False, kind: str = "OKTA_GROUP") -> LiveObject:
    stats = {"hasAdminPrivlege": admin}
    json = {"id": identity, "type": kind, "profile": {"name": name}, "_embedded": {"stats": stats}}
    return LiveObject(GROUP, identity, json)


def rule(identity: str, *groups: str) -> LiveObject:
    actions = {"assignUserToGroups": {"groupIds": list(groups)}}
    expression = {"expression": {"value": "true"}}
    json = {"id": identity, "name": identity, "status": "INACTIVE", "conditions": expression, "actions": actions}
    return LiveObject(RULE, identity, json)


def exempt_zone() -> LiveObject:
    json = {"id": "nzo1", "type": "IP", "system": True, "name": "DefaultExemptIpZone", "usage": "POLICY"}
    return LiveObject(ZONE, "nzo1", json)


def declared(kind: Any, name: str, /, **fields: Any) -> Declaration:
    return Declaration(kind, name, fields, frozenset(fields), SOURCE)


def view(*items: LiveObject, declarations: tuple[Declaration, ...] = ()) -> TenantView:
    """The group `staff` and other objects are declared."""
    known = [declared(GROUP, "staff", name="Staff"), *declarations]
    desired = Desired(
        Environment("test", "https://tenant.example", Credentials()), {one.address: one for one in known}, ""
    )
    state = State({("group", "staff"): Applied(GROUP, "staff", "urn:staff", "00g1", {})}, {}, False)
    objects: dict[str, list[LiveObject]] = {}
    for item in items:
        objects.setdefault(item.kind.name, []).append(item)
    live = Snapshot(objects, by_id={(item.kind.name, item.id): item for item in items})
    return TenantView(match_of(desired, state, live))


STAFF, GUESTS, ADMINS = group("00g1", "Staff"), group("00g2", "Guests"), group("00g3", "Admins", admin=True)


@pytest.mark.parametrize(
    ("fills", "broken"),
    [("00g1", ("membership-widened",)), ("00g2", ()), ("00g3", ("admin-group-filled",))],
)
def test_a_group_rule_is_rated_by_the_groups_that_it_fills(fills: str, broken: tuple[str, ...]):
    found = Finding(Verdict.UNMANAGED, "group-rule", "", "0pr1", okta_id="0pr1")
    (one,) = rated([found], view(STAFF, GUESTS, ADMINS, rule("0pr1", fills)))
    assert one.rules == broken


def test_a_built_in_object_has_its_name_in_definitions():
    found = Finding(Verdict.BEYOND, "network-zone", "", "DefaultExemptIpZone", okta_id="nzo1", field="gateways")
    assert view(exempt_zone()).about(found).name == "default-exempt-ip-zone"


def test_a_declared_object_is_known_with_its_spec_and_json():
    known = view(group("00g1", "Renamed", admin=True)).named("group", "staff")
    assert known
    assert (known.spec["name"], known.declared) == ("Staff", True)
    assert known.item["profile"]["name"] == "Renamed"


def test_an_undeclared_object_is_known_by_the_name_in_references():
    known = view(GUESTS).named("group", "Guests (00g2)")
    assert known
    assert (known.spec["name"], known.declared) == ("Guests", False)
    assert view(GUESTS).named("group", "Guests") is None


def test_a_deleted_object_is_known_only_by_its_name():
    found = Finding(Verdict.UNMANAGED, "group", "", "Gone", okta_id="00g9")
    assert view().about(found).name == "Gone"


@pytest.mark.parametrize(
    ("fields", "zones"),
    [
        ({"access": "DENY", "network_includes": ["tor"]}, {"tor"}),
        ({"access": "ALLOW", "network_includes": ["office"]}, set()),
        ({"access": "ALLOW", "network_includes": ["office"], "mfa_required": True}, {"office"}),
        ({"access": "ALLOW", "network_excludes": ["tor"]}, {"tor"}),
        ({"access": "DENY", "network_excludes": ["office"]}, set()),
        ({"access": "DENY", "network_includes": ["tor"], "status": "INACTIVE"}, set()),
    ],
)
def test_a_zone_restricts_if_a_rule_relies_on_it(fields: dict[str, Any], zones: set[str]):
    one = declared(SESSION, "policy/rule", **canonical({"status": "ACTIVE", **fields}))
    around = view(declarations=(one,))
    assert {zone for zone in ("office", "tor") if around.restricts("network-zone", zone)} == zones


def test_each_rule_of_a_list_counts():
    rules = [
        {"status": "ACTIVE", "access": "DENY", "factor_mode": "2FA", "network_includes": ["tor"]},
        {"status": "ACTIVE", "access": "ALLOW", "factor_mode": "1FA", "network_includes": ["office"]},
    ]
    around = view(declarations=(declared(POLICY, "strict", rules=rules),))
    assert around.restricts("network-zone", "tor")
    assert not around.restricts("network-zone", "office")
