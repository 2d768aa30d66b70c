"""A preview, or the report of a run, as JSON with a published schema (docs/schemas/plan-report.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.drift.documents import Document, SeverityWord, severity_word
from reconciler.engine.changes import Outcome
from reconciler.plan.documents import (
    ChangeDocument,
    EffectDocument,
    GuardResultDocument,
    ObjectDocument,
    RenameDocument,
)
from reconciler.plan.severity import RuleHits
from reconciler.printable import printable_json
from reconciler.report.plan import PlanReport

VERSION: Literal[1] = 1
"""Incremented when programs that read the document must change; new members do not count."""


class OutcomeDocument(ChangeDocument):
    """One planned or attempted change of an object."""

    outcome: Outcome | None
    """The outcome; null in a preview. `half done`: deleted, but the replacement was not created. `unknown`: started,
    but its end was not seen. `not tried`: never started."""


class PlannedRuleDocument(Document):
    """A severity rule that applies to at least one change."""

    id: str
    """The id of the rule, the same in every report."""
    severity: SeverityWord
    """The severity of changes to which the rule applies."""
    meaning: str
    """What will be so, in one line."""
    objects: list[ObjectDocument]
    """The objects whose changes it applies to."""

    @classmethod
    def of(cls, hit: RuleHits) -> Self:
        """The document of a rule and its changes."""
        return cls(
            id=hit.rule.id,
            severity=severity_word(hit.rule.severity),
            meaning=hit.rule.planned,
            objects=[ObjectDocument.of_address(change.address) for change in hit.changes],
        )


class ComparedWithDocument(Document):
    """What the definitions were compared with."""

    tenant: bool
    """Whether they were compared with the tenant, and not only with the state."""
    state_written: datetime | None
    """When the state was last written, in UTC; null if there is no state."""


class PlanDocument(Document):
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
    severities: dict[SeverityWord, int]
    """The number of planned or completed changes per severity."""
    rules: list[PlannedRuleDocument]
    """The severity rules that apply to any of these changes, most severe first."""
    guards: list[GuardResultDocument]
    """What guards refuse, also if it was overridden."""
    effects: list[EffectDocument]
    """The consequences for people and for other objects."""
    renames: list[RenameDocument]
    """Documents that look renamed without `previously`."""
    changes: list[OutcomeDocument]
    """Deletions and replacements first, then the most severe; after a run, changes that were not carried out last."""
    failures: list[str]
    """The engine's error messages; each names its object, if it is about one."""
    notes: list[str]
    """Further remarks."""


def render(plan: PlanReport) -> str:
    """The changes as JSON in ASCII; all other characters are escaped, so no name can confuse a terminal."""
    return printable_json(document(plan).model_dump(mode="json"))


def document(plan: PlanReport) -> PlanDocument:
    """The changes as the published document."""
    outcome = Outcome.DONE if plan.applied else None
    changes = [OutcomeDocument.of(change, outcome=outcome) for change in plan.in_order]
    changes += [OutcomeDocument.of(change, outcome=became) for became, group in plan.not_done for change in group]
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
        severities={severity_word(severity): count for severity, count in plan.severities.items()},
        rules=list(map(PlannedRuleDocument.of, plan.hits)),
        guards=list(map(GuardResultDocument.of, plan.guards)),
        effects=list(map(EffectDocument.of, plan.effects)),
        renames=list(map(RenameDocument.of, plan.renames)),
        changes=changes,
        failures=list(plan.failures),
        notes=list(plan.notes),
    )


def schema() -> str:
    """The published JSON Schema (2020-12) of the document."""
    body = PlanDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"
