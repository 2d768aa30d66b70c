"""Whatever the JSON of an object, it is compared or unreadable, and nothing fails."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler import drift
from reconciler.drift import Verdict
from reconciler.drift.baseline_values import baseline
from reconciler.okta.snapshot import Snapshot, read
from tests.drift.recorded_tenant import copied, recorded
from tests.drift.recorded_tenant import kept as known_of
from tests.matches import match_of
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import World, all_declared, settled, shelves

ODD = ("null", "[]", "{}", '""', '"x"', "7", "true", '["x"]', "[null]", "[{}]", '{"x": 1}', "[[]]")


@cache
def world() -> World:
    return settled(all_declared())


@cache
def texts() -> dict[tuple[str, str], bytes]:
    """The immutable JSON of every object."""
    return {key: orjson.dumps(dict(item.json)) for key, item in sorted(world().items.items()) if item.json}


@cache
def kept() -> Any:
    return baseline(snapshot_of(world()))


def snapshot_of(world: World) -> Snapshot:
    async def work() -> Snapshot:
        async with client_of(Shelf(shelves(world.items.values()))) as client:
            return await read(client)

    return run(work())


def changed(value: Any, choice: Random) -> Any:
    """The JSON with another value somewhere in it."""
    odd: Any = [value]
    inside, key = odd, 0
    while isinstance(inside[key], dict | list) and inside[key] and choice.random() < 0.75:
        inside = inside[key]
        key = choice.choice(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
    inside[key] = orjson.loads(choice.choice(ODD))
    return odd[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_malformed_object_does_not_hide_drift_of_others(seed: int):
    choice = Random(seed)
    key = choice.choice(list(texts()))
    tenant = world()
    chosen = tenant.items[key]
    odd = changed(orjson.loads(texts()[key]), choice)
    if not isinstance(odd, dict) or (chosen.kind.shape.part_of_owner and not _is_list(odd)):
        return
    items = {**tenant.items, key: replace(chosen, json=odd)}
    live = snapshot_of(replace(tenant, items=items))
    match = match_of(tenant.desired, tenant.state, live)
    findings = [*drift.compare(match), *drift.beyond(kept(), match)]
    drift.rated(findings, drift.TenantView(match))
    baseline(live)


def _is_list(json: dict[str, Any]) -> bool:
    """Whether a whole list still is a list: what a list call answers is checked by the client."""
    return len(json) > 1 and all(isinstance(items, list) for items in json.values())


ODD_ITEMS: tuple[Any, ...] = (
    None,
    7,
    "x",
    [],
    {},
    {"id": None},
    {"id": "x"},
    ("name",),
    ("signOnMode",),
    ("id",),
    ("type",),
)
"""Malformed items; a tuple names the absent members."""


@pytest.mark.parametrize("odd", ODD_ITEMS, ids=str)
def test_a_malformed_item_is_named_and_the_others_are_compared(odd: Any):
    tenant = recorded()
    known = known_of(tenant.read())
    lists = copied(tenant.lists)
    for items in (found for found in lists.values() if found and isinstance(found, list)):
        lacking = {key: value for key, value in items[0].items() if key not in odd} if isinstance(odd, tuple) else odd
        items[0] = lacking
    live = tenant.read(lists)
    findings = tenant.findings(known, live)
    for gap in live.unreadable:
        assert "item 1" in gap.reason or gap.part or "404" in gap.reason, gap.reason
        assert "/v1/" in gap.reason
    if not isinstance(odd, tuple):
        assert {kind for kind, items in live.objects.items() if len(items) > 1} >= {"group", "network-zone", "oidc-app"}
        assert any(one.verdict is Verdict.UNREADABLE for one in findings)
