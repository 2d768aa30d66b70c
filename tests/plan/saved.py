"""Saved plans of worlds, without engine and network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.engine.state import STACK, Deployment
from reconciler.plan.file import SavedPlan, ToolDocument, sealed
from reconciler.plan.preparation import Preparation
from reconciler.plan.saving import content_of
from tests.plan.plans import plan_of
from tests.settled import World

TOOL = ToolDocument(reconciler="0.1.0", engine="3.256.0", provider="6.8.0")


def deployment_of(world: World) -> Deployment:
    """The state of a world as the engine writes it."""
    resources: list[dict[str, Any]] = [{"urn": "urn:pulumi:test::okta::pulumi:pulumi:Stack::okta-test", "type": STACK}]
    resources += [
        {"urn": one.urn, "type": one.kind.resource, "id": one.id, "inputs": dict(one.inputs)}
        for one in world.applied.values()
    ]
    return {"manifest": {"time": "2026-02-27T02:00:07Z"}, "resources": resources}


def saved(
    world: World, key: str = "", policy: Mapping[str, bytes] | None = None, tool: ToolDocument = TOOL
) -> SavedPlan:
    """The document of what `up` would do in this world."""
    plan = plan_of(world)
    plan = replace(plan, preparation=Preparation(digest="", match=plan.match, deployment=deployment_of(world)))
    return sealed(content_of(plan, "okta/test", tool, policy or {}), key)
