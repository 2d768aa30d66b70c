"""What a run removes from the state temporarily, and puts back at its end where it did not succeed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.engine.state import (
    STACK,
    Deployment,
    mentioned,
    stack_outputs,
    without,
    without_mentions,
    without_pending,
    without_secrets,
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Parts of an earlier state that a run puts back into the state at its end."""

    resources: Sequence[dict[str, Any]] = ()
    """Resources to add again, unless the state has them by then."""
    temporary: Collection[str] = ()
    """The URNs of resources that the run added only temporarily: these are removed."""
    arguments: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """By URN: the `names` of arguments, and their earlier values in `inputs` and `outputs`."""

    @classmethod
    def of(
        cls,
        earlier: Deployment,
        urns: Collection[str],
        temporary: Collection[str],
        arguments: Mapping[str, tuple[str, Collection[str]]],
    ) -> SetAside:
        """These resources of an earlier deployment, and these arguments of others: by URN, with the earlier URN."""
        before = {resource["urn"]: resource for resource in earlier.get("resources") or ()}
        return cls(
            [resource for urn, resource in before.items() if urn in urns],
            sorted(temporary),
            {
                urn: {"names": sorted(names)} | {part: _only(before[then].get(part), names) for part in _PARTS}
                for urn, (then, names) in arguments.items()
                if then in before
            },
        )

    @classmethod
    def from_interrupted_run(cls, deployment: Deployment) -> SetAside | None:
        """What an interrupted run recorded in the deployment and did not put back, if anything."""
        record = stack_outputs(deployment).get(_OUTPUT)
        return cls(*json.loads(record)) if record else None

    def recorded(self, deployment: Deployment) -> Deployment:
        """The deployment with a record of this, so that nothing is lost if the run is killed.

        The record has no secrets: an exported deployment shows them, and the engine would not encrypt them in a text.
        """
        record = json.dumps(without_secrets([list(self.resources), list(self.temporary), dict(self.arguments)]))
        return _with_stack_outputs(deployment, {_OUTPUT: record})

    def restored(self, now: Deployment) -> Deployment:
        """The current deployment with all this put back, and without the record."""
        kept = [
            _with_values(resource, self.arguments.get(resource["urn"]))
            for resource in without(now, self.temporary)["resources"]
        ]
        present = {resource["urn"] for resource in kept}
        lost = [resource for resource in self.resources if resource["urn"] not in present]
        known = present | {resource["urn"] for resource in lost}
        whole = now | {
            "resources": kept + [without_mentions(resource, mentioned(resource) - known) for resource in lost]
        }
        return _with_stack_outputs(whole, {})


def completed(deployment: Deployment) -> Deployment:
    """The deployment without pending operations, and with what an interrupted run had set aside."""
    kept = SetAside.from_interrupted_run(deployment)
    return without_pending(kept.restored(deployment) if kept else deployment)


_PARTS = ("inputs", "outputs")
_OUTPUT = "interruptedRepair"
"""The stack output with the record. States written by earlier versions have it under this name too."""


def recorded_in(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The record among the outputs of a stack, if there is one."""
    return {name: value for name, value in outputs.items() if name == _OUTPUT}


def _only(values: Mapping[str, Any] | None, names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if name in names}


def _with_values(resource: dict[str, Any], earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    if earlier is None:
        return resource
    result = dict(resource)
    for part in _PARTS:
        rest = {name: value for name, value in (resource.get(part) or {}).items() if name not in earlier["names"]}
        if rest or earlier[part]:
            result[part] = rest | earlier[part]
    return result


def _with_stack_outputs(deployment: Deployment, record: dict[str, str]) -> Deployment:
    """The deployment with this record among the outputs of the stack; without a record if it is empty."""
    resources: list[dict[str, Any]] = []
    for resource in deployment.get("resources") or ():
        outputs = {name: value for name, value in (resource.get("outputs") or {}).items() if name != _OUTPUT}
        resources.append(resource | {"outputs": outputs | record} if resource["type"] == STACK else resource)
    return deployment | {"resources": resources}
