"""A preview, or the report of a run, as JSON with a published schema (docs/schemas/plan-report.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.engine.changes import Change, Operation, Outcome
from reconciler.report.plan import PlanReport

VERSION: Literal[1] = 1
"""Incremented when programs that read the document must change; new members do not count."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ChangeDocument(_Document):
    """One planned or attempted change of an object."""

    operation: Operation
    """The operation; a released object stays in the tenant, no longer managed."""
    kind: str
    """The kind of the object, as in the definitions."""
    name: str
    """The logical name."""
    fields: list[str]
    """The fields that differ, for an update, a replacement or an import."""
    drifted: list[str]
    """Other fields that were changed in the tenant; the update restores their declared values."""
    deleted_in_tenant: bool
    """Whether the object was deleted in the tenant and is created again."""
    outcome: Outcome | None
    """The outcome; null in a preview. `half done`: deleted, but the replacement was not created. `unknown`: started,
    but its end was not seen. `not tried`: never started."""


class ComparedWithDocument(_Document):
    """What the definitions were compared with."""

    tenant: bool
    """Whether they were compared with the tenant, and not only with the state."""
    state_written: datetime | None
    """When the state was last written, in UTC; null if there is no state."""


class PlanDocument(_Document):
    """The planned changes of a preview, or the outcomes of a run."""

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
    """True after a run: the changes have outcomes. False for a preview."""
    interrupted: bool
    """Whether a signal ended the run."""
    succeeded: bool
    """Whether nothing failed and the run was not interrupted."""
    conclusion: str
    """The counts, in one line."""
    compared_with: ComparedWithDocument | None
    """What the definitions were compared with; null for a repair."""
    unchanged: int = Field(ge=0)
    """How many objects the engine found unchanged."""
    changes: list[ChangeDocument]
    """Deletions and replacements first; after a run, changes that were not carried out last."""
    failures: list[str]
    """The engine's error messages; each names its object, if it is about one."""
    notes: list[str]
    """Further remarks."""


def render(plan: PlanReport) -> str:
    """The changes as JSON in ASCII; all other characters are escaped, so no name can confuse a terminal."""
    return json.dumps(document(plan).model_dump(mode="json"), indent=2) + "\n"


def document(plan: PlanReport) -> PlanDocument:
    """The changes as the published document."""
    outcome = Outcome.DONE if plan.applied else None
    changes = [_change(change, outcome) for change in plan.in_order]
    changes += [_change(change, became) for became, group in plan.not_done for change in group]
    written = plan.compared_with.state_written if plan.compared_with else None
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
        compared_with=plan.compared_with
        and ComparedWithDocument(tenant=plan.compared_with.tenant, state_written=written and written.astimezone(UTC)),
        unchanged=plan.changes.unchanged,
        changes=changes,
        failures=list(plan.failures),
        notes=list(plan.notes),
    )


def schema() -> str:
    """The published JSON Schema (2020-12) of the document."""
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
