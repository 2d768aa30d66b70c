"""Items of one document: created, read, changed and deleted through the document, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.kinds import kind_named
from reconciler.okta import snapshot
from reconciler.stand_in.objects import Objects
from tests.official.applied import OwnTenant
from tests.settled import desired_of, document

KIND = kind_named("group-schema-property")
PROPERTY = {"index": "level", "title": "Level", "type": "integer", "permissions": "READ_ONLY"}


@pytest.fixture
def tenant() -> Iterator[OwnTenant]:
    with OwnTenant() as tenant:
        yield tenant


def test_life(tenant: OwnTenant):
    objects = Objects(tenant.client)

    ids = tenant.run(objects.create(KIND, (), PROPERTY))
    other = tenant.run(objects.create(KIND, (), PROPERTY | {"index": "other"}))
    tenant.run(objects.update(KIND, ids, PROPERTY | {"title": "Rank"}))

    assert (ids, other) == (("level",), ("other",))
    assert [(tenant.run(objects.read(KIND, one)) or {})["title"] for one in (ids, other)] == ["Rank", "Level"]

    tenant.run(objects.delete(KIND, ids))

    assert tenant.run(objects.read(KIND, ids)) is None
    assert tenant.run(objects.read(KIND, other)) is not None


def test_all_items_are_read_with_one_request(tenant: OwnTenant):
    objects = Objects(tenant.client)
    for number in range(3):
        tenant.run(objects.create(KIND, (), PROPERTY | {"index": f"level{number}"}))

    live = tenant.run(snapshot.read(tenant.client, [KIND.name]))

    assert [item.id for item in live.objects[KIND.name]] == ["level0", "level1", "level2"]
    assert live.requests == 1


def test_a_group_comes_after_the_properties_that_it_has_values_for():
    documents = [
        document("group", "people", name="People", custom_profile_attributes={"level": 1}),
        document("group-schema-property", "zz-level", index="level", title="Level", type="integer"),
    ]
    names = [address.name for address in desired_of(documents).declarations]
    assert names == ["zz-level", "people"]
