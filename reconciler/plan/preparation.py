"""What has to happen to the state before the engine runs. A preview does it to a copy, and an `up` to the stack."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.definitions.model import Address
from reconciler.engine.set_aside import completed
from reconciler.engine.state import Deployment, without, without_priorities
from reconciler.matching import Match
from reconciler.plan.reverted import RevertedDrift


@dataclass(frozen=True, slots=True)
class Preparation:
    """Changes of the state before the engine runs, and what the program needs."""

    digest: str
    """The digest of the state that is changed: see `state_digest`."""
    match: Match
    """The definitions, the state as the engine gets it, and the tenant."""
    reverted: RevertedDrift = field(default_factory=RevertedDrift)
    dropped: Mapping[Address, str] = field(default_factory=dict)
    """The URNs of objects that are no longer declared and were already deleted: deleting them again would fail."""
    forgotten: Collection[str] = ()
    """The URNs of objects that an interrupted run deleted in the tenant and could not record."""
    released: Mapping[str, Address] = field(default_factory=dict)
    """By URN, the objects that stay in the tenant and are no longer managed."""
    verified: bool = False
    """Whether afterwards all objects in the state are known to exist in the tenant."""
    refreshed: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """By URN, the resources of the state with the values in the tenant."""
    resent: Collection[str] = ()
    """The URNs of objects whose priorities are sent again, as they are in the state."""
    resent_as: Collection[str] = ()
    """The same URNs as declared: a renamed object has another one."""
    deployment: Deployment = field(default_factory=dict, repr=False)
    """The state before."""
    engine: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The engine's update plan (`pulumi preview --save-plan`), with its secrets encrypted."""

    @property
    def removed(self) -> set[str]:
        """The URNs of resources that are removed from the state."""
        deleted = {one.urn for one in self.reverted.deleted.values()}
        return {*deleted, *self.dropped.values(), *self.forgotten, *self.released}

    def of(self, deployment: Deployment) -> Deployment:
        """The state as the engine gets it."""
        deployment = completed(deployment)
        if removed := self.removed:
            deployment = without(deployment, removed)
        if self.refreshed:
            resources = [self.refreshed.get(one["urn"], one) for one in deployment["resources"]]
            deployment = deployment | {"resources": resources}
        return without_priorities(deployment, self.resent) if self.resent else deployment
