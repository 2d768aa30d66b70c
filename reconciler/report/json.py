"""The drift report for programs: a document with a published schema (docs/schemas/drift-report.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.definitions.model import Ignore, Source
from reconciler.drift.findings import Attribution, Finding, Severity, Verdict
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import RULES, Rule
from reconciler.printable import printable_json

VERSION: Literal[1] = 1
"""Grows when a program that reads the document would have to change; new members alone do not."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


SeverityWord = Literal["critical", "high", "medium", "low", "info"]


class SourceDocument(_Document):
    """A place in the definitions; lines and columns count from 1."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)


class DifferenceDocument(_Document):
    """One place inside a field; null on the side where it is not."""

    path: str
    expected: Any
    actual: Any


class AttributionDocument(_Document):
    """Who did it, as Okta's System Log has it."""

    actor: str
    """A person's login or an app's name."""
    actor_id: str
    """The actor's id in the tenant."""
    time: datetime
    """When, in UTC."""
    address: str
    """The client's IP address; empty if the log does not tell."""
    event: str
    """The type of the event."""
    by_reconciler: bool
    """Whether it was this tool, with its own credentials."""


class RuleDocument(_Document):
    """A rule that holds for at least one finding."""

    id: str
    """The same in every report."""
    severity: SeverityWord
    """How bad it is when it holds."""
    meaning: str
    """What it says."""


class RelationDocument(_Document):
    """One declared object that owns another, or refers to it."""

    source: tuple[str, str]
    """Kind and name of what owns or refers."""
    target: tuple[str, str]
    """Kind and name of an object with findings."""
    owns: bool
    """Whether it owns it; otherwise it refers to it."""


class FindingDocument(_Document):
    """One thing that is not as it should be: a field of an object, or an object as a whole."""

    id: str = Field(pattern="^[0-9a-f]{12}$")
    """The same for the same thing on every run."""
    verdict: Verdict
    """What happened."""
    severity: SeverityWord
    """How bad it is."""
    rules: list[str]
    """The ids of the rules that say so; without any, the verdict decides."""
    attribution: AttributionDocument | None
    """Who did it; null if that is not known."""
    kind: str
    """The kind of the object, as definitions call it."""
    name: str
    """The logical name; empty for what nobody declared."""
    label: str
    """The name that Okta shows."""
    okta_id: str
    """The object's id in the tenant; empty where there is none."""
    field: str
    """The field; empty when it is about the object as a whole."""
    inherited: bool
    """Whether the definition leaves the field out, so that its default is expected."""
    expected: Any
    """What is declared."""
    applied: Any
    """What the last `up` recorded."""
    actual: Any
    """What the tenant has."""
    differences: list[DifferenceDocument]
    """Where inside the field."""
    source: SourceDocument | None
    """Where the definition states it."""
    detail: str
    """A sentence more, where the verdict does not say it all."""


class IgnoredDocument(_Document):
    """An entry of `ignore.yaml` that counts, and what it covers."""

    source: SourceDocument
    """Where the entry stands."""
    reason: str
    """Why the findings are ignored."""
    owner: str
    """Who answers for that."""
    expires: date
    """The last day on which the entry counts."""
    findings: list[FindingDocument]
    """What it covers; empty if it is of no use."""


class DriftDocument(_Document):
    """What one run of drift detection found."""

    version: Literal[1]
    """The version of this format."""
    environment: str
    """The environment, as the definitions call it."""
    url: str
    """The address of the tenant."""
    started: datetime
    """When the tenant was read, in UTC."""
    seconds: float = Field(ge=0)
    """How long the run took."""
    requests: int = Field(ge=0)
    """How many requests it cost."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differ from that commit."""
    definitions_digest: str
    """SHA-256 over what the definitions want; empty when unknown."""
    declared: int = Field(ge=0)
    """How many objects are declared."""
    objects: dict[str, int]
    """How many live objects were read, by kind."""
    has_drift: bool
    """Whether the tenant left what was applied: something is changed, missing, unmanaged or in conflict."""
    counts: dict[Verdict, int]
    """How many findings there are of each verdict."""
    severities: dict[SeverityWord, int]
    """How many findings there are of each severity."""
    rules: list[RuleDocument]
    """The rules that hold for any of the findings, ignored or not."""
    findings: list[FindingDocument]
    """Everything that is not as declared, in the order of the definitions."""
    ignored: list[IgnoredDocument]
    """What else is not as declared, and is passed over: it is neither among `findings` nor counted."""
    relations: list[RelationDocument]
    """What owns the objects with findings, and what refers to them."""
    notes: list[str]
    """What the run could not take into account, and what follows from that."""
    state_found: bool
    """Whether the state has anything: without it, nobody can tell what was deleted from what was never applied."""


def render(report: DriftReport) -> str:
    """The report as JSON, in ASCII: what is not is escaped, so that no terminal is fooled by a name."""
    return printable_json(document(report).model_dump(mode="json"))


def document(report: DriftReport) -> DriftDocument:
    """The report as the document that is published."""
    held = {rule for finding in (*report.findings, *report.ignored_findings) for rule in finding.rules}
    return DriftDocument(
        version=VERSION,
        environment=report.environment,
        url=report.url,
        started=report.started.astimezone(UTC),
        seconds=round(report.seconds, 3),
        requests=report.requests,
        commit=report.commit,
        dirty=report.dirty,
        definitions_digest=report.definitions_digest,
        declared=report.declared,
        objects=dict(sorted(report.objects.items())),
        has_drift=report.has_drift,
        counts=report.counts,
        severities={_word(severity): count for severity, count in report.severities.items()},
        rules=[_rule(rule) for rule in RULES if rule.id in held],
        findings=[_finding(finding) for finding in report.findings],
        ignored=[_ignored(entry, findings) for entry, findings in report.ignored.items()],
        relations=[
            RelationDocument(source=relation.source, target=relation.target, owns=relation.owns)
            for relation in report.relations
        ],
        notes=list(report.notes),
        state_found=report.state_found,
    )


def schema() -> str:
    """The JSON Schema (2020-12) of the document, as it is published."""
    body = DriftDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _word(severity: Severity) -> SeverityWord:
    return cast(SeverityWord, severity.word)


def _rule(rule: Rule) -> RuleDocument:
    return RuleDocument(id=rule.id, severity=_word(rule.severity), meaning=rule.meaning)


def _attribution(done: Attribution) -> AttributionDocument:
    return AttributionDocument(
        actor=done.actor,
        actor_id=done.actor_id,
        time=done.time.astimezone(UTC),
        address=done.address,
        event=done.event,
        by_reconciler=done.by_reconciler,
    )


def _source(source: Source) -> SourceDocument:
    return SourceDocument(file=source.file, line=source.line, column=source.column)


def _ignored(entry: Ignore, findings: Sequence[Finding]) -> IgnoredDocument:
    return IgnoredDocument(
        source=_source(entry.source),
        reason=entry.reason,
        owner=entry.owner,
        expires=entry.expires,
        findings=[_finding(finding) for finding in findings],
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument(
        id=finding.id,
        verdict=finding.verdict,
        severity=_word(finding.severity),
        rules=list(finding.rules),
        attribution=_attribution(finding.attribution) if finding.attribution else None,
        kind=finding.kind,
        name=finding.name,
        label=finding.label,
        okta_id=finding.okta_id,
        field=finding.field,
        inherited=finding.inherited,
        expected=finding.expected,
        applied=finding.applied,
        actual=finding.actual,
        differences=[
            DifferenceDocument(path=difference.path, expected=difference.expected, actual=difference.actual)
            for difference in finding.differences
        ],
        source=_source(finding.source) if finding.source else None,
        detail=finding.detail,
    )
