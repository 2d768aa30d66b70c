"""What a run takes out of the state for a while, and what the state goes on to say where the run does not succeed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.engine.state import STACK, Deployment, mentioned, without, without_mentions, without_secrets


@dataclass(frozen=True, slots=True)
class Memory:
    """What a state said earlier and should go on to say."""

    resources: Sequence[dict[str, Any]] = ()
    """Resources, where they are no longer there."""
    strangers: Collection[str] = ()
    """The URNs of resources that were not there."""
    arguments: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """By URN: the `names` of arguments, and what these were among the `inputs` and `outputs`."""

    @classmethod
    def of(
        cls,
        earlier: Deployment,
        urns: Collection[str],
        strangers: Collection[str],
        arguments: Mapping[str, tuple[str, Collection[str]]],
    ) -> Memory:
        """Of an earlier deployment these resources, and of others these arguments: by URN, with the URN of then."""
        before = {resource["urn"]: resource for resource in earlier.get("resources") or ()}
        return cls(
            [resource for urn, resource in before.items() if urn in urns],
            sorted(strangers),
            {
                urn: {"names": sorted(names)} | {part: _only(before[then].get(part), names) for part in _PARTS}
                for urn, (then, names) in arguments.items()
                if then in before
            },
        )

    @classmethod
    def left_by_a_killed_run(cls, deployment: Deployment) -> Memory | None:
        """The memory that a deployment holds, if a run that noted it did not end."""
        note = next((outputs[_NOTE] for outputs in _stack_outputs(deployment) if _NOTE in outputs), None)
        return cls(*json.loads(note)) if note else None

    def noted(self, deployment: Deployment) -> Deployment:
        """The deployment with a note of this, for the case that the run is killed before it recalls it.

        Without secrets, which an exported deployment shows: the engine would not encrypt them inside a text.
        """
        note = json.dumps(without_secrets([list(self.resources), list(self.strangers), dict(self.arguments)]))
        return _with_stack_outputs(deployment, {_NOTE: note})

    def recalled(self, now: Deployment) -> Deployment:
        """The deployment of now, with all that, and without a note of it."""
        kept = [
            _with_values(resource, self.arguments.get(resource["urn"]))
            for resource in without(now, self.strangers)["resources"]
        ]
        there = {resource["urn"] for resource in kept}
        lost = [resource for resource in self.resources if resource["urn"] not in there]
        known = there | {resource["urn"] for resource in lost}
        whole = now | {
            "resources": kept + [without_mentions(resource, mentioned(resource) - known) for resource in lost]
        }
        return _with_stack_outputs(whole, {})


_PARTS = ("inputs", "outputs")
_NOTE = "interruptedRepair"
"""The stack output with what an interrupted repair or acceptance has to recall."""


def note_in(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The note among the outputs of a stack, if there is one."""
    return {name: value for name, value in outputs.items() if name == _NOTE}


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


def _stack_outputs(deployment: Deployment) -> Iterator[Mapping[str, Any]]:
    for resource in deployment.get("resources") or ():
        if resource["type"] == STACK:
            yield resource.get("outputs") or {}


def _with_stack_outputs(deployment: Deployment, note: dict[str, str]) -> Deployment:
    """The deployment with a note among the outputs of the stack, or without one."""
    resources: list[dict[str, Any]] = []
    for resource in deployment.get("resources") or ():
        outputs = {name: value for name, value in (resource.get("outputs") or {}).items() if name != _NOTE}
        resources.append(resource | {"outputs": outputs | note} if resource["type"] == STACK else resource)
    return deployment | {"resources": resources}
