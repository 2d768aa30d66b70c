from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.definitions.model import Address
from reconciler.errors import ReconcilerError
from reconciler.kinds import kinds
from reconciler.matching import Ambiguous, NotInTenant, StateMatch
from reconciler.matching.look_up import look_up, look_up_referred, outside_references
from reconciler.program import Found
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import World, all_declared, desired_of, document, settled, shelves

GROUP = Address("group", "people")
SERVER = Address("authorization-server", "payments")
POLICY = Address("access-policy", "payments/People")
RULE = Address("access-policy-rule", "payments/People/First")
SCOPE = Address("authorization-server-scope", "payments/read")
APP = Address("bookmark-app", "wiki")
ASSIGNMENTS = Address("app-group-assignments", "wiki")
DOCUMENTS = [
    document("group", "people", name="People"),
    document(
        "authorization-server",
        "payments",
        name="Payments",
        audiences=["a"],
        scopes=[{"name": "read"}],
        policies=[
            {
                "name": "People",
                "description": "d",
                "clients": ["ALL_CLIENTS"],
                "rules": [{"name": "First", "grant_types": ["password"], "groups": ["everyone"]}],
            }
        ],
    ),
    document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com", groups=[{"group": "people"}]),
]


@pytest.fixture
def world() -> World:
    """Every object exists and is in the state."""
    return settled(desired_of(DOCUMENTS))


def forget(world: World, *addresses: Address) -> None:
    for address in addresses:
        del world.applied[address]


def shelf(world: World) -> Shelf:
    return Shelf(shelves(world.items.values()))


def find(world: World, tenant: Shelf | None = None) -> Found:
    async def work() -> Found:
        async with client_of(tenant or shelf(world)) as client:
            _, found = await look_up(StateMatch.of(world.desired, world.state), client)
            return found

    return run(work())


def imports(world: World) -> dict[Address, str]:
    return dict(find(world).imports)


def asked(world: World) -> list[str]:
    tenant = shelf(world)
    find(world, tenant)
    return [line.partition("?")[0].removeprefix("GET /api/v1/") for line in tenant.asked]


def with_imports(world: World, ids: dict[Address, str]) -> None:
    world.desired = replace(world.desired, environment=replace(world.desired.environment, imports=ids))


# Recognised


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_an_existing_object_that_is_not_in_the_state_is_imported(kind):
    world = settled(all_declared())
    gone = [address for address in world.desired.declarations if address.kind == kind.name]
    ids = {address: world.item(address).import_id for address in gone}
    forget(world, *gone)
    assert imports(world) == (ids if kind.provider.importable else {})


def test_a_whole_tenant_is_recognised_when_the_state_is_lost():
    world = settled(all_declared())
    ids = {
        address: world.item(address).import_id
        for address, declaration in world.desired.declarations.items()
        if declaration.kind.provider.importable
    }
    world.applied.clear()
    assert imports(world) == ids


def test_a_missing_object_is_created(world: World):
    world.delete(SERVER)
    forget(world, SERVER, POLICY, RULE, SCOPE)
    assert imports(world) == {}


def test_names_only_count_within_the_owner(world: World):
    identity = world.applied[SCOPE].id
    other = world.add("authorization-server", "other", audiences=["a"])
    world.items["authorization-server-scope", identity] = replace(
        world.items["authorization-server-scope", identity], parent=other
    )
    forget(world, SCOPE)
    assert imports(world) == {}


def test_names_only_count_within_the_kind(world: World):
    world.delete(APP)
    world.add("saml-app", "x", label="Wiki", name="acme_wiki_1", signOnMode="SAML_2_0")
    forget(world, APP, ASSIGNMENTS)
    assert imports(world) == {}


def test_an_object_of_another_declaration_is_not_imported(world: World):
    twin = desired_of([*DOCUMENTS, document("group", "twin", name="Twin")]).declarations[Address("group", "twin")]
    world.desired = replace(world.desired, declarations={**world.desired.declarations, twin.address: twin})
    world.edit(twin.address, name="People")
    assert imports(world) == {}


def test_an_orphan_is_not_imported(world: World):
    """It is in the state under another name, and the next `up` deletes it."""
    world.applied[Address("group", "former")] = replace(world.applied.pop(GROUP), name="former")
    assert imports(world) == {}


# Ambiguous


def test_two_claims_of_one_name_are_recognised_by_their_types():
    claims = [
        {"name": "tier", "claim_type": "RESOURCE", "value": "user.tier"},
        {"name": "tier", "logical_name": "tier-identity", "claim_type": "IDENTITY", "value": "user.tier"},
    ]
    world = settled(desired_of([document("authorization-server", "s", name="S", audiences=["a"], claims=claims)]))
    addresses = [Address("authorization-server-claim", f"s/{name}") for name in ("tier", "tier-identity")]
    ids = {address: world.item(address).import_id for address in addresses}
    forget(world, addresses[1])
    assert imports(world) == {addresses[1]: ids[addresses[1]]}
    world.delete(addresses[0])
    forget(world, addresses[0])
    assert imports(world) == {addresses[1]: ids[addresses[1]]}


def test_two_objects_with_one_name_are_ambiguous_and_both_named(world: World):
    world.add("group", "twin", type="OKTA_GROUP", profile={"name": "People"})
    forget(world, GROUP)
    with pytest.raises(Ambiguous) as caught:
        imports(world)
    declaration = world.desired.declarations[GROUP]
    assert caught.value.message == (
        f"{declaration.source}: 2 objects in the tenant are named 'People': added-twin, group:people"
    )
    assert "group people" in caught.value.hint


def test_a_second_object_with_the_name_of_a_managed_one_does_not_matter(world: World):
    world.add("group", "twin", type="OKTA_GROUP", profile={"name": "People"})
    assert imports(world) == {}


def test_the_name_of_a_system_object_is_refused(world: World):
    forget(world, GROUP)
    world.edit(GROUP, name="Everyone")
    with pytest.raises(Ambiguous, match="an object made by Okta is already named 'Everyone'") as caught:
        imports(world)
    assert caught.value.hint == "give group people another name"


# Whole lists


def test_a_whole_list_with_items_is_imported(world: World):
    forget(world, ASSIGNMENTS)
    assert imports(world) == {ASSIGNMENTS: world.applied[APP].id}


def test_an_empty_list_is_created(world: World):
    world.show(ASSIGNMENTS, groups=[])
    forget(world, ASSIGNMENTS)
    assert imports(world) == {}


# Imports of the environment


def test_an_import_takes_precedence_over_the_name(world: World):
    world.add("group", "odd", type="OKTA_GROUP", profile={"name": "Something else"})
    forget(world, GROUP)
    with_imports(world, {GROUP: "added-odd"})
    assert imports(world) == {GROUP: "added-odd"}


def test_an_import_decides_between_objects_with_one_name(world: World):
    world.add("group", "twin", type="OKTA_GROUP", profile={"name": "People"})
    forget(world, GROUP)
    with_imports(world, {GROUP: "added-twin"})
    assert imports(world) == {GROUP: "added-twin"}


def test_children_of_an_imported_object_are_recognised(world: World):
    forget(world, SERVER, SCOPE, POLICY, RULE)
    with_imports(world, {SERVER: "authorization-server:payments"})
    world.edit(SERVER, name="Another name")
    assert imports(world)[RULE] == "authorization-server:payments/access-policy:payments.People/" + (
        "access-policy-rule:payments.People.First"
    )


def test_the_rule_of_a_policy_that_every_tenant_has_is_recognised():
    """No definition declares the policy, so that only the tenant knows it."""
    asks = {"name": "email", "label": "Email", "required": True}
    spec: dict[str, Any] = {"policy": "default", "unknown_user_action": "DENY", "profile_attributes": [asks]}
    world = settled(desired_of([document("profile-enrollment-rule", "nobody", **spec)]))
    rule = Address("profile-enrollment-rule", "nobody")
    known = world.item(rule).import_id
    forget(world, rule)
    assert imports(world) == {rule: known}


def test_an_import_of_an_object_in_the_state_is_ignored(world: World):
    with_imports(world, {GROUP: "no-such-id"})
    assert imports(world) == {}


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("no-such-id", "the tenant has no group with the id no-such-id"),
        ("group:everyone", "group group:everyone is made by Okta"),
        ("group:other", "group group:other is in the state already, as other"),
    ],
)
def test_an_import_that_cannot_apply_is_an_error(identity: str, said: str):
    world = settled(desired_of([*DOCUMENTS, document("group", "other", name="Other")]))
    forget(world, GROUP)
    with_imports(world, {GROUP: identity})
    with pytest.raises(NotInTenant, match=said):
        imports(world)


# As little as it takes


def documents_without_system() -> list[dict[str, Any]]:
    rule = document("group-rule", "rule", name="Rule", expression="true", groups=["people"])
    return [DOCUMENTS[0], rule]


def test_nothing_is_read_when_everything_is_known():
    world = settled(desired_of(documents_without_system()))
    assert asked(world) == []
    assert find(world) == Found()


def test_only_the_kinds_of_system_objects_are_read_when_everything_is_in_the_state(world: World):
    assert sorted(asked(world)) == ["groups", "policies"]


@pytest.mark.parametrize(
    ("forgotten", "lists"),
    [
        ([GROUP], {"groups"}),
        ([SCOPE], {"authorizationServers", "authorizationServers/authorization-server:payments/scopes"}),
        (
            [RULE],
            {
                "authorizationServers",
                "authorizationServers/authorization-server:payments/policies/access-policy:payments.People/rules",
            },
        ),
        ([ASSIGNMENTS], {"apps", "apps/bookmark-app:wiki/groups"}),
    ],
)
def test_only_lists_that_may_contain_the_object_are_read(forgotten: list[Address], lists: set[str], world: World):
    world.add("authorization-server", "other", audiences=["a"])
    forget(world, *forgotten)
    found = asked(world)
    assert lists <= set(found)
    assert len(found) == len(set(found))
    assert not any("other" in line or "default" in line for line in found)


def test_an_existing_list_that_cannot_be_imported_is_found():
    """So that a preview can show what changes in it."""
    rules = [{"name": "R"}]
    policy = document("authentication-policy", "strict", name="Strict", description="d", rules=rules)
    world = settled(desired_of([policy]))
    address = Address("authentication-policy-rules", "strict")
    identity = world.item(address).id
    forget(world, address)
    assert (find(world).imports, find(world).lists) == ({}, {address: identity})
    del world.items[address.kind, identity]
    assert find(world).lists == {}


# System objects


def test_references_to_system_objects_are_found_at_any_depth(world: World):
    assert outside_references(world.desired) == {
        Address("group", "everyone"),
        Address("authentication-policy", "default"),
    }


def test_keywords_are_not_references(world: World):
    assert not any(address.name == "ALL_CLIENTS" for address in outside_references(world.desired))


@pytest.mark.parametrize("only_system", [True, False])
def test_ids_of_system_objects_are_looked_up(only_system: bool, world: World):
    async def work() -> Any:
        async with client_of(shelf(world)) as client:
            if only_system:
                return (await look_up_referred(world.desired, client)).ids
            _, found = await look_up(StateMatch.of(world.desired, world.state), client)
            return found.ids

    assert run(work()) == {
        Address("group", "everyone"): "group:everyone",
        Address("authentication-policy", "default"): "authentication-policy:default",
    }


def test_a_missing_system_object_is_an_error(world: World):
    del world.items["group", "group:everyone"]
    with pytest.raises(ReconcilerError, match="the tenant has no group everyone"):
        find(world)


def test_a_list_that_cannot_be_read_is_an_error_and_nothing_is_guessed(world: World):
    forget(world, GROUP, APP, ASSIGNMENTS)
    tenant = shelf(world)
    tenant.failing = {"/api/v1/apps": 403}
    with pytest.raises(ReconcilerError, match="cannot determine which objects of kind bookmark-app exist already"):
        find(world, tenant)


# Made active first


def test_a_new_inactive_object_is_deactivated_in_a_second_pass():
    origins = [
        document("trusted-origin", name, name=name, origin=f"https://{name}.example.com", scopes=["CORS"], **more)
        for name, more in (("new", {"status": "INACTIVE"}), ("active", {}), ("known", {"status": "INACTIVE"}))
    ]
    world = settled(
        desired_of(
            [*origins, document("network-zone", "z", name="Z", type="IP", status="INACTIVE", gateways=["192.0.2.0/24"])]
        )
    )
    new = Address("trusted-origin", "new")
    for address in (new, Address("network-zone", "z")):
        world.delete(address)
        forget(world, address)
    assert set(find(world).to_deactivate) == {new}


def test_an_existing_object_is_imported_and_not_created():
    origin = document(
        "trusted-origin", "site", name="Site", origin="https://a.example.com", scopes=["CORS"], status="INACTIVE"
    )
    world = settled(desired_of([origin]))
    forget(world, Address("trusted-origin", "site"))
    found = find(world)
    assert found.imports
    assert not found.to_deactivate
