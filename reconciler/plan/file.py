"""A plan as a file: the changes, their sources, who made the plan and with which tools.

The file has no secrets. Its digest tells damage and careless edits; its signature, an HMAC with the key in
`RECONCILER_PLAN_KEY`, tells forgeries. Applying a saved plan computes a new one and compares them, so the file decides
only what may be applied, never what a value is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from reconciler import files
from reconciler.drift.documents import Document
from reconciler.drift.leaves import as_text
from reconciler.errors import ReconcilerError, Refused
from reconciler.file_formats import PLAN
from reconciler.plan.digests import Digests
from reconciler.plan.documents import (
    ChangeDocument,
    EffectDocument,
    GuardResultDocument,
    OverrideDocument,
    UncomparedSecretDocument,
)

VERSION: Literal[1] = 1
"""Incremented when programs that read the document must change; new members do not count."""
KEY: Final = "RECONCILER_PLAN_KEY"
"""The environment variable with the key of signatures."""
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clock of the machine that made a plan may be ahead."""
_LARGEST = 256 * 2**20
"""Bytes. The largest plan of 10,000 objects has a tenth of that."""


class InvalidPlan(ReconcilerError):
    """Raised when a file is not a plan that can be read."""


class PlanRefused(Refused):
    """Raised when a saved plan must not be applied: too old, forged, or for something else."""


class ToolDocument(Document):
    """The programs that made a plan."""

    reconciler: str
    """The version of the reconciler."""
    engine: str
    """The version of the Pulumi CLI."""
    provider: str
    """The version of the Okta provider plugin, or `stand-in`."""


class DigestsDocument(Document):
    """The digests of one source of a plan."""

    digest: str
    """The digest of all objects."""
    objects: dict[str, str]
    """A short digest of each object, by its name."""

    @classmethod
    def of(cls, digests: Digests) -> DigestsDocument:
        """The document of these digests."""
        return cls(digest=digests.overall, objects=digests.objects)


class SavedPlan(Document):
    """What one `up` would change, and what that was computed from."""

    version: Literal[1]
    """The version of this format."""
    environment: str
    """The name of the environment."""
    url: str
    """The address of the tenant."""
    stack: str
    """The Pulumi project and stack."""
    refresh: bool
    """Whether drift is reverted."""
    created: datetime
    """When the plan was made, in UTC."""
    author: str
    """Who made it."""
    run: str
    """The address of the run in a CI system; empty elsewhere."""
    tool: ToolDocument
    """The programs that made it."""
    commit: str
    """The commit of the definitions; empty outside a repository."""
    dirty: bool
    """Whether the definitions differ from that commit."""
    definitions: DigestsDocument
    """The declared objects."""
    state: DigestsDocument
    """The resources in the state, without secrets."""
    tenant: DigestsDocument
    """The objects in the tenant, managed or not, without secrets and without what changes by itself."""
    policy: dict[str, str]
    """The digests of the files that limit what definitions may do, such as `guards.yaml`."""
    changes: list[ChangeDocument]
    """The changes with their values, deletions and replacements included."""
    not_compared: list[UncomparedSecretDocument]
    """Secrets that could not be compared. If they changed, applying the plan updates them."""
    effects: list[EffectDocument]
    """What the changes do to people and to other objects."""
    guards: list[GuardResultDocument]
    """What guards refuse. Guards of `up` alone are not among them: they are checked when the plan is applied."""
    overrides: list[OverrideDocument]
    """What is allowed nevertheless: `up --plan` uses these overrides, and no others."""
    notes: list[str]
    """Further remarks."""
    engine: dict[str, Any]
    """The engine's update plan: by URN, the steps of each resource that changes and its changed inputs. `[secret]`
    stands for each secret."""
    digest: str
    """SHA-256 of the canonical JSON of all other members, without `signature`."""
    signature: str
    """HMAC-SHA256 of `digest`, with the key in `RECONCILER_PLAN_KEY`; empty if there was none."""

    @property
    def content(self) -> dict[str, Any]:
        """All members that the digest covers."""
        return self.model_dump(mode="json", exclude={"digest", "signature"})


def sealed(content: Mapping[str, Any], key: str = "") -> SavedPlan:
    """The plan with this content: with its digest, and signed if there is a key."""
    plan = SavedPlan.model_validate({**content, "digest": "", "signature": ""})
    digest = _digest(plan.content)
    return plan.model_copy(update={"digest": digest, "signature": _signature(digest, key)})


def save(path: Path, plan: SavedPlan) -> None:
    """Write a plan. Raises `FileNotWritten`."""
    files.write(path, json.dumps(plan.model_dump(mode="json"), indent=1) + "\n")


def read(path: Path, key: str = "") -> SavedPlan:
    """Read a plan. With a key, it must be signed. Raises `InvalidPlan`, `NewerFormat` and `PlanRefused`."""
    plan = _parsed(path)
    if not hmac.compare_digest(plan.digest, _digest(plan.content)):
        raise PlanRefused(
            f"{path}: the plan was changed after it was made: its content does not match its digest",
            hint="nothing was changed; make a new plan with `preview --save-plan`",
        )
    if key and not hmac.compare_digest(plan.signature, _signature(plan.digest, key)):
        how = "is not signed with this key" if plan.signature else "is not signed"
        raise PlanRefused(
            f"{path}: {KEY} is set, and the plan {how}",
            hint=f"nothing was changed; make the plan where {KEY} has the same value",
        )
    return plan


def check_age(path: Path, plan: SavedPlan, max_age: timedelta, now: datetime | None = None) -> None:
    """Raise `PlanRefused` if a plan is too old, or from the future."""
    age = (now or datetime.now(UTC)) - plan.created
    made = f"{path}: the plan was made at {plan.created.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if age > max_age:
        raise PlanRefused(
            f"{made}, which is longer ago than --max-age allows",
            hint="nothing was changed; make a new plan, or pass a longer --max-age",
        )
    if age < -CLOCK_SKEW:
        raise PlanRefused(f"{made}, which is in the future", hint="nothing was changed; check the clocks")


def schema() -> str:
    """The published JSON Schema (2020-12) of the document."""
    body = SavedPlan.model_json_schema(mode="serialization")
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect} | body, indent=2) + "\n"


def _parsed(path: Path) -> SavedPlan:
    again = "make a new plan with `preview --save-plan`"
    try:
        if path.stat().st_size > _LARGEST:
            raise InvalidPlan(f"{path} is too large for a plan", hint=again)
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise InvalidPlan(f"{path} cannot be read: {error.strerror}", hint=again) from error
    except (ValueError, RecursionError) as error:
        raise InvalidPlan(f"{path} is not a complete JSON file: it may be truncated", hint=again) from error
    if not isinstance(value, dict):
        raise InvalidPlan(f"{path} is not a plan: it is not a JSON object", hint=again)
    PLAN.check(path, value.get("version"), again)
    try:
        return SavedPlan.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InvalidPlan(f"{path} is not a plan: {where}: {first['msg']}", hint=again) from None


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(as_text(content).encode(errors="surrogatepass")).hexdigest()


def _signature(digest: str, key: str) -> str:
    return hmac.digest(key.encode(), digest.encode(), "sha256").hex() if key else ""
