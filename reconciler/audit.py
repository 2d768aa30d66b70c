"""The audit: who changed a tenant when, with which definitions, and how it ended. Lines are added, never changed.

A run writes a line when it begins and one when it ends, so a killed run leaves its first line. In a folder, each
environment has a file with one JSON object per line. At a URL that fsspec supports (`s3://`, `gs://`), where nothing
can be appended to, each line is an object of its own.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from reconciler.errors import ReconcilerError
from reconciler.file_formats import AUDIT_LINE


class AuditNotWritten(ReconcilerError):
    """Raised when a line cannot be written or read."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class AuditOverride(_Line):
    """The permission to make a change that a guard refuses."""

    rule: str
    """The id of the guard."""
    object: str
    """The object that the guard refused."""
    reason: str
    by: str
    at: datetime


class AuditLine(_Line):
    """The beginning or the end of a run that may change a tenant. An end repeats what the beginning says."""

    version: Literal[1] = 1
    """The version of this format."""
    event: Literal["begin", "end"]
    run: str
    """The id that both lines of a run have."""
    time: datetime
    """When the line was written, in UTC."""
    command: str
    """`up`, `repair` or `rotate`."""
    environment: str
    tenant: str
    """The URL of the tenant."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differed from the commit."""
    definitions: str
    """The digest of the objects declared for this environment."""
    documents: str
    """The digest of the documents, which is the same for all environments."""
    by: str
    """Who made the run: the login in the CI system, or `user@machine`."""
    ci_run: str
    """The address of the run in the CI system; empty elsewhere."""
    tool: str
    """The version of the reconciler."""
    plan: str = ""
    """The digest of the saved plan that was applied; empty without one."""
    overrides: tuple[AuditOverride, ...] = ()
    broken_locks: tuple[str, ...] = ()
    """The holders of the locks that `--break-lock` removed."""
    rotates: str = ""
    """The app whose credential `rotate` renews; empty for other commands."""
    steps: tuple[str, ...] = ()
    """At the end: what `rotate` did, in order."""
    planned: dict[str, int] | None = None
    """At the end: the number of changes by operation. Null if the run ended before it had a plan."""
    outcomes: dict[str, int] | None = None
    """At the end: the number of changes by outcome. Null if nothing was applied."""
    end: Literal["done", "failed", "refused", "declined", "interrupted"] | None = None
    """How the run ended; `declined`: the user did not confirm the change."""
    exit: int | None = None
    """The exit code."""
    message: str = ""
    """Why the run did not end well, without secrets."""


def new_run() -> str:
    """An id for a run."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def schema() -> str:
    """The published JSON Schema (2020-12) of a line."""
    body = AuditLine.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of all environments, at a path or a URL."""

    location: str

    def add(self, line: AuditLine) -> None:
        """Add a line. It is on the disk when this returns. Raises `AuditNotWritten`."""
        text = as_json(line)
        try:
            if self._is_url:
                self._put(line, text)
            else:
                _append(self._file(line.environment), text)
        except (OSError, ImportError, ValueError) as error:
            where = self.where(line.environment)
            raise AuditNotWritten(
                f"the audit of {line.environment} cannot be written to {where}: {_reason(error)}",
                hint="nothing is changed in a tenant without an audit line: make it writable, or set RECONCILER_AUDIT "
                "to another folder or URL",
            ) from error

    def lines(self, environment: str) -> list[AuditLine]:
        """The lines of an environment, oldest first; incomplete ones are left out.

        Raises `AuditNotWritten`, and `NewerFormat` if a newer reconciler wrote one of them.
        """
        try:
            texts = (
                list(self._objects(environment)) if self._is_url else self._file(environment).read_bytes().splitlines()
            )
        except FileNotFoundError:
            return []
        except (OSError, ImportError, ValueError) as error:
            raise AuditNotWritten(
                f"the audit of {environment} cannot be read: {self.where(environment)}: {_reason(error)}"
            ) from error
        where = self.where(environment)
        return sorted(filter(None, (_parsed(text, where) for text in texts)), key=lambda line: line.time)

    def unfinished(self, environment: str) -> Sequence[AuditLine]:
        """The first lines of runs that still run or were killed, oldest first. Raises as `lines`.

        A run that was not refused held the state alone: whatever began before it has ended.
        """
        lines = self.lines(environment)
        ends = {line.run: line.end for line in lines if line.event == "end"}
        begins = [line for line in lines if line.event == "begin"]
        latest = max((line.time for line in begins if ends.get(line.run, "refused") != "refused"), default=None)
        return [line for line in begins if line.run not in ends and not (latest and line.time < latest)]

    def where(self, environment: str) -> str:
        """Where the lines of an environment are."""
        return f"{self._base}/{environment}/" if self._is_url else str(self._file(environment))

    @property
    def _is_url(self) -> bool:
        return "://" in self.location and not self.location.startswith("file://")

    @property
    def _base(self) -> str:
        return self.location.removeprefix("file://").rstrip("/")

    def _file(self, environment: str) -> Path:
        return Path(self._base) / f"{environment}.jsonl"

    def _put(self, line: AuditLine, text: str) -> None:
        import fsspec

        url = f"{self._base}/{line.environment}/{line.run}-{line.event}.json"
        filesystem, path = fsspec.core.url_to_fs(url)
        filesystem.makedirs(filesystem._parent(path), exist_ok=True)
        filesystem.pipe_file(path, text.encode() + b"\n")

    def _objects(self, environment: str) -> Iterator[bytes]:
        import fsspec

        filesystem, path = fsspec.core.url_to_fs(f"{self._base}/{environment}")
        for each in filesystem.ls(path, detail=False):
            yield filesystem.cat_file(each)


def as_json(line: AuditLine) -> str:
    """A line as JSON in ASCII, so that no name can confuse a terminal or a log."""
    return json.dumps(line.model_dump(mode="json"), separators=(",", ":"))


def _append(file: Path, text: str) -> None:
    """Append a line in one write, and sync it. After an incomplete line, it begins on a line of its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = b"\n" * torn + text.encode() + b"\n"
        if os.write(descriptor, data) != len(data):
            raise OSError("no space left on device")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parsed(text: bytes, where: str) -> AuditLine | None:
    try:
        value = json.loads(text)
    except ValueError:  # incomplete
        return None
    if isinstance(value, dict):
        AUDIT_LINE.check(where, value.get("version"), "remove the line")
    try:
        return AuditLine.model_validate_json(text)
    except ValidationError:
        return None


def _reason(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__


def counts(changes: Any) -> dict[str, int]:
    """How often each of these values occurs, by their words and in their order."""
    found: dict[str, int] = {}
    for one in sorted(str(each) for each in changes):
        found[one] = found.get(one, 0) + 1
    return found
