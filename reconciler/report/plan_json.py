"""The changes of a preview or an `up` for programs: a document with a schema (docs/schemas/plan.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.engine.changes import Change, Operation
from reconciler.report.plan import PlanReport

VERSION: Literal[1] = 1
"""Grows when a program that reads the document would have to change; new members alone do not."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ChangeDocument(_Document):
    """One object that changes."""

    operation: Operation
    """What happens to it."""
    kind: str
    """The kind of the object, as definitions call it."""
    name: str
    """The logical name."""
    fields: list[str]
    """The fields that differ, for an update or a replacement."""
    drifted: list[str]
    """Other fields that become as declared, because somebody changed them in the tenant."""
    deleted_in_tenant: bool
    """Whether it is made again because somebody deleted it in the tenant."""


class GroundDocument(_Document):
    """What the definitions were compared with."""

    tenant: bool
    """Whether with the tenant, besides the state."""
    state_written: datetime | None
    """When the state was written last, in UTC; null if there is none."""


class PlanDocument(_Document):
    """What one preview found, or one `up` did."""

    version: Literal[1]
    """The version of this format."""
    environment: str
    """The environment, as the definitions call it."""
    url: str
    """The address of the tenant."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    applied: bool
    """Whether this is what an `up` did, rather than what it would do."""
    ground: GroundDocument | None
    """What the definitions were compared with."""
    counts: dict[Operation, int]
    """How many objects each operation happens to."""
    unchanged: int = Field(ge=0)
    """How many objects stay as they are."""
    changes: list[ChangeDocument]
    """Deletions and replacements first."""
    failures: list[str]
    """What went wrong; without any, this is everything."""
    notes: list[str]
    """What else there is to know."""


def render(plan: PlanReport) -> str:
    """The plan as JSON, in ASCII: what is not is escaped, so that no terminal is fooled by a name."""
    return json.dumps(document(plan).model_dump(mode="json"), indent=2) + "\n"


def document(plan: PlanReport) -> PlanDocument:
    """The plan as the document that is published."""
    written = plan.ground.state_written if plan.ground else None
    return PlanDocument(
        version=VERSION,
        environment=plan.environment,
        url=plan.url,
        commit=plan.commit,
        applied=plan.applied,
        ground=plan.ground
        and GroundDocument(tenant=plan.ground.tenant, state_written=written and written.astimezone(UTC)),
        counts={operation: plan.changes.count(operation) for operation in Operation},
        unchanged=plan.changes.unchanged,
        changes=[_change(change) for change in plan.in_order],
        failures=list(plan.failures),
        notes=list(plan.notes),
    )


def schema() -> str:
    """The JSON Schema (2020-12) of the document, as it is published."""
    body = PlanDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _change(change: Change) -> ChangeDocument:
    return ChangeDocument(
        operation=change.operation,
        kind=change.kind,
        name=change.name,
        fields=list(change.fields),
        drifted=list(change.drifted),
        deleted_in_tenant=change.deleted,
    )
