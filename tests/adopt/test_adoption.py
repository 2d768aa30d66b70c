"""What is adopted and what is not; the folder is valid whatever the tenant contains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.adopt.adoption import Selection
from reconciler.definitions import Address, load
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Unreadable
from tests.adopt.tenant import (
    adopted,
    assigned,
    authentication_policy,
    bookmark,
    claim,
    everyone,
    group,
    reasons,
    server,
    session_policy,
    session_rule,
    snapshot,
)


def declared(folder: Path) -> dict[str, dict[str, Any]]:
    return {str(address): one.spec for address, one in load(folder, "production").declarations.items()}


def state_of(*objects: tuple[LiveObject, str]) -> State:
    return State(
        {(i.kind.name, name): Applied(i.kind, name, f"urn:{i.id}", i.id, {}) for i, name in objects}, {}, False
    )


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_document_is_readable(tmp_path):
    default = authentication_policy("rst1", "Any two factors", "", system=True)
    app = bookmark("0oa1", "Handbook: how we work", "rst1")
    staff = group("00g1", "Staff", "Everyone  who\nworks here.")
    adopted(snapshot(everyone(), staff, default, app, assigned(app, ["00geveryone", "00g1"])), tmp_path)
    texts = contents(tmp_path)
    assert texts["bookmark-apps/handbook-how-we-work.yaml"].partition("\n")[2] == (
        "kind: bookmark-app\n"
        "name: handbook-how-we-work\n"
        "owner: unassigned\n"
        "purpose: Not described yet; adopted as the tenant had it.\n"
        "spec:\n"
        "  label: 'Handbook: how we work'\n"
        "  groups:\n"
        "    - group: everyone\n"
        "    - group: staff\n"
        "  url: https://link.example.com\n"
    )
    assert "purpose: Everyone who works here.\n" in texts["groups/staff.yaml"]
    assert texts["imports/production.yaml"].partition("\n")[2] == (
        "group:\n  staff: 00g1\nbookmark-app:\n  handbook-how-we-work: 0oa1\n"
    )
    assert texts["environments/production.yaml"].partition("\n")[2] == (
        "tenant:\n  url: https://acme.okta.com\n  credentials:\n    token: env:OKTA_TOKEN\n"
    )


LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(LABELS, max_size=6), links=st.lists(LABELS | st.just("Same"), max_size=5), data=st.data())
def test_the_folder_is_valid_and_complete_for_any_tenant(labels, links, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("definitions")
    groups = [group(f"00g{number}", label, label) for number, label in enumerate(dict.fromkeys(labels))]
    apps = [bookmark(f"0oa{number}", label) for number, label in enumerate(links)]
    ids = [item.id for item in groups]
    lists = [assigned(app, data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []) for app in apps]
    live = snapshot(everyone(), *groups, *apps, *lists)
    made = adopted(live, folder)
    assert len(made.drafts) + len(reasons(made)) == len(groups) + len(apps)
    desired = load(folder, "production")
    names = {identity: address.name for address, identity in desired.environment.imports.items()}
    for item in (*groups, *apps):
        if item.id in names:
            spec = desired.declarations[Address(item.kind.name, names[item.id])].spec
            assert spec.items() <= (item.spec | {"authentication_policy": "default"}).items()
    for item in lists:
        if item.id in names and item.spec["groups"]:
            spec = desired.declarations[Address("app-group-assignments", names[item.id])].spec
            assert [one["group"] for one in spec["groups"]] == [names[one["group"]] for one in item.spec["groups"]]
    before = contents(folder)
    adopted(live, folder)
    assert contents(folder) == before


def test_a_document_that_refers_to_an_object_not_adopted_is_not_adopted(tmp_path):
    nameless = authentication_policy("rst1", "Strict", "")
    app = bookmark("0oa1", "Vault", "rst1")
    made = adopted(snapshot(nameless, app), tmp_path)
    assert made.drafts == ()
    assert reasons(made) == [
        ("INVALID", "authentication-policy Strict", "description must not be empty"),
        (
            "REFERENCE",
            "bookmark-app Vault",
            "refers to the authentication-policy 'Strict' (rst1), which is not adopted",
        ),
    ]
    assert declared(tmp_path) == {}


def test_a_list_managed_as_one_object_is_adopted_as_a_whole_or_not_at_all(tmp_path):
    app = bookmark("0oa1", "Vault")
    made = adopted(snapshot(group("00g1", "A"), app, assigned(app, ["00g1", "00gdirectory"])), tmp_path)
    assert "app-group-assignments vault" not in declared(tmp_path)
    assert reasons(made) == [
        (
            "REFERENCE",
            "app-group-assignments Vault",
            "refers to the group 00gdirectory, which cannot be declared: managed by a directory, or deleted",
        )
    ]


def test_rules_are_adopted_in_order_up_to_the_first_that_cannot_be(tmp_path):
    policy = session_policy("00p1", "Workforce", 1)
    people = {"conditions": {"people": {"users": {"exclude": ["00u1"]}}}}
    rules = [
        session_rule(policy, "Third", 3, **people),
        session_rule(policy, "Fourth", 4),
        session_rule(policy, "First", 1),
        session_rule(policy, "Second", 2),
        session_rule(policy, "Default Rule", 5, system=True),
    ]
    made = adopted(snapshot(everyone(), policy, *rules), tmp_path)
    names = [name for name in declared(tmp_path) if "-rule" in name]
    assert names == [f"global-session-policy-rule workforce/{name}" for name in ("First", "Second")]
    assert reasons(made) == [
        (
            "REFERENCE",
            "global-session-policy-rule Workforce/Third",
            "names the user 00u1, who no longer exists",
        ),
        (
            "ORDER",
            "global-session-policy-rule Workforce/Fourth",
            "comes after 'Third', which is not adopted",
        ),
    ]


def test_policies_keep_their_priorities(tmp_path):
    policies = [session_policy(f"00p{place}", f"Policy {place}", place) for place in (3, 1, 2)]
    adopted(snapshot(everyone(), *policies), tmp_path, selection=Selection(names=["Policy 2", "policy-3"]))
    assert {name: spec["priority"] for name, spec in declared(tmp_path).items()} == {
        "global-session-policy policy-2": 2,
        "global-session-policy policy-3": 3,
    }


def test_a_declared_priority_is_not_given_to_another_policy(tmp_path):
    first = session_policy("00p1", "Declared", 1)
    adopted(snapshot(everyone(), first), tmp_path)
    later = [session_policy("00p1", "Declared", 2), session_policy("00p2", "In front", 1)]
    adopted(snapshot(everyone(), *later), tmp_path, state_of((first, "declared")))
    assert {name: spec["priority"] for name, spec in declared(tmp_path).items()} == {
        "global-session-policy declared": 1,
        "global-session-policy in-front": 3,
    }


def test_two_claims_of_one_name_are_adopted_if_their_types_differ(tmp_path):
    api = server("aus1", "API")
    made = adopted(snapshot(api, *(claim(api, "groups", kind) for kind in ("RESOURCE", "IDENTITY"))), tmp_path)
    found = declared(tmp_path)
    names = ("authorization-server-claim api/groups", "authorization-server-claim api/groups-resource")
    assert [(found[name]["name"], found[name]["claim_type"]) for name in names] == [
        ("groups", "IDENTITY"),
        ("groups", "RESOURCE"),
    ]
    assert reasons(made) == []


def test_two_claims_of_one_name_keep_the_names_that_the_state_has(tmp_path):
    api = server("aus1", "API")
    access, identity = (claim(api, "groups", kind) for kind in ("RESOURCE", "IDENTITY"))
    state = state_of((api, "api"), (access, "api/groups"), (identity, "api/groups-in-id-tokens"))
    adopted(snapshot(api, access, identity), tmp_path, state)
    found = declared(tmp_path)
    assert found["authorization-server-claim api/groups"]["claim_type"] == "RESOURCE"
    assert found["authorization-server-claim api/groups-in-id-tokens"]["claim_type"] == "IDENTITY"


def test_a_made_up_name_is_that_of_no_sibling(tmp_path):
    api = server("aus1", "API")
    others = [claim(api, "groups", kind) for kind in ("RESOURCE", "IDENTITY")]
    adopted(snapshot(api, *others, claim(api, "groups-resource", "RESOURCE")), tmp_path)
    found = {name.partition("/")[2]: spec["name"] for name, spec in declared(tmp_path).items() if "/" in name}
    assert sorted(found.values()) == ["groups", "groups", "groups-resource"]
    assert (found["groups"], found["groups-resource"]) == ("groups", "groups-resource")


def test_two_items_of_one_owner_with_the_same_name_are_not_adopted(tmp_path):
    api = server("aus1", "API")
    twins = [claim(api, "groups", "RESOURCE"), replace(claim(api, "groups", "RESOURCE"), id="ocl2")]
    made = adopted(snapshot(api, *twins), tmp_path)
    assert list(declared(tmp_path)) == ["authorization-server api"]
    assert reasons(made) == [("AMBIGUOUS", "authorization-server-claim API/groups", "2 in API have this name")] * 2


def test_an_item_added_to_an_object_that_okta_made_is_not_adopted(tmp_path):
    policy = LiveObject(
        kind_named("global-session-policy"), "p", {"id": "p", "name": "Default Policy", "system": True, "priority": 1}
    )
    rule = LiveObject(kind_named("global-session-policy-rule"), "r", {"id": "r", "name": "Ours", "priority": 1}, policy)
    made = adopted(snapshot(policy, rule), tmp_path)
    assert (
        "OWNER",
        "global-session-policy-rule Default Policy/Ours",
        "belongs to global-session-policy 'Default Policy', which Okta made",
    ) in reasons(made)


def test_an_item_added_to_a_declared_object_is_reported_with_the_location_of_its_document(tmp_path):
    api = server("aus1", "API")
    adopted(snapshot(api), tmp_path)
    before = contents(tmp_path)["authorization-servers/api.yaml"]
    live = snapshot(api, claim(api, "tier", "RESOURCE"))
    made = adopted(live, tmp_path, state_of((api, "api")))
    location = f"{tmp_path}/authorization-servers/api.yaml:2:1"
    assert reasons(made) == [
        (
            "OWNER",
            "authorization-server-claim API/tier",
            f"belongs to authorization-server api: declare it at {location}",
        )
    ]
    assert contents(tmp_path)["authorization-servers/api.yaml"] == before


def test_an_object_in_the_state_that_is_no_longer_declared_is_not_adopted(tmp_path):
    kept, removed = group("00g1", "Kept"), group("00g2", "Removed")
    adopted(snapshot(kept), tmp_path)
    made = adopted(snapshot(kept, removed), tmp_path, state_of((kept, "kept"), (removed, "removed")))
    assert reasons(made) == [("REMOVED", "group Removed", "")]


def test_what_could_not_be_read_is_reported_and_not_adopted(tmp_path):
    app = bookmark("0oa1", "Vault")
    gaps = [
        Unreadable(kind_named("app-group-assignments"), "0oa1", "403: no access"),
        Unreadable(kind_named("network-zone"), None, "403: no access"),
    ]
    made = adopted(snapshot(app, unreadable=gaps), tmp_path)
    assert made.drafts == ()
    assert [one[:2] for one in reasons(made)] == [
        ("UNREADABLE", "app-group-assignments 0oa1"),
        ("UNREADABLE", "bookmark-app Vault"),
        ("UNREADABLE", "network-zone "),
    ]


def test_a_reference_to_something_unreadable_is_reported(tmp_path):
    app = bookmark("0oa1", "Vault", "rst1")
    gaps = [Unreadable(kind_named(kind), None, "403: no access") for kind in ("group", "authentication-policy")]
    made = adopted(snapshot(app, bookmark("0oa2", "Wiki"), assigned(app, ["00g1"]), unreadable=gaps), tmp_path)
    assert set(declared(tmp_path)) == {"bookmark-app wiki"}
    assert ("UNREADABLE", "bookmark-app Vault") in [one[:2] for one in reasons(made)]
    assert "refers to the authentication-policy rst1, which could not be read: 403: no access" in {
        detail for _, _, detail in reasons(made)
    }


def test_existing_documents_stay_if_something_could_not_be_read(tmp_path):
    staff, app = group("00g1", "Staff"), bookmark("0oa1", "Vault")
    adopted(snapshot(staff, app, assigned(app, ["00g1"])), tmp_path)
    before = declared(tmp_path)
    gap = Unreadable(kind_named("group"), None, "403: no access")
    adopted(snapshot(app, assigned(app, ["00g1"]), bookmark("0oa2", "Wiki"), unreadable=[gap]), tmp_path)
    assert before.items() < declared(tmp_path).items()
    assert declared(tmp_path).keys() - before.keys() == {"bookmark-app wiki"}


def test_apps_that_no_kind_covers_are_reported_by_sign_on_mode(tmp_path):
    made = adopted(snapshot(outside=[{"id": "0oa1", "label": "Old", "signOnMode": "AUTO_LOGIN"}]), tmp_path)
    assert reasons(made) == [("OTHER_KIND", "app AUTO_LOGIN Old", "")]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(kinds=["group"]), {"group pay-a", "group b"}),
        (Selection(names=["Pay*"]), {"group pay-a", "bookmark-app pay"}),
        (Selection(kinds=["group"], names=["b"]), {"group b"}),
        (Selection(), {"group pay-a", "group b", "bookmark-app pay"}),
    ],
)
def test_a_selection(selection, expected, tmp_path):
    live = snapshot(group("00g1", "Pay A"), group("00g2", "B"), bookmark("0oa1", "Pay"))
    adopted(live, tmp_path, selection=selection)
    assert set(declared(tmp_path)) == expected


def test_an_edited_file_stays_and_is_referred_to(tmp_path):
    first, app = group("00g1", "Staff"), bookmark("0oa1", "Vault")
    adopted(snapshot(first), tmp_path)
    file = tmp_path / "groups" / "staff.yaml"
    file.write_text(file.read_text().replace("name: staff", "name: personnel"))
    imports = tmp_path / "imports" / "production.yaml"
    imports.unlink()
    adopted(snapshot(first, group("00g2", "Guests"), app, assigned(app, ["00g1"])), tmp_path)
    assert declared(tmp_path)["app-group-assignments vault"]["groups"][0]["group"] == "personnel"
    assert "groups/guests.yaml" in contents(tmp_path)
    assert "name: personnel" in file.read_text()


def test_a_name_stays_when_the_label_changes(tmp_path):
    adopted(snapshot(bookmark("0oa1", "A"), bookmark("0oa2", "B")), tmp_path)
    adopted(snapshot(bookmark("0oa1", "A"), bookmark("0oa2", "B 2")), tmp_path)
    assert {name: spec["label"] for name, spec in declared(tmp_path).items()} == {
        "bookmark-app a": "A",
        "bookmark-app b": "B 2",
    }


def test_a_document_that_can_no_longer_be_adopted_is_deleted(tmp_path):
    group_a, app = group("00g1", "A"), bookmark("0oa1", "Vault")
    adopted(snapshot(group_a, app), tmp_path)
    adopted(snapshot(group_a, bookmark("0oa1", "Vault", "rst-gone")), tmp_path)
    assert set(declared(tmp_path)) == {"group a"}
    assert "bookmark-apps/vault.yaml" not in contents(tmp_path)


def test_a_missing_required_field_is_reported(tmp_path):
    item = {"id": "rst1", "name": "Strict", "status": "ACTIVE"}
    undescribed = LiveObject(kind_named("authentication-policy"), "rst1", item)
    assert reasons(adopted(snapshot(undescribed), tmp_path)) == [
        ("INVALID", "authentication-policy Strict", "the object needs description")
    ]
