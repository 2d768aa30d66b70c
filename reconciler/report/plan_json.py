"""A preview, or the account of a run, for programs: a document with a published schema
(docs/schemas/plan-report.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.engine.changes import Change, Operation, Outcome
from reconciler.report.plan import PlanReport

VERSION: Literal[1] = 1
"""Grows when a program that reads the document would have to change; new members alone do not."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ChangeDocument(_Document):
    """One object that would be changed, or was to be changed."""

    operation: Operation
    """What happens to it; `release` lets go of it: it stays in the tenant, unmanaged."""
    kind: str
    """The kind of the object, as definitions call it."""
    name: str
    """The logical name."""
    fields: list[str]
    """The fields that differ, for an update, a replacement or an import."""
    drifted: list[str]
    """Other fields that become as declared with them, because somebody changed them in the tenant."""
    deleted_in_tenant: bool
    """Whether it is made again because somebody deleted it in the tenant."""
    outcome: Outcome | None
    """What became of it; null in a preview. `half done` was deleted for a replacement that was not created; of
    `unknown` nobody saw the end; `not tried` never began."""


class GroundDocument(_Document):
    """What the definitions were compared with."""

    tenant: bool
    """Whether with the tenant, besides the state."""
    state_written: datetime | None
    """When the state was written last, in UTC; null if there is none."""


class PlanDocument(_Document):
    """The changes of one preview, or what became of those of one run that changed the tenant."""

    version: Literal[1]
    """The version of this format."""
    environment: str
    """The name of the environment."""
    url: str
    """The address of the tenant."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differ from that commit."""
    command: str
    """The command that was run: `preview`, `up` or `repair`."""
    applied: bool
    """Whether the changes have outcomes: this is what a run did, and not what an `up` would do."""
    interrupted: bool
    """Whether a signal ended the run."""
    succeeded: bool
    """Whether nothing failed and the run was not interrupted."""
    conclusion: str
    """The counts, in a sentence."""
    ground: GroundDocument | None
    """What the definitions were compared with; null for a repair, which is about findings."""
    unchanged: int = Field(ge=0)
    """How many objects are as declared already, as far as the engine got."""
    changes: list[ChangeDocument]
    """Deletions and replacements first; after a run, what was not done comes last."""
    failures: list[str]
    """What failed, in the engine's words; each names its object, if it is about one."""
    notes: list[str]
    """What else there is to know."""


def render(plan: PlanReport) -> str:
    """The changes as JSON, in ASCII: what is not is escaped, so that no terminal is fooled by a name."""
    return json.dumps(document(plan).model_dump(mode="json"), indent=2) + "\n"


def document(plan: PlanReport) -> PlanDocument:
    """The changes as the document that is published."""
    outcome = Outcome.DONE if plan.applied else None
    changes = [_change(change, outcome) for change in plan.in_order]
    changes += [_change(change, became) for became, group in plan.not_done for change in group]
    written = plan.ground.state_written if plan.ground else None
    return PlanDocument(
        version=VERSION,
        environment=plan.environment,
        url=plan.url,
        commit=plan.commit,
        dirty=plan.dirty,
        command=plan.verb if plan.applied else "preview",
        applied=plan.applied,
        interrupted=plan.changes.interrupted,
        succeeded=not (plan.failures or plan.changes.interrupted),
        conclusion=plan.conclusion,
        ground=plan.ground
        and GroundDocument(tenant=plan.ground.tenant, state_written=written and written.astimezone(UTC)),
        unchanged=plan.changes.unchanged,
        changes=changes,
        failures=list(plan.failures),
        notes=list(plan.notes),
    )


def schema() -> str:
    """The JSON Schema (2020-12) of the document, as it is published."""
    body = PlanDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _change(change: Change, outcome: Outcome | None) -> ChangeDocument:
    return ChangeDocument(
        operation=change.operation,
        kind=change.kind,
        name=change.name,
        fields=list(change.fields),
        drifted=list(change.drifted),
        deleted_in_tenant=change.deleted,
        outcome=outcome,
    )
