"""The status of environments as JSON with a published schema (docs/schemas/status.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import GenerateJsonSchema

from reconciler.commit import LogEntry
from reconciler.history import Run
from reconciler.last_up import LastUp
from reconciler.report.status import EnvironmentStatus, PromotionStatus, Status

VERSION: Literal[1] = 1
"""Incremented when programs that read the document must change; new members do not count."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CommitDocument(_Document):
    """A commit that changes the definitions."""

    id: str
    author: str
    at: str
    """When it was written."""
    subject: str


class AppliedDocument(_Document):
    """The last `up` of an environment."""

    definitions: str
    """The digest of the applied objects."""
    documents: str
    """The digest of the applied documents, comparable between environments; empty if it was not recorded."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differed from the commit."""
    at: datetime | None
    """When it began, in UTC; null if that was not recorded."""
    by: str
    """Who made it."""
    run: str
    """The address of the run in a CI system; empty elsewhere."""
    tool: str
    """The version of the reconciler."""
    clean: bool
    """Whether it ended, and nothing failed."""


class LastDriftDocument(_Document):
    """The last run of drift detection that was recorded."""

    checked: datetime
    commit: str
    drift: int
    """The number of drift findings."""
    findings: int
    critical: int
    high: int


class PromotionDocument(_Document):
    """What the predecessor has taken and the environment has not."""

    after: str
    """The predecessor."""
    state: Literal["taken", "waiting", "not ready"]
    """`taken`: the environment has what the predecessor has. `waiting`: it could take it. `not ready`: it could not."""
    reason: str
    """Why it is not ready."""
    commits: list[CommitDocument] | None
    """The commits that wait, newest first; null if they are not known."""


class EnvironmentStatusDocument(_Document):
    """One environment."""

    name: str
    url: str
    """The URL of the tenant; empty if the definitions are invalid."""
    problem: str
    """Why the definitions or the state cannot be read; empty if they can."""
    applied: AppliedDocument | None
    """The last `up`; null if there was none, or if the state cannot be read."""
    pending: bool | None
    """Whether the definitions in the checkout declare something else; null if that is not known."""
    beyond: list[CommitDocument] | None
    """The commits of the definitions since the applied one, newest first; null if they are not known."""
    drift: LastDriftDocument | None
    """The last check for drift; null if none was recorded."""
    promotion: PromotionDocument | None
    """Null if the environment takes any definitions."""


class StatusDocument(_Document):
    """The environments of a definitions folder."""

    version: Literal[1]
    """The version of this format."""
    ref: str
    """The commit that the environments were compared with, as it was named."""
    commit: str
    """Its id; empty outside a repository."""
    environments: list[EnvironmentStatusDocument]


def render(status: Status) -> str:
    """The status as JSON in ASCII; all other characters are escaped, so no name can confuse a terminal."""
    return json.dumps(document(status).model_dump(mode="json"), indent=2) + "\n"


def document(status: Status) -> StatusDocument:
    """The status as the published document."""
    environments = [_environment(one) for one in status.environments]
    return StatusDocument(version=VERSION, ref=status.ref, commit=status.commit, environments=environments)


def schema() -> str:
    """The published JSON Schema (2020-12) of the document."""
    body = StatusDocument.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _environment(one: EnvironmentStatus) -> EnvironmentStatusDocument:
    return EnvironmentStatusDocument(
        name=one.name,
        url=one.url,
        problem=one.problem,
        applied=one.last and _applied(one.last),
        pending=one.pending,
        beyond=None if one.beyond is None else [*map(_commit, one.beyond)],
        drift=one.drift and _drift(one.drift),
        promotion=one.promotion and _promotion(one.promotion),
    )


def _applied(last: LastUp) -> AppliedDocument:
    return AppliedDocument(
        definitions=last.definitions,
        documents=last.documents,
        commit=last.commit.id,
        dirty=last.commit.dirty,
        at=last.at and last.at.astimezone(UTC),
        by=last.by,
        run=last.run,
        tool=last.tool,
        clean=last.clean,
    )


def _drift(run: Run) -> LastDriftDocument:
    return LastDriftDocument(
        checked=run.started.astimezone(UTC),
        commit=run.commit,
        drift=run.drift,
        findings=run.findings,
        critical=run.critical,
        high=run.high,
    )


def _promotion(promotion: PromotionStatus) -> PromotionDocument:
    commits = None if promotion.commits is None else [*map(_commit, promotion.commits)]
    return PromotionDocument(after=promotion.after, state=promotion.state, reason=promotion.reason, commits=commits)


def _commit(entry: LogEntry) -> CommitDocument:
    return CommitDocument(id=entry.id, author=entry.author, at=entry.at, subject=entry.subject)
