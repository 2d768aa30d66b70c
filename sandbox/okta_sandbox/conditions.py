"""Deleted objects in the conditions of policies and rules: Okta removes them.

Okta's help ("Edit or delete a network zone") says so for zones. For groups it is not documented; the local tenant does
the same, and leaves the condition empty if nothing else is in it.
"""

from collections.abc import Iterator
from typing import Any

from okta_sandbox.json_types import Json, JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

GROUPS = ("people", "groups")
ZONES = ("network",)
_SIDES = ("include", "exclude")


def remove_from_conditions(tenant: Tenant, part: tuple[str, ...], identifier: str) -> None:
    """Remove a deleted object from this part of all conditions."""
    for record in _with_conditions(tenant):
        before = _part_of(record, part)
        after = {**before, **{side: _without(before[side], identifier) for side in _SIDES if before.get(side)}}
        if after != before:
            tenant.store.change(record, {**record.body, "conditions": _put(record.body["conditions"], part, after)})


def only_in(tenant: Tenant, part: tuple[str, ...], identifier: str) -> list[Record]:
    """The policies and rules whose conditions name only this object in the given part."""
    return [
        record
        for record in _with_conditions(tenant)
        if any(_part_of(record, part).get(side) == [identifier] for side in _SIDES)
    ]


def _with_conditions(tenant: Tenant) -> Iterator[Record]:
    store = tenant.store
    for policy in store.all("Policy"):
        yield from (policy, *store.all("PolicyRule", policy.id))
    for server in store.all("AuthorizationServer"):
        for policy in store.all("AuthorizationServerPolicy", server.id):
            yield from store.all("AuthorizationServerPolicyRule", policy.id)


def _part_of(record: Record, part: tuple[str, ...]) -> JsonObject:
    value: Json = record.body.get("conditions")
    for member in part:
        value = value.get(member) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _put(value: JsonObject, part: tuple[str, ...], inner: JsonObject) -> JsonObject:
    if not part:
        return inner
    return {**value, part[0]: _put(value[part[0]], part[1:], inner)}


def _without(identifiers: Any, identifier: str) -> Any:
    return [each for each in identifiers if each != identifier] if isinstance(identifiers, list) else identifiers
