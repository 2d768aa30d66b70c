from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.definitions.model import Address, Source
from reconciler.drift.compare import compare
from reconciler.drift.findings import Finding, Verdict
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.mapping import Field, references_in, schema
from reconciler.matching import StateMatch, owners
from reconciler.okta.snapshot import LiveObject, Unreadable
from tests.settled import (
    World,
    all_declared,
    barely_declared,
    desired_of,
    document,
    of_kind,
    scrambled,
    settled,
    system_items,
)
from tests.specimens import everything, values

GROUP = Address("group", "people")
SERVER = Address("authorization-server", "payments")
POLICY = Address("access-policy", "payments/People")
RULES = [Address("access-policy-rule", f"payments/People/{name}") for name in ("First", "Second", "Third", "Fourth")]
SCOPE = Address("authorization-server-scope", "payments/read")
APP = Address("bookmark-app", "wiki")
ASSIGNMENTS = Address("app-group-assignments", "wiki")

SINGLE = pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if not kind.shape.part_of_owner], ids=lambda kind: kind.name
)
WHOLE = pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.shape.list_key], ids=lambda kind: kind.name)
FORM = {"network-zone": {"type", "locations", "asns", "locations_excluded"}}
REFERRED = {
    kind for one in all_declared().declarations.values() for kind, _ in references_in(one.kind.fields, one.spec)
}
KIND_OF = {one.name: one.kind.name for one in everything()}
DOCUMENTS = [
    document("group", "people", name="People", description="old"),
    document("group-rule", "engineers", name="Engineers", expression="true", groups=["people"]),
    document(
        "authorization-server",
        "payments",
        name="Payments",
        audiences=["https://payments.example.com"],
        scopes=[{"name": "read"}, {"name": "write"}],
        policies=[
            {
                "name": "People",
                "description": "Apps.",
                "clients": ["ALL_CLIENTS"],
                "rules": [
                    {"name": rule, "grant_types": ["authorization_code"], "groups": ["everyone"]}
                    for rule in ("First", "Second", "Third", "Fourth")
                ],
            }
        ],
    ),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
]


@pytest.fixture
def world() -> World:
    return settled(desired_of(DOCUMENTS))


def findings(world: World) -> list[Finding]:
    return compare(world.match)


def only(world: World) -> Finding:
    (finding,) = findings(world)
    return finding


def verdicts(world: World) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.subject) for finding in findings(world)]


def comparable(kind: Kind) -> Iterator[Field]:
    """The fields whose changes are found by comparing values."""
    for field in schema(kind.fields):
        place = field.name == "priority" and kind.shape.ordered
        if field.comparable and not place:
            yield field


# No findings


@pytest.mark.parametrize("desired", [all_declared, barely_declared], ids=["every-field", "no-field"])
def test_an_object_as_declared_has_no_finding(desired):
    assert findings(settled(desired())) == []


@settings(max_examples=15, deadline=None)
@given(
    chosen=st.sets(st.sampled_from([name for name, kind in KIND_OF.items() if kind not in REFERRED])),
    salt=st.sampled_from(["", *"abcdefgh"]),
)
def test_objects_as_declared_and_applied_have_no_findings(chosen: set[str], salt: str):
    declared = all_declared()
    documents = {name for name, kind in KIND_OF.items() if kind in REFERRED} | chosen
    kept = {a: d for a, d in declared.declarations.items() if a.name.split("/")[0] in documents}
    assert findings(settled(replace(declared, declarations=kept), scrambled(salt))) == []


def test_two_comparisons_are_equal(world: World):
    world.tamper(GROUP, lambda json: json["profile"].update(description="new"))
    world.add("group", "odd", type="OKTA_GROUP", profile={"name": "Odd"})
    world.unreadable.append(Unreadable(kind_named("network-zone"), None, "500"))
    first, second = findings(world), findings(world)
    assert first == second
    assert [finding.id for finding in first] == [finding.id for finding in second]


# Verdicts


@pytest.mark.parametrize(
    ("declared", "applied", "live", "verdict"),
    [
        ("a", "a", "a", None),
        ("a", "a", "b", Verdict.CHANGED),
        ("a", "b", "b", Verdict.PENDING),
        ("a", "b", "c", Verdict.CONFLICT),
        ("a", "b", "a", None),
        ("", "a", "a", Verdict.PENDING),
        ("a", "a", "", Verdict.CHANGED),
        ("a", "", "b", Verdict.CONFLICT),
    ],
)
def test_the_verdict_on_a_field(declared, applied, live, verdict, world: World):
    world.edit(GROUP, description=declared)
    world.reapply(GROUP, description=applied)
    world.show(GROUP, description=live)
    found = findings(world)
    assert [one.verdict for one in found] == [verdict] * (verdict is not None)
    for one in found:
        assert (one.kind, one.name, one.label, one.field) == ("group", "people", "People", "description")
        assert (one.expected, one.applied, one.actual) == (declared, applied, live)
        assert one.okta_id == world.applied[GROUP].id
        assert [(place.path, place.expected, place.actual) for place in one.differences] == [
            ("description", declared, live)
        ]


def _is_id(kind: Kind, field: Field) -> bool:
    """Whether the field is the id of the object: with another one, it is another object."""
    return field.path == kind.shape.id_member


@SINGLE
def test_a_change_of_any_field_is_found(kind: Kind):
    full = settled(all_declared())
    changed = 0
    for address in of_kind(kind, full.desired):
        for field in comparable(kind):
            declaration = full.desired.declarations[address]
            if field.ref or field.part or field.name not in declaration.declared or _is_id(kind, field):
                continue
            options = (field.default(declaration.spec), *values(field))
            said = declaration.spec[field.name]
            differing = (value for value in options if value is not None and field.compared(said, value) != said)
            if (other := next(differing, None)) is None:
                continue  # the field has one value, or none
            before = dict(full.items)
            full.show(address, **{field.name: other})
            found = [one for one in findings(full) if one.field == field.name]
            full.items = before
            if field.name in FORM.get(kind.name, ()):
                continue  # what such an object shows depends on it
            (one,) = found
            assert (one.verdict, one.kind, one.name) == (Verdict.CHANGED, kind.name, address.name)
            assert one.actual == field.compared(declaration.spec[field.name], other)
            assert not one.inherited
            assert one.source == declaration.where(field.name)
            changed += 1
    assert changed or all(field.ref or field.part for field in comparable(kind))


@WHOLE
def test_an_emptied_whole_list_is_one_finding(kind: Kind):
    world = settled(all_declared())
    (field,) = schema(kind.fields)
    address = of_kind(kind, world.desired)[0]
    world.show(address, **{field.name: []})
    one = only(world)
    assert (one.verdict, one.field, one.actual) == (Verdict.CHANGED, field.name, [])


def test_an_absent_field_is_inherited(world: World):
    address = Address("group-rule", "engineers")
    world.show(address, status="INACTIVE", expression="false")
    assert {one.field: one.inherited for one in findings(world)} == {"status": True, "expression": False}


def test_secrets_are_not_compared():
    world = settled(all_declared())
    address = Address("oidc-app", "oidc-app-web")
    world.tamper(address, lambda json: json["credentials"]["oauthClient"].update(client_secret="other"))
    assert findings(world) == []


def test_uncovered_members_are_not_compared(world: World):
    world.tamper(GROUP, lambda json: json.update(somethingNew={"a": 1}, lastUpdated="2026-02-02T00:00:00.000Z"))
    assert findings(world) == []


# Existence


def test_declared_and_not_applied_is_pending(world: World):
    world.delete(GROUP)
    del world.applied[GROUP]
    pending = [one for one in findings(world) if one.kind == "group"]
    assert [(one.verdict, one.field, one.okta_id) for one in pending] == [(Verdict.PENDING, "", "")]
    assert "declared, not applied yet" in pending[0].detail
    assert pending[0].source == world.desired.declarations[GROUP].source


def test_an_object_to_import_is_pending_and_not_unmanaged(world: World):
    identity = world.applied.pop(SCOPE).id
    one = only(world)
    assert (one.verdict, one.name) == (Verdict.PENDING, SCOPE.name)
    assert one.okta_id == identity
    assert "the next `up` imports it" in one.detail


def test_changes_by_an_import_are_shown_by_field(world: World):
    world.show(APP, url="https://elsewhere.example.com")
    world.applied.pop(APP)
    whole, field = findings(world)
    assert (whole.verdict, whole.field) == (Verdict.PENDING, "")
    assert (field.verdict, field.field, field.applied) == (Verdict.PENDING, "url", None)
    assert (field.expected, field.actual) == ("https://wiki.example.com", "https://elsewhere.example.com")
    assert "the next `up` imports the object" in field.detail


def test_references_to_an_object_to_import_are_as_declared(world: World):
    world.applied.pop(GROUP)
    assert [(one.verdict, one.subject) for one in findings(world)] == [(Verdict.PENDING, "group people")]


# No state


@pytest.mark.parametrize("desired", [all_declared, barely_declared], ids=["every-field", "no-field"])
def test_without_a_state_every_object_is_recognised(desired):
    """Every object is recognised with its owned objects and references, and no field differs."""
    world = settled(desired())
    world.applied.clear()
    found = findings(world)
    assert {(one.verdict, one.field) for one in found} == {(Verdict.PENDING, "")}
    assert {one.kind for one in found} == {kind.name for kind in kinds()}
    without_id = {one.kind for one in found if not one.okta_id}
    assert without_id <= {"app-group-assignments"}, "an empty list has nothing to be recognised by"


def test_without_a_state_a_change_is_still_found(world: World):
    world.show(APP, url="https://elsewhere.example.com")
    world.show(RULES[1], status="INACTIVE")
    applied = dict(world.applied)
    world.applied.clear()
    changed = [one for one in findings(world) if one.field]
    assert [(one.verdict, one.subject, one.applied) for one in changed] == [
        (Verdict.CHANGED, "bookmark-app wiki.url", None),
        (Verdict.CHANGED, "access-policy-rule payments/People/Second.status", None),
    ]
    assert {one.okta_id for one in changed} == {applied[RULES[1]].id, applied[APP].id}
    assert {one.detail for one in changed} == {"there is no state: this may also be an edit that is not applied yet"}


def test_without_a_state_an_emptied_list_and_another_order_are_changed(world: World):
    world.show(ASSIGNMENTS, groups=[])
    first, second, *_ = RULES
    world.show(first, priority=2)
    world.show(second, priority=1)
    world.applied.clear()
    changed = {(one.subject, one.verdict) for one in findings(world) if one.field}
    assert ("app-group-assignments wiki.groups", Verdict.CHANGED) in changed
    (moved,) = (name for name, _ in changed if name.endswith(".priority"))
    assert moved.startswith("access-policy-rule payments/People/")
    assert {verdict for _, verdict in changed} == {Verdict.CHANGED}


def test_without_a_state_an_object_added_below_a_declared_one_is_unmanaged(world: World):
    policy = world.item(POLICY)
    world.add("access-policy-rule", "Open door", policy, name="Open door")
    world.applied.clear()
    assert [one.label for one in findings(world) if one.verdict is Verdict.UNMANAGED] == ["Open door"]


def test_owned_objects_of_an_object_with_a_declared_name_are_read(world: World):
    item = world.item(SERVER)
    world.applied.clear()
    asks = owners(StateMatch.of(world.desired, world.state))
    assert asks(item, kind_named("authorization-server-scope"))
    assert not asks(replace(item, json={**item.json, "name": "Other"}), kind_named("authorization-server-scope"))


def test_a_deleted_object_is_missing(world: World):
    world.delete(APP)
    one = only(world)
    assert (one.verdict, one.kind, one.name, one.field) == (Verdict.MISSING, "bookmark-app", "wiki", "")
    assert one.detail == "deleted in the tenant, with the objects it owned (1)"
    assert one.okta_id == world.applied[APP].id


@pytest.mark.parametrize(("deleted", "named"), [(SERVER, 3), (POLICY, 4), (RULES[0], 0)])
def test_owned_objects_of_a_missing_owner_are_one_finding(deleted: Address, named: int, world: World):
    world.delete(deleted)
    one = only(world)
    assert (one.verdict, one.name) == (Verdict.MISSING, deleted.name)
    assert one.detail == "deleted in the tenant" + (f", with the objects it owned ({named})" if named else "")


@pytest.mark.parametrize("address", [APP, SCOPE])
def test_an_object_no_longer_declared_is_pending_while_it_exists(address: Address, world: World):
    gone = {address} | ({ASSIGNMENTS} if address == APP else set())
    world.undeclare(*gone)
    found = findings(world)
    assert {(one.verdict, Address(one.kind, one.name)) for one in found} == {(Verdict.PENDING, one) for one in gone}
    assert {one.detail for one in found} == {"no longer declared: the next `up` deletes it"}
    world.delete(address)
    assert findings(world) == []


def test_a_list_no_longer_declared_is_pending_without_being_read(world: World):
    world.undeclare(ASSIGNMENTS)
    del world.items["app-group-assignments", world.applied[APP].id]
    one = only(world)
    assert (one.verdict, one.kind, one.label) == (Verdict.PENDING, "app-group-assignments", "Wiki")


def test_a_renamed_declaration_is_the_same_object():
    world = settled(desired_of(DOCUMENTS))
    renamed = document("group", "staff", previously=["people"], name="People", description="old")
    others = [
        document("group-rule", "engineers", name="Engineers", expression="true", groups=["staff"]),
        document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "staff"}]),
    ]
    world.desired = desired_of([renamed, DOCUMENTS[2], *others])
    assert findings(world) == []
    world.tamper(GROUP, lambda json: json["profile"].update(description="new"))
    one = only(world)
    assert (one.verdict, one.name, one.applied) == (Verdict.CHANGED, "staff", "old")


# Unmanaged objects


@pytest.mark.parametrize(
    "kind",
    [kind for kind in kinds() if kind.shape.creatable and not kind.shape.part_of_owner],
    ids=lambda kind: kind.name,
)
def test_an_added_object_of_any_kind_is_unmanaged(kind: Kind):
    world = settled(all_declared())
    address = of_kind(kind, world.desired)[0]
    world.undeclare(*(a for a in list(world.desired.declarations) if a != address and _below(a, address, world)))
    identity = world.applied[address].id
    world.undeclare(address)
    world.applied = {a: one for a, one in world.applied.items() if a in world.desired.declarations}
    found = [one for one in findings(world) if one.verdict is Verdict.UNMANAGED]
    assert [(one.kind, one.name, one.okta_id) for one in found] == [(kind.name, "", identity)]
    assert found[0].detail.startswith("not declared")
    assert found[0].source is None


def _below(address: Address, above: Address, world: World) -> bool:
    declaration = world.desired.declarations.get(address)
    while declaration and declaration.parent:
        if declaration.parent == above:
            return True
        declaration = world.desired.declarations.get(declaration.parent)
    return False


@pytest.mark.parametrize(
    ("owner", "owner_name"),
    [(SERVER, "authorization-server payments"), (None, "authorization-server-default authorization-server-default")],
    ids=["declared", "made-by-okta"],
)
def test_an_unmanaged_owned_object_names_its_owner(owner: Address | None, owner_name: str, world: World):
    above = world.item(owner) if owner else world.items["authorization-server-default", "authorization-server:default"]
    world.add("authorization-server-scope", "extra", above)
    one = only(world)
    assert (one.verdict, one.label, one.detail) == (Verdict.UNMANAGED, "extra", f"not declared in {owner_name}")


def test_owned_objects_of_an_unmanaged_object_are_not_reported(world: World):
    server = world.add("authorization-server", "foreign", audiences=["x"])
    policy = world.add("access-policy", "theirs", server)
    world.add("access-policy-rule", "rule", policy)
    assert verdicts(world) == [(Verdict.UNMANAGED, "authorization-server foreign")]


def test_an_unmanaged_object_below_an_orphan_is_reported(world: World):
    """The next `up` deletes the orphan, and with it this object, which is a surprise."""
    world.undeclare(*(a for a in list(world.desired.declarations) if a.name.startswith("payments")))
    world.add("authorization-server-scope", "extra", world.items["authorization-server", world.applied[SERVER].id])
    assert (Verdict.UNMANAGED, "authorization-server-scope extra") in verdicts(world)


def test_objects_created_by_okta_are_not_reported(world: World):
    default = world.items["global-session-policy", "global-session-policy:default"]
    world.add("global-session-policy-rule", "Default Rule", default, system=True)
    world.add("authorization-server-scope", "openid", world.item(SERVER), system=True)
    world.add("bookmark-app", "dashboard", label="Okta Dashboard", name="okta_enduser", signOnMode="BOOKMARK")
    assert findings(world) == []
    assert len(world.live.objects["group"]) == 3  # they are there, and are none


# Unreadable parts


@pytest.mark.parametrize(
    ("kind", "owner", "gone"),
    [
        pytest.param("group", None, GROUP, id="its-collection"),
        pytest.param("access-policy-rule", POLICY, RULES[1], id="its-owner"),
        pytest.param("access-policy", SERVER, RULES[1], id="the-owner-of-its-owner"),
        pytest.param("authorization-server", None, SCOPE, id="the-collection-of-its-owner"),
        pytest.param("bookmark-app", None, ASSIGNMENTS, id="the-collection-of-a-list"),
        pytest.param("app-group-assignments", APP, ASSIGNMENTS, id="the-list-itself"),
    ],
)
def test_an_unreadable_object_is_never_missing(kind: str, owner: Address | None, gone: Address, world: World):
    owner_id = world.applied[owner].id if owner else None
    unread = [a for a in world.desired.declarations if a.kind == kind]
    for address in {*unread, gone, *(a for a in RULES if kind == "access-policy")}:
        world.items.pop((address.kind, world.applied[address].id), None)
    world.unreadable.append(Unreadable(kind_named(kind), owner_id, "500 on a bad day"))
    found = [one for one in findings(world) if one.field == ""]
    assert not [one for one in found if one.verdict in (Verdict.MISSING, Verdict.PENDING)]
    (gap,) = [one for one in found if one.verdict is Verdict.UNREADABLE]
    assert (gap.kind, gap.name, gap.okta_id) == (kind, owner.name if owner else "", owner_id or "")
    assert gap.detail == "500 on a bad day"


def test_other_deleted_objects_are_still_missing(world: World):
    world.unreadable.append(Unreadable(kind_named("network-zone"), None, "500"))
    world.delete(GROUP)
    assert (Verdict.MISSING, "group people") in verdicts(world)


def test_an_unreadable_part_of_another_owner_does_not_matter(world: World):
    other = world.items["authorization-server-default", "authorization-server:default"]
    world.unreadable.append(Unreadable(kind_named("authorization-server-scope"), other.id, "500"))
    world.delete(SCOPE)
    assert (Verdict.MISSING, f"authorization-server-scope {SCOPE.name}") in verdicts(world)


def test_an_unreadable_part_of_an_unknown_owner_has_its_id(world: World):
    world.unreadable.append(Unreadable(kind_named("authorization-server-scope"), "aus1", "500"))
    one = only(world)
    assert (one.verdict, one.name, one.okta_id) == (Verdict.UNREADABLE, "aus1", "aus1")


# References


def test_references_are_named_as_definitions_name_them(world: World):
    world.add("group", "foreign", type="OKTA_GROUP", profile={"name": "Their Group"})
    rule = Address("group-rule", "engineers")
    world.show(rule, groups=["gone-id", "group:everyone", "added-foreign", world.applied[GROUP].id])
    one = next(one for one in findings(world) if one.field == "groups")
    assert one.expected == one.applied == ["people"]
    assert one.actual == ["Their Group (added-foreign)", "everyone", "gone-id", "people"]


@pytest.mark.parametrize("salt", ["", "a", "b", "c"])
def test_a_set_of_references_has_no_order(salt: str):
    documents = [
        *(document("group", name, name=name) for name in ("alpha", "mike", "zulu")),
        document("group-rule", "both", name="Both", expression="true", groups=["alpha", "mike", "zulu"]),
    ]
    assert findings(settled(desired_of(documents), scrambled(salt))) == []


def test_a_reference_to_a_managed_object_that_was_deleted_keeps_its_name(world: World):
    world.delete(GROUP)
    assert verdicts(world) == [(Verdict.MISSING, "group people")]


def test_the_policy_of_an_app_is_named(world: World):
    world.tamper(APP, lambda json: json["_links"]["accessPolicy"].update(href="https://x/policies/rst1"))
    one = only(world)
    assert (one.field, one.expected, one.actual, one.inherited) == ("authentication_policy", "default", "rst1", True)


# Order


def places(world: World) -> dict[str, tuple[Any, Any, Any, Verdict]]:
    return {
        one.name.rpartition("/")[2]: (one.expected, one.applied, one.actual, one.verdict)
        for one in findings(world)
        if one.field == "priority"
    }


def arrange(world: World, *names: str, first: int = 1) -> None:
    """Let the tenant evaluate the rules in this order."""
    for number, name in enumerate(names, start=first):
        address = Address("access-policy-rule", f"payments/People/{name}")
        world.tamper(address, lambda json, number=number: json.update(priority=number))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("live", "found"),
    [
        (("First", "Second", "Third", "Fourth"), {}),
        (("Fourth", "First", "Second", "Third"), {"Fourth": (4, 4, 1, Verdict.CHANGED)}),
        (("Second", "Third", "Fourth", "First"), {"First": (1, 1, 4, Verdict.CHANGED)}),
        (("First", "Third", "Second", "Fourth"), {"Second": (2, 2, 3, Verdict.CHANGED)}),
    ],
)
def test_only_what_moved_is_found(live, found, world: World):
    arrange(world, *live)
    moved = places(world)
    assert len(moved) == len(found)
    if "Second" not in found:
        assert moved == found  # of two neighbours either may be the one that moved


def test_priority_numbers_do_not_matter_if_the_order_is_right(world: World):
    arrange(world, "First", "Second", "Third", "Fourth", first=7)
    assert findings(world) == []


def test_two_objects_of_one_priority_are_not_in_the_declared_order(world: World):
    arrange(world, "First", "Second", "Third", "Fourth")
    world.tamper(Address("access-policy-rule", "payments/People/Second"), lambda json: json.update(priority=1))
    assert places(world) == {"Second": (2, 2, 1, Verdict.CHANGED)}


def test_an_unmanaged_object_in_between_is_not_a_move(world: World):
    arrange(world, "First", "Second", "Third", "Fourth", first=2)
    world.add("access-policy-rule", "theirs", world.item(POLICY), priority=1)
    assert verdicts(world) == [(Verdict.UNMANAGED, "access-policy-rule theirs")]


def test_remaining_objects_have_not_moved_after_a_deletion(world: World):
    world.delete(RULES[0])
    arrange(world, "Second", "Third", "Fourth")
    assert verdicts(world) == [(Verdict.MISSING, f"access-policy-rule {RULES[0].name}")]


def test_a_new_order_in_the_definitions_is_pending(world: World):
    arrange(world, "First", "Second", "Third", "Fourth", first=5)
    for number, name in enumerate(("Fourth", "First", "Second", "Third"), start=1):
        world.edit(Address("access-policy-rule", f"payments/People/{name}"), priority=number)
    assert places(world) == {"Fourth": (1, 4, 4, Verdict.PENDING)}


def test_different_new_orders_in_definitions_and_tenant_are_a_conflict(world: World):
    arrange(world, "Third", "Fourth", "First", "Second")
    for number, name in enumerate(("Second", "First", "Third", "Fourth"), start=1):
        world.edit(Address("access-policy-rule", f"payments/People/{name}"), priority=number)
    assert Verdict.CONFLICT in {verdict for *_, verdict in places(world).values()}


# Findings


def test_findings_are_in_the_order_of_the_definitions_with_unmanaged_objects_last(world: World):
    world.add("group", "odd", type="OKTA_GROUP", profile={"name": "Odd"})
    world.show(APP, url="https://other.example.com")
    world.tamper(GROUP, lambda json: json["profile"].update(description="new"))
    world.unreadable.append(Unreadable(kind_named("network-zone"), None, "500"))
    assert verdicts(world) == [
        (Verdict.CHANGED, "group people.description"),
        (Verdict.CHANGED, "bookmark-app wiki.url"),
        (Verdict.UNMANAGED, "group Odd"),
        (Verdict.UNREADABLE, "network-zone "),
    ]


def test_ids_are_stable_and_unique(world: World):
    def id_of(description: str) -> str:
        world.show(GROUP, description=description)
        return only(world).id

    assert id_of("x") == id_of("y")
    world.show(GROUP, description="x", name="Other")
    world.add("group", "a", type="OKTA_GROUP", profile={"name": "Twin"})
    world.add("group", "b", type="OKTA_GROUP", profile={"name": "Twin"})
    found = [one.id for one in findings(world)]
    assert len(found) == len(set(found)) == 4
    assert all(len(one) == 12 for one in found)


def test_a_finding_points_at_the_line(world: World):
    world.show(GROUP, description="x")
    assert only(world).source == world.desired.declarations[GROUP].sources["description"]
    assert isinstance(only(world).source, Source)


# Owners


@pytest.mark.parametrize(
    ("owner", "owned", "asked"),
    [
        ("authorization-server:payments", "authorization-server-scope", True),
        ("authorization-server:default", "authorization-server-scope", True),
        ("foreign", "authorization-server-scope", False),
        ("bookmark-app:wiki", "app-group-assignments", True),
        ("bookmark-app:bare", "app-group-assignments", True),
        ("foreign-app", "app-group-assignments", False),
    ],
)
def test_only_owned_objects_of_managed_and_built_in_objects_are_read(owner: str, owned: str, asked: bool):
    world = settled(desired_of([*DOCUMENTS, document("bookmark-app", "bare", label="Bare", url="https://b.example")]))
    world.add("authorization-server", "foreign", id="foreign")
    world.add("bookmark-app", "foreign-app", id="foreign-app", label="F", name="bookmark", signOnMode="BOOKMARK")
    asks = owners(StateMatch.of(world.desired, world.state))
    (item,) = [one for (_, identity), one in world.items.items() if identity == owner and not one.parent]
    assert asks(item, kind_named(owned)) is asked


def test_system_objects_are_built_in():
    items: list[LiveObject] = system_items()
    assert all(item.everywhere for item in items if item.kind.shape.path != "/api/v1/apps")
    assert {item.kind.shape.source for item in items} == {kind.shape.source for kind in kinds() if kind.system}
