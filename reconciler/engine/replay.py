"""A state brought up to date with steps that a killed run carried out and did not record. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.engine.state import Deployment, mentioned, without, without_mentions

PUTS = frozenset({"create", "create-replacement", "import", "import-replacement", "update"})
"""The engine's words for the steps after which there is a resource as it was not before."""
_REMOVES = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "read-discard"})
RECORDED = PUTS | _REMOVES
"""The engine's words for the steps that change a state."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that the engine has carried out."""

    operation: str
    urn: str
    removed: str
    """The id of the resource that was there before; empty for none."""
    renamed: str
    """The URN of that resource, if it was another one."""
    resource: dict[str, Any] | None
    """The resource as it is afterwards, without secrets; None for one that is gone, or that only has another URN."""


def replayed(deployment: Deployment, steps: Iterable[Step]) -> Deployment:
    """The deployment after these steps.

    Secrets are missing in what was created or updated, so that the next `up` sends them again. What a created resource
    depends on is read off its inputs: they have the ids of other resources.
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
    return deployment | {"resources": list(_in_order(resources.whole()))}


class _Resources:
    """The resources of a deployment, in order, while steps are replayed."""

    def __init__(self, resources: Iterable[dict[str, Any]]) -> None:
        self._all: list[dict[str, Any] | None] = list(resources)
        self._places = {one["urn"]: place for place, one in enumerate(self._all) if one and not one.get("delete")}
        self._gone: set[str] = set()
        self._renamed: dict[str, str] = {}

    def remove(self, urn: str, identity: str) -> None:
        """Remove the resource with this URN and id: while it is replaced, there can be two of that URN."""
        place = self._places.get(urn)
        if place is None or _id(self._all[place]) != identity:
            alike = (
                one for one, known in enumerate(self._all) if known and (known["urn"], _id(known)) == (urn, identity)
            )
            place = next(alike, None)
        if place is None:
            return
        self._all[place] = None
        if self._places.get(urn) == place:
            del self._places[urn]
            self._gone.add(urn)

    def rename(self, earlier: str, urn: str) -> None:
        """Give a resource another URN: under both, the engine would delete the one that nobody declares any more."""
        place = self._places.get(earlier)
        before = None if place is None else self._all[place]
        if place is not None and before and urn not in self._places:
            self._places[urn] = self._places.pop(earlier)
            self._all[place] = before | {"urn": urn}
            self._renamed[earlier] = urn

    def put(self, resource: dict[str, Any]) -> None:
        """Take a resource as it is now."""
        urn = resource["urn"]
        place = self._places.get(urn)
        before = None if place is None else self._all[place]
        if place is not None and before and _id(before) == _id(resource):
            self._all[place] = before | resource
            return
        if place is not None and before:
            self._all[place] = before | {"delete": True}
        self._places[urn] = len(self._all)
        self._gone.discard(urn)
        self._all.append(resource)

    def whole(self) -> Iterable[dict[str, Any]]:
        """All that are left, without mentions of those that are gone, and with the new names of the others."""
        left = without({"resources": [one for one in self._all if one]}, self._gone)["resources"]
        return (_with_names(resource, self._renamed) for resource in left) if self._renamed else left


def _id(resource: Mapping[str, Any] | None) -> str:
    return str((resource or {}).get("id", ""))


def _with_names(resource: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """The resource with the new URNs of those that it mentions."""
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
    """Those whose parent and provider come before them, as the engine demands; the others are recognised by name."""
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
