from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.definitions.model import Address, Declaration
from reconciler.engine.state import EMPTY, Deployment, parse, without, without_pending
from reconciler.kinds import kinds
from reconciler.kinds.mapping import schema
from tests.settled import World, all_declared, settled, with_ids
from tests.specimens import with_list_words

STACK = "urn:pulumi:test::okta::pulumi:pulumi:Stack::okta-test"
PROVIDER = "urn:pulumi:test::okta::pulumi:providers:okta::default_6_8_0"
CIPHERTEXT = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}


def urn(name: str, token: str = "okta:group/group:Group") -> str:
    return f"urn:pulumi:test::okta::{token}::{name}"


def resource(name: str, token: str = "okta:group/group:Group", **more: Any) -> dict[str, Any]:
    own = token.rpartition("$")[2]
    return {"urn": urn(name, token), "type": own, "id": f"id-{name}", "custom": True, "inputs": {"name": name}, **more}


def deployment(*resources: dict[str, Any], **more: Any) -> Deployment:
    stack = {"urn": STACK, "type": "pulumi:pulumi:Stack", "outputs": {"commit": "abc", "definitions": "123"}}
    provider = {"urn": PROVIDER, "type": "pulumi:providers:okta", "id": "p1", "inputs": {"version": "6.8.0"}}
    return {"manifest": {"version": "v3"}, "resources": [stack, provider, *resources], **more}


def names(state_of: Deployment) -> set[str]:
    return {name for _, name in parse(state_of).resources}


# Reading


@pytest.mark.parametrize("empty", [{}, {"resources": None}, {"resources": []}, {"manifest": {}}])
def test_a_stack_that_was_never_applied_is_empty(empty):
    assert parse(empty) == EMPTY


def test_resources_are_found_by_kind_and_name():
    state = parse(deployment(resource("a::b"), resource("c")))
    assert state.resources.keys() == {("group", "a::b"), ("group", "c")}
    found = state.resources["group", "c"]
    assert (found.urn, found.id, found.name, found.kind.name) == (urn("c"), "id-c", "c", "group")
    assert found.spec == {"name": "c", "description": "", "custom_profile_attributes": None}


def test_the_outputs_of_the_stack_are_kept():
    assert parse(deployment()).outputs == {"commit": "abc", "definitions": "123"}


@pytest.mark.parametrize(
    "passing",
    [
        pytest.param(resource("a", delete=True), id="replaced-and-to-be-deleted"),
        pytest.param(resource("a") | {"id": ""}, id="never-created"),
        pytest.param({k: v for k, v in resource("a").items() if k != "id"}, id="without-id"),
        pytest.param(resource("a", "okta:user/user:User"), id="no-kind"),
        pytest.param(resource("a", "aws:s3/bucket:Bucket"), id="another-provider"),
    ],
)
def test_other_resources_are_not_included(passing):
    assert parse(deployment(passing)).resources == {}


def test_during_a_replacement_the_new_resource_counts():
    old, new = resource("a", delete=True) | {"id": "old"}, resource("a") | {"id": "new"}
    for order in ([old, new], [new, old]):
        assert parse(deployment(*order)).resources["group", "a"].id == "new"


def test_a_secret_is_ciphertext_and_stays_opaque():
    inputs = {"label": "App", "type": "web", "clientBasicSecret": CIPHERTEXT}
    app = resource("app", "okta:app/oAuth:OAuth") | {"inputs": inputs}
    spec = parse(deployment(app)).resources["oidc-app", "app"].spec
    assert spec["client_secret"] == CIPHERTEXT
    assert spec["label"] == "App"


@pytest.fixture(scope="module")
def world() -> World:
    return settled(all_declared())


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_applied_values_can_be_read_back_with_the_owner(kind, world: World):
    found: list[tuple[Address, Declaration]] = [
        (address, one) for address, one in all_declared().declarations.items() if address.kind == kind.name
    ]
    assert found
    for address, declaration in found:
        applied = world.applied[address]
        expected = with_ids(declaration)
        fields = {field.name: field for field in schema(kind.fields)}
        assert applied.spec == {name: with_list_words(fields[name], expected.get(name)) for name in applied.spec}
        assert applied.spec.keys() == {field.name for field in schema(kind.fields) if not field.owns}
        item = world.item(address)
        owners, above = [item.within.id] if item.within else [], declaration.parent
        while above:
            owners.append(world.applied[above].id)
            above = world.desired.declarations[above].parent
        assert list(applied.owner_ids) == owners
        assert applied.levels[0] == kind.name


# Editing


def test_pending_operations_are_detected_and_removed():
    interrupted = deployment(resource("a"), pending_operations=[{"type": "creating", "resource": resource("b")}])
    assert parse(interrupted).interrupted
    cleared = without_pending(interrupted)
    assert not parse(cleared).interrupted
    assert cleared == deployment(resource("a"))
    assert "pending_operations" in interrupted


@pytest.mark.parametrize("none", [{}, {"pending_operations": []}, {"pending_operations": None}])
def test_a_state_without_pending_operations_is_not_interrupted(none):
    assert not parse(deployment(**none)).interrupted


POLICY = "okta:auth/server:Server$okta:auth/serverPolicy:ServerPolicy"
RULE = f"{POLICY}$okta:auth/serverPolicyRule:ServerPolicyRule"
SERVER = resource("s", "okta:auth/server:Server", parent=STACK)
FAMILY = [
    SERVER,
    resource("s/p", POLICY, parent=SERVER["urn"], dependencies=[SERVER["urn"]]),
    resource("s/p/r", RULE, parent=urn("s/p", POLICY)),
    resource("other", parent=STACK),
]


@pytest.mark.parametrize(
    ("forgotten", "left"),
    [
        ([], {"s", "s/p", "s/p/r", "other"}),
        ([SERVER["urn"]], {"other"}),
        ([urn("s/p", POLICY)], {"s", "other"}),
        ([urn("s/p/r", RULE)], {"s", "s/p", "other"}),
        ([urn("other"), SERVER["urn"]], set()),
        ([urn("unknown")], {"s", "s/p", "s/p/r", "other"}),
    ],
)
def test_owned_resources_are_removed_with_their_owner(forgotten, left):
    before = deployment(*FAMILY)
    untouched = copy.deepcopy(before)
    after = without(before, forgotten)
    assert names(after) == left
    assert before == untouched
    assert [one["urn"] for one in after["resources"]][:2] == [STACK, PROVIDER]
    assert after["manifest"] == before["manifest"]


def test_references_to_removed_resources_are_removed():
    """The engine rejects a state in which a resource depends on a missing one."""
    gone, stays = urn("gone"), urn("stays")
    dependent = resource(
        "dependent",
        dependencies=[gone, stays],
        propertyDependencies={"groups": [gone, stays], "name": None, "status": [gone]},
        deletedWith=gone,
    )
    after = without(deployment(resource("gone"), resource("stays"), dependent), [gone])
    (kept,) = [one for one in after["resources"] if one["urn"] == urn("dependent")]
    assert kept["dependencies"] == [stays]
    assert kept["propertyDependencies"] == {"groups": [stays], "name": [], "status": []}
    assert "deletedWith" not in kept
    assert gone not in str(after)


def test_references_to_removed_children_are_removed():
    scope = resource("reader", dependencies=[urn("s/p/r", RULE)], deletedWith=SERVER["urn"])
    after = without(deployment(*FAMILY, scope), [SERVER["urn"]])
    assert "s/p" not in str(after)


def test_references_to_remaining_resources_stay():
    kept = resource("kept", deletedWith=urn("other"))
    after = without(deployment(resource("other"), kept), [urn("unknown")])
    assert after["resources"][-1]["deletedWith"] == urn("other")


@pytest.mark.parametrize(
    ("manifest", "written"),
    [
        ({"time": "2026-03-01T02:00:07.123456789Z"}, datetime(2026, 3, 1, 2, 0, 7, 123456, UTC)),
        ({"time": "2026-03-01T03:00:07+01:00"}, datetime(2026, 3, 1, 2, 0, 7, tzinfo=UTC)),
        ({"time": "0001-01-01T00:00:00Z"}, None),
        ({"time": "yesterday"}, None),
        ({"time": 7}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_manifest_has_the_time_of_the_last_write(manifest, written):
    assert parse({"manifest": manifest}).written == written
