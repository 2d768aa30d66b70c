"""Makes the document of a plan, to save it or to compare it with a saved one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reconciler.actor import actor
from reconciler.engine.state import is_secret
from reconciler.plan.digests import digest, of_definitions, of_state, of_tenant
from reconciler.plan.documents import (
    ChangeDocument,
    EffectDocument,
    GuardResultDocument,
    OverrideDocument,
    UncomparedSecretDocument,
)
from reconciler.plan.file import VERSION, DigestsDocument, ToolDocument
from reconciler.plan.model import Override, Plan

_KEPT = ("steps", "inputDiff")
_MASK = "[secret]"
"""The text that the engine shows instead of a secret."""


def content_of(
    plan: Plan, stack: str, tool: ToolDocument, policy: Mapping[str, bytes], overrides: Sequence[Override] = ()
) -> dict[str, Any]:
    """The content of the document, as JSON; `policy` has the files that limit what definitions may do.

    Values may still contain known secrets, which are no fields of secret type: redact them.
    """
    who, preparation = actor(), plan.preparation
    assert preparation is not None
    environment = plan.desired.environment
    content: dict[str, Any] = {
        "version": VERSION,
        "environment": environment.name,
        "url": environment.url,
        "stack": stack,
        "refresh": plan.refresh,
        "created": datetime.now(UTC).replace(microsecond=0),
        "author": who.name,
        "run": who.run,
        "tool": tool,
        "commit": plan.commit.id,
        "dirty": plan.commit.dirty,
        "definitions": DigestsDocument.of(of_definitions(plan.desired)),
        "state": DigestsDocument.of(of_state(preparation.deployment)),
        "tenant": DigestsDocument.of(of_tenant(plan.live)),
        "policy": {name: digest(text.decode(errors="replace")) for name, text in sorted(policy.items())},
        "changes": [ChangeDocument.of(one) for one in sorted(plan.planned, key=lambda one: (one.address, one.urn))],
        "not_compared": list(map(UncomparedSecretDocument.of, plan.secrets_not_compared)),
        "effects": list(map(EffectDocument.of, plan.effects)),
        "guards": list(map(GuardResultDocument.of, plan.guards)),
        "overrides": list(map(OverrideDocument.of, overrides)),
        "notes": plan.changes.notes,
        "engine": engine_plan(preparation.engine),
    }
    return content


def engine_plan(update_plan: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of the engine's update plan for the resources that change, without secrets."""
    resources: Mapping[str, Any] = update_plan.get("resourcePlans") or {}
    return {
        urn: {"steps": one["steps"], "inputs": without_secrets((one.get("goal") or {}).get("inputDiff") or {})}
        for urn, one in sorted(resources.items())
        if set(one.get("steps") or ()) - {"same"}
    }


def without_secrets(value: Any) -> Any:
    """A value with a marker instead of each secret."""
    if is_secret(value):
        return _MASK
    if isinstance(value, Mapping):
        return {key: without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value
