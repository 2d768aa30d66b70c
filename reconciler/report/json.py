"""The drift report as JSON with a published schema (docs/schemas/drift-report.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import Field
from pydantic.json_schema import GenerateJsonSchema

from reconciler.definitions.model import Ignore
from reconciler.drift.documents import (
    DifferenceDocument,
    Document,
    RuleDocument,
    SeverityWord,
    SourceDocument,
    severity_word,
)
from reconciler.drift.findings import Attribution, Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import RULES
from reconciler.printable import printable_json

VERSION: Literal[1] = 1
"""Incremented when programs that read the document must change; new members do not count."""


class AttributionDocument(Document):
    """The author of a change, from Okta's System Log."""

    actor: str
    """A person's login or an app's name."""
    actor_id: str
    """The actor's id in the tenant."""
    time: datetime
    """The time of the event, in UTC."""
    address: str
    """The client's IP address; empty if the log has none."""
    event: str
    """The type of the event."""
    by_reconciler: bool
    """Whether the reconciler made the change, with its own credentials."""


class RelationDocument(Document):
    """A declared object that owns or refers to another."""

    source: tuple[str, str]
    """Kind and name of the object that owns or refers."""
    target: tuple[str, str]
    """Kind and name of an object with findings."""
    owns: bool
    """True if the source owns the target; false if it refers to it."""


class FindingDocument(Document):
    """A difference in one field, or about an object as a whole."""

    id: str = Field(pattern="^[0-9a-f]{12}$")
    """The id of the finding, the same on every run."""
    verdict: Verdict
    """The verdict."""
    severity: SeverityWord
    """The severity."""
    rules: list[str]
    """The ids of the rules that set the severity; if empty, the verdict sets it."""
    attribution: AttributionDocument | None
    """The author of the change; null if unknown."""
    kind: str
    """The kind of the object, as in the definitions."""
    name: str
    """The logical name; empty for unmanaged objects."""
    label: str
    """The name in Okta."""
    okta_id: str
    """The object's id in the tenant; empty if it has none."""
    field: str
    """The field; empty if the finding is about the object as a whole."""
    inherited: bool
    """Whether the field is not in the definition, so that its default is expected."""
    expected: Any
    """The declared value."""
    applied: Any
    """The value recorded by the last `up`."""
    actual: Any
    """The value in the tenant."""
    differences: list[DifferenceDocument]
    """The differences inside the field."""
    source: SourceDocument | None
    """The location of the definition."""
    detail: str
    """An explanation, where the verdict alone is not enough."""


class IgnoredDocument(Document):
    """An active entry of `ignore.yaml` and the findings it covers."""

    source: SourceDocument
    """The location of the entry."""
    reason: str
    """Why the findings are ignored."""
    owner: str
    """The owner of the entry."""
    expires: date
    """The last day on which the entry is active."""
    findings: list[FindingDocument]
    """The findings it covers; empty if it covers none."""


class DriftDocument(Document):
    """The result of one run of drift detection."""

    version: Literal[1]
    """The version of this format."""
    environment: str
    """The name of the environment."""
    url: str
    """The address of the tenant."""
    started: datetime
    """When the tenant was read, in UTC."""
    seconds: float = Field(ge=0)
    """The duration of the run."""
    requests: int = Field(ge=0)
    """How many API requests the run made."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differ from that commit."""
    definitions_digest: str
    """SHA-256 of the declared objects; empty if unknown."""
    declared: int = Field(ge=0)
    """How many objects are declared."""
    objects: dict[str, int]
    """How many live objects were read, by kind."""
    watched: dict[str, int]
    """How many items were read of collections and relations that no kind covers, by their word."""
    not_visible: dict[str, str]
    """The collections and relations that the credentials may not read, by their word, with the reason."""
    has_drift: bool
    """Whether the tenant drifted: any finding is changed, missing, unmanaged, conflict or beyond."""
    counts: dict[Verdict, int]
    """The number of findings per verdict."""
    severities: dict[SeverityWord, int]
    """The number of findings per severity."""
    rules: list[RuleDocument]
    """The rules that apply to any of the findings, ignored or not."""
    findings: list[FindingDocument]
    """The findings, in the order of the definitions."""
    ignored: list[IgnoredDocument]
    """Ignored findings by entry of `ignore.yaml`; they are neither in `findings` nor in the counts."""
    relations: list[RelationDocument]
    """Owners of the objects with findings, and objects that refer to them."""
    notes: list[str]
    """What the run could not compare, and the consequence."""
    state_found: bool
    """Whether the state has any objects. Without a state, deleted objects look like objects never applied."""


def render(report: DriftReport) -> str:
    """The report as JSON in ASCII; all other characters are escaped, so no name can confuse a terminal."""
    return printable_json(document(report).model_dump(mode="json"))


def document(report: DriftReport) -> DriftDocument:
    """The report as the published document."""
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
        watched=dict(sorted(report.watched.items())),
        not_visible=dict(sorted(report.not_visible.items())),
        has_drift=report.has_drift,
        counts=report.counts,
        severities={severity_word(severity): count for severity, count in report.severities.items()},
        rules=[RuleDocument.of(rule) for rule in RULES if rule.id in held],
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
    """The published JSON Schema (2020-12) of the document."""
    body = DriftDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _attribution(done: Attribution) -> AttributionDocument:
    return AttributionDocument(
        actor=done.actor,
        actor_id=done.actor_id,
        time=done.time.astimezone(UTC),
        address=done.address,
        event=done.event,
        by_reconciler=done.by_reconciler,
    )


def _ignored(entry: Ignore, findings: Sequence[Finding]) -> IgnoredDocument:
    return IgnoredDocument(
        source=SourceDocument.of(entry.source),
        reason=entry.reason,
        owner=entry.owner,
        expires=entry.expires,
        findings=[_finding(finding) for finding in findings],
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument(
        id=finding.id,
        verdict=finding.verdict,
        severity=severity_word(finding.severity),
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
        differences=list(map(DifferenceDocument.of, finding.differences)),
        source=SourceDocument.of(finding.source) if finding.source else None,
        detail=finding.detail,
    )
