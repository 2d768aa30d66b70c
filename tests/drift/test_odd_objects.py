"""Whatever a tenant says of an object: it is compared, or is unreadable, and nothing fails."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler import drift
from reconciler.drift.beyond import baseline
from reconciler.okta.snapshot import Snapshot, read
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import World, all_declared, settled, shelves

ODD: list[Any] = [None, [], {}, "", "x", 7, True, ["x"], [None], [{}], {"x": 1}, [[]]]


@pytest.fixture(scope="module")
def world() -> World:
    return settled(all_declared())


@pytest.fixture(scope="module")
def kept(world: World) -> Any:
    return baseline(snapshot_of(world))


def snapshot_of(world: World) -> Snapshot:
    async def work() -> Snapshot:
        async with client_of(Shelf(shelves(world.items.values()))) as client:
            return await read(client)

    return run(work())


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """The same JSON with another value somewhere in it."""
    odd: Any = [copy.deepcopy(value)]
    inside, key = odd, 0
    while isinstance(inside[key], dict | list) and inside[key] and draw(st.integers(0, 3)):
        inside = inside[key]
        key = draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
    inside[key] = draw(st.sampled_from(ODD))
    return odd[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_an_object_is_drift_is_found_around_it(data: st.DataObject, world: World, kept: Any):
    chosen = data.draw(st.sampled_from([item for item in world.items.values() if item.json]))
    odd = data.draw(changed(dict(chosen.json)))
    if not isinstance(odd, dict) or (chosen.kind.collection.list_key and not _is_list(odd)):
        return
    items = {**world.items, (chosen.kind.kind, chosen.id): replace(chosen, json=odd)}
    live = snapshot_of(replace(world, items=items))
    names = drift.Names(world.desired, world.state, live)
    findings = [*drift.compare(world.desired, world.state, live), *drift.beyond(kept, live, names)]
    drift.rated(findings, world.desired)
    baseline(live)


def _is_list(json: dict[str, Any]) -> bool:
    """Whether a whole list still is a list: what a list call answers is checked by the client."""
    return all(isinstance(items, list) for items in json.values())
