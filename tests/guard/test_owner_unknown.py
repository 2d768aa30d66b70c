"""Which documents need a known owner."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.definitions.owners import OwnerFields, Owners
from reconciler.guard import GuardSettings
from reconciler.guard.rules import owner_unknown
from reconciler.plan import Plan
from tests.guard.worlds import document, groups, plan_of, without, world_of

OTHERS = Owners({"test": OwnerFields(mail="test@acme.example")})
GROUP = Address("group", "group-0")


def refused(plan: Plan, owners: Owners = OTHERS) -> list[str]:
    context = GuardSettings(owners=owners).context(owner_unknown.GUARD)
    return [one.object for one in owner_unknown.GUARD.check(plan, context)]


def test_nothing_is_refused_if_no_file_names_owners():
    world = world_of(groups(1))
    world.edit(GROUP, description="New.")
    assert refused(plan_of(world)) == ["group group-0"]
    assert refused(plan_of(world), Owners()) == []


def test_only_changed_documents_need_a_known_owner():
    world = world_of(groups(2))
    assert refused(plan_of(world)) == []
    assert refused(without(world, GROUP)) == []


def test_reverting_drift_needs_none():
    world = world_of(groups(1))
    world.tamper(GROUP, lambda json: json["profile"].update(description="By hand."))
    plan = plan_of(world)
    assert plan.planned
    assert refused(plan) == []


def test_an_owned_object_has_the_owner_of_its_document():
    listed = [{"name": "read", "consent": "IMPLICIT"}]
    world = world_of(
        [
            document(
                "authorization-server", "api", name="API", description="Of tests.", audiences=["api://x"], scopes=listed
            )
        ]
    )
    world.edit(Address("authorization-server-scope", "api/read"), description="New.")
    assert refused(plan_of(world)) == ["authorization-server api"]


def test_the_hint_names_similar_owners():
    world = world_of(groups(1))
    world.edit(GROUP, description="New.")
    (result,) = owner_unknown.GUARD.check(plan_of(world), GuardSettings(owners=OTHERS).context(owner_unknown.GUARD))
    assert "did you mean test?" in result.hint
