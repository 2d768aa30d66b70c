"""Bindings of custom admin roles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from reconciler.adopt.specs import spec_of
from reconciler.definitions.model import Address
from reconciler.definitions.references import malformed
from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import canonical, people_in, references_in
from reconciler.okta.snapshot import LiveObject, Snapshot, read
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import FROM_THE_TENANT, Converges, Refused, Requests, rule
from tests.okta.tenants import client_of
from tests.okta.virtual_time import run
from tests.settled import World, desired_of, document, settled

KIND = "admin-role-binding"
ROLE = {"label": "Reader", "description": "Reads people.", "permissions": ["okta.users.read"]}

about(
    kind=KIND,
    usual={"role": "reader", "members": ["group people"]},
    harmless=frozenset({"role"}),
    fixed={"role": "Okta knows a binding by its role"},
    attacks={
        "custom-role-granted": (
            changed(KIND, "members", ["group people"], ["group people", "user 00u1"]),
            whole(Verdict.UNMANAGED, KIND),
        ),
    },
    innocent={"custom-role-granted": (changed(KIND, "members", ["group others", "group people"], ["group people"]),)},
    surroundings=(document("custom-admin-role", "reader", **ROLE),),
    rules=(
        rule(
            KIND,
            "create",
            "members empty",
            Refused(KIND, "members", "a binding needs at least one member", {"members": []}),
        ),
        rule(
            KIND,
            "update",
            "members changed",
            Converges(KIND, after={"members": ["group others"]}, before={"members": ["group people"]}),
        ),
        rule(
            KIND,
            "delete",
            "always",
            Requests(
                "the empty binding is no object",
                f"of_kinds/test_{KIND.replace('-', '_')}.py::test_a_binding_without_members_is_no_object",
            ),
        ),
        rule(KIND, "read", "members not spelled exactly", FROM_THE_TENANT),
        rule(KIND, "read", "more members than one page", FROM_THE_TENANT),
    ),
)


def test_a_binding_without_members_is_no_object():
    kind = kind_named(KIND)
    assert kind.exists(kind.read_api({"id": "cr01"}))  # its members were not read
    assert kind.exists(kind.read_api({"id": "cr01", "_embedded": {"members": [{"_links": {"self": {"href": "x"}}}]}}))
    assert not kind.exists(kind.read_api({"id": "cr01", "_embedded": {"members": []}}))


BINDING = Address(KIND, "all/reader")


@pytest.fixture
def world() -> World:
    people = document("group", "people", name="People")
    role = document("custom-admin-role", "reader", **ROLE)
    binding = {"role": "reader", "members": ["group people"]}
    resources: dict[str, Any] = {
        "label": "All",
        "description": "All.",
        "resources": ["/api/v1/users"],
        "bindings": [binding],
    }
    return settled(desired_of([people, role, document("resource-set", "all", **resources)]))


def test_a_binding_is_recognised_by_its_role(world: World):
    del world.applied[BINDING]
    assert world.match.recognised == {BINDING: "resource-set:all/custom-admin-role:reader"}
    assert world.match.all_ids[BINDING] == world.live.objects[KIND][0].id


def test_a_binding_of_another_role_is_not_recognised(world: World):
    world.items = {key: item for key, item in world.items.items() if key[0] != KIND}
    owner = world.item(Address("resource-set", "all"))
    world.put(LiveObject(kind_named(KIND), f"{owner.id}/cr0other", {"id": "cr0other"}, owner))
    del world.applied[BINDING]
    assert world.match.recognised == {}


def test_a_binding_has_the_label_of_its_role():
    answers = {
        "/api/v1/iam/roles": {"roles": [{"id": "cr01", "label": "Reader", "description": "Reads."}]},
        "/api/v1/iam/roles/cr01/permissions": {"permissions": []},
        "/api/v1/iam/resource-sets": {"resource-sets": [{"id": "iam1", "label": "All", "description": "All."}]},
        "/api/v1/iam/resource-sets/iam1/resources": {"resources": []},
        "/api/v1/iam/resource-sets/iam1/bindings": {"roles": [{"id": "cr01"}]},
        "/api/v1/iam/resource-sets/iam1/bindings/cr01/members": {
            "members": [{"id": "irb1", "_links": {"self": {"href": "https://acme.okta.com/api/v1/groups/00g1"}}}]
        },
    }

    async def work() -> Snapshot:
        async with client_of(lambda request: httpx.Response(200, json=answers[request.url.path])) as client:
            return await read(client, ["custom-admin-role", KIND])

    (found,) = run(work()).objects[KIND]
    assert (found.label, found.id, found.import_id) == ("Reader", "iam1/cr01", "iam1/cr01")
    assert found.spec == {"role": "cr01", "members": ["group 00g1"]}


def test_users_have_the_role_by_login(world: World):
    json = {"_embedded": {"members": [{"_links": {"self": {"href": "https://acme.okta.com/api/v1/users/00u1"}}}]}}
    item = replace(world.item(BINDING), json={"id": "cr01", **json})
    names = {"00u1": "ada@example.com", "cr01": "reader"}
    assert spec_of(item, lambda kind, identity: names[identity])["members"] == ["user ada@example.com"]
    assert list(people_in(item.kind.fields, item.spec)) == [("members.0", "00u1")]
    assert references_in(item.kind.fields, item.spec) == {("custom-admin-role", "cr01")}


@pytest.mark.parametrize(
    "member", ["user", "user ", "user 00u1234567890abcdEFG", "user a b@example.com", "person ada@example.com"]
)
def test_a_member_has_a_kind_and_a_name_or_login(member: str):
    kind = kind_named(KIND)
    try:
        spec = canonical(kind.fields.model_validate({"role": "reader", "members": [member]}))
    except ValidationError:
        return
    assert [part for _, part, _ in malformed(kind.fields, spec)] == [member]


def test_the_login_of_a_member_is_in_lower_case():
    kind = kind_named(KIND)
    spec = canonical(kind.fields.model_validate({"role": "reader", "members": ["user Ada@Example.com"]}))
    assert spec["members"] == ["user ada@example.com"]
    assert list(malformed(kind.fields, spec)) == []
