"""Updates a state with the steps that a killed run completed but did not record. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.engine.state import Deployment, mentioned, without, without_mentions

PUTS = frozenset({"create", "create-replacement", "import", "import-replacement", "update"})
"""The engine's names for the steps that create or change a resource."""
_REMOVES = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "read-discard"})
RECORDED = PUTS | _REMOVES
"""The engine's names for the steps that change a state."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that the engine completed."""

    operation: str
    urn: str
    removed: str
    """The id of the earlier resource; empty if there was none."""
    renamed: str
    """The earlier URN of a renamed resource; empty if it was not renamed."""
    resource: dict[str, Any] | None
    """The new resource, without secrets; None if it was deleted or only renamed."""


def replayed(deployment: Deployment, steps: Iterable[Step]) -> Deployment:
    """The deployment after these steps.

    Created and updated resources lack their secrets, so the next `up` sends them again. The dependencies of a created
    resource are derived from its inputs, which contain the ids of other resources.
    """
    resources = _Resources(deployment.get("resources") or ())
    for step in steps:
        if step.operation in _REMOVES:
            resources.remove(step.urn, step.removed)
            continue
        if step.renamed:
            resources.rename(step.renamed, step.urn)
        if step.resource is not None:
            resources.put(step.resource)
    return deployment | {"resources": list(_in_order(resources.remaining()))}


class _Resources:
    """The resources of a deployment, in order, while steps are replayed."""

    def __init__(self, resources: Iterable[dict[str, Any]]) -> None:
        self._all: list[dict[str, Any] | None] = list(resources)
        self._positions = {
            one["urn"]: position for position, one in enumerate(self._all) if one and not one.get("delete")
        }
        self._removed: set[str] = set()
        self._renamed: dict[str, str] = {}

    def remove(self, urn: str, identity: str) -> None:
        """Remove the resource with this URN and id: during a replacement, two resources can have the same URN."""
        position = self._positions.get(urn)
        if position is None or _id(self._all[position]) != identity:
            alike = (
                one for one, known in enumerate(self._all) if known and (known["urn"], _id(known)) == (urn, identity)
            )
            position = next(alike, None)
        if position is None:
            return
        self._all[position] = None
        if self._positions.get(urn) == position:
            del self._positions[urn]
            self._removed.add(urn)

    def rename(self, earlier: str, urn: str) -> None:
        """Change the URN of a resource. With both URNs in the state, the engine would delete the undeclared one."""
        position = self._positions.get(earlier)
        before = None if position is None else self._all[position]
        if position is not None and before and urn not in self._positions:
            self._positions[urn] = self._positions.pop(earlier)
            self._all[position] = before | {"urn": urn}
            self._renamed[earlier] = urn

    def put(self, resource: dict[str, Any]) -> None:
        """Add or update a resource."""
        urn = resource["urn"]
        position = self._positions.get(urn)
        before = None if position is None else self._all[position]
        if position is not None and before and _id(before) == _id(resource):
            self._all[position] = before | resource
            return
        if position is not None and before:
            self._all[position] = before | {"delete": True}
        self._positions[urn] = len(self._all)
        self._removed.discard(urn)
        self._all.append(resource)

    def remaining(self) -> Iterable[dict[str, Any]]:
        """The remaining resources, without references to removed ones, and with references to the new URNs."""
        kept = without({"resources": [one for one in self._all if one]}, self._removed)["resources"]
        return (_with_new_urns(resource, self._renamed) for resource in kept) if self._renamed else kept


def _id(resource: Mapping[str, Any] | None) -> str:
    return str((resource or {}).get("id", ""))


def _with_new_urns(resource: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """The resource with the new URNs of the resources that it refers to."""
    result = dict(resource)
    for name in ("parent", "deletedWith"):
        if resource.get(name) in renamed:
            result[name] = renamed[resource[name]]
    if resource.get("dependencies"):
        result["dependencies"] = [renamed.get(urn, urn) for urn in resource["dependencies"]]
    if resource.get("propertyDependencies"):
        result["propertyDependencies"] = {
            name: [renamed.get(urn, urn) for urn in urns or ()]
            for name, urns in resource["propertyDependencies"].items()
        }
    return result


def _in_order(resources: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The resources whose parent and provider precede them, as the engine requires. Others are later found by name."""
    known: set[str] = set()
    by_id: dict[str, str] = {}
    for resource in resources:
        provider = str(resource.get("provider") or "").rpartition("::")[0]
        if any(urn and urn not in known for urn in (resource.get("parent"), provider)):
            continue
        if "dependencies" not in resource and resource.get("custom"):
            used = {by_id[text] for text in _texts(resource.get("inputs")) if text in by_id}
            resource = resource | ({"dependencies": sorted(used)} if used else {})
        yield without_mentions(resource, mentioned(resource) - known)
        known.add(resource["urn"])
        if resource.get("id"):
            by_id.setdefault(resource["id"], resource["urn"])


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
