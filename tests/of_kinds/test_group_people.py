"""The owners of groups, and the members of groups that are kept by hand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.definitions import DefinitionsError
from reconciler.definitions.model import Address
from reconciler.drift import TenantView, rated
from reconciler.drift.compare import compare
from reconciler.kinds import Kind, kind_named
from reconciler.kinds.risks import Severity
from reconciler.stand_in.objects import Objects
from tests.drift.ratings import Known, changed
from tests.of_kinds import about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    Converges,
    RefusedByValidate,
    Requests,
    Undecidable,
    rule,
)
from tests.okta.tenants import client_of
from tests.okta.virtual_time import run
from tests.people import PEOPLE
from tests.settled import desired_of, document, settled

OWNERS, MEMBERS = "group-owners", "group-memberships"
HERE = "of_kinds/test_group_people.py"
ADA, GRACE = PEOPLE
_ADA, _GRACE = f"user {ADA}", f"user {GRACE}"


def _in_admin_group() -> Known:
    admins = Known(item={"hasAdminPrivilege": True}).object
    return Known(name="one", others={("group", "one"): admins})


about(
    kind=OWNERS,
    usual={"owners": [_ADA]},
    rules=(
        rule(
            OWNERS,
            "preview",
            "group_id changed",
            Undecidable("the engine replaces it", "stand_in/test_service.py::test_owner_change_replaces"),
        ),
        rule(
            OWNERS,
            "preview",
            "owner.type not in GROUP, USER",
            RefusedByValidate(OWNERS, "owners[0]", "app", {"owners": ["app wiki"]}),
        ),
        rule(
            OWNERS,
            "create update",
            "the same owner id twice",
            RefusedByValidate(OWNERS, "owners", "listed twice", {"owners": [_ADA, _ADA]}),
        ),
        rule(
            OWNERS,
            "create",
            "the group has owners that are not declared",
            Requests("as in a recorded case", "case groups.group_owners"),
        ),
        rule(OWNERS, "update", "only the type of an owner changed", Converges(OWNERS, {"owners": [_GRACE]})),
        rule(OWNERS, "delete", "always", Requests("as in a recorded case", "case groups.group_owners")),
    ),
    attacks={
        "group-owner-added": (changed(OWNERS, "owners", [_ADA], [_ADA, _GRACE]),),
        "admin-group-owned": ((changed(OWNERS, "owners", [], [_GRACE]), _in_admin_group()),),
    },
    innocent={
        "group-owner-added": (changed(OWNERS, "owners", [_ADA, _GRACE], [_ADA]),),
        "admin-group-owned": (changed(OWNERS, "owners", [], [_GRACE]),),
    },
)

about(
    kind=MEMBERS,
    usual={"members": [ADA]},
    rules=(
        rule(
            MEMBERS,
            "create",
            "users not empty",
            Converges(MEMBERS),
            Requests("one request for each member", f"{HERE}::test_only_what_differs_is_sent"),
        ),
        rule(MEMBERS, "update", "Okta refuses an add or remove", FROM_THE_TENANT),
        rule(MEMBERS, "read", "the group was deleted", FROM_THE_TENANT),
        rule(
            MEMBERS,
            "delete",
            "always",
            Requests("other members stay", f"{HERE}::test_members_that_are_not_declared_stay_when_the_set_is_deleted"),
        ),
    ),
    attacks={
        "member-added": (changed(MEMBERS, "members", [ADA], [ADA, GRACE]),),
        "admin-member-added": ((changed(MEMBERS, "members", [ADA], [ADA, GRACE]), _in_admin_group()),),
        "member-removed": (changed(MEMBERS, "members", [ADA, GRACE], [ADA]),),
    },
    innocent={
        "member-added": (changed(MEMBERS, "members", [ADA, GRACE], [ADA]),),
        "admin-member-added": (changed(MEMBERS, "members", [], [ADA]),),
        "member-removed": (changed(MEMBERS, "members", [ADA], [ADA, GRACE]),),
    },
)


def _changes(kind: Kind, wanted: list[str] | None, items: list[dict[str, Any]], deleted: list[str] | None) -> list[str]:
    """The requests that change the people of a group."""
    sent: list[str] = []
    only = kind.label_field

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=items)
        sent.append(f"{request.method} {request.url.path} {request.content.decode()}".strip())
        return httpx.Response(204)

    async def work() -> None:
        async with client_of(answer) as client:
            if wanted is not None:
                await Objects(client).update(kind, ("00g1",), {only: wanted})
            else:
                await Objects(client).delete(kind, ("00g1",), {only: deleted})

    run(work())
    return sent


def test_only_what_differs_is_sent():
    path = "/api/v1/groups/00g1/users"
    changes = _changes(kind_named(MEMBERS), ["00u1", "00u2"], [{"id": "00u2"}, {"id": "00u3"}], None)
    assert changes == [f"PUT {path}/00u1", f"DELETE {path}/00u3"]


def test_an_owner_is_added_with_its_type():
    path = "/api/v1/groups/00g1/owners"
    changes = _changes(kind_named(OWNERS), ["group 00g2"], [{"id": "00u1", "type": "USER"}], None)
    assert changes == [f'POST {path} {{"id":"00g2","type":"GROUP"}}', f"DELETE {path}/00u1"]


def test_members_that_are_not_declared_stay_when_the_set_is_deleted():
    changes = _changes(kind_named(MEMBERS), None, [{"id": "00u1"}, {"id": "00u2"}], ["00u1"])
    assert changes == ["DELETE /api/v1/groups/00g1/users/00u1"]


def test_all_owners_go_when_the_set_is_deleted():
    items = [{"id": "00u1", "type": "USER"}, {"id": "00g2", "type": "GROUP"}]
    changes = _changes(kind_named(OWNERS), None, items, ["user 00u1"])
    assert {one.rpartition("/")[2] for one in changes} == {"00u1", "00g2"}


def test_members_are_imported_as_a_whole():
    shape = kind_named(MEMBERS).shape
    assert shape.imported_as(("00g1",)) == "00g1/true"
    assert shape.known_as("00g1/true") == shape.known_as("00g1") == "00g1"


def test_at_most_two_hundred_members_are_declared():
    people = [f"person{number}@example.com" for number in range(201)]
    with pytest.raises(DefinitionsError, match="at most 200"):
        desired_of([document("group", "tested", name="Tested", members=people)])


@pytest.mark.parametrize("admin", [True, False])
@pytest.mark.parametrize(
    ("kind", "field", "declared", "added"),
    [(MEMBERS, "members", ADA, "user:" + GRACE), (OWNERS, "owners", _ADA, "user user:" + GRACE)],
)
def test_who_joins_a_group_with_an_admin_role_is_critical(
    kind: str, field: str, declared: str, added: str, admin: bool
):
    world = settled(desired_of([document("group", "staff", name="Staff", **{field: [declared]})]))
    world.tamper(Address("group", "staff"), lambda json: json.update(_embedded={"stats": {"hasAdminPrivlege": admin}}))
    world.tamper(Address(kind, "staff"), lambda json: json[field].append(added))
    (found,) = rated(compare(world.match), TenantView(world.match))
    assert (found.kind, found.name, found.field) == (kind, "staff", field)
    assert found.severity is (Severity.CRITICAL if admin else Severity.HIGH)
