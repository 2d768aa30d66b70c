"""Findings: the results of drift detection, as values with stable ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reconciler.definitions.model import Source
from reconciler.kinds.risks import Severity as Severity


class Verdict(StrEnum):
    """What happened, judged by the declared, the applied and the live value."""

    CHANGED = "changed"
    """It was changed in the tenant: it is no longer as declared and applied."""
    MISSING = "missing"
    """It was deleted in the tenant."""
    UNMANAGED = "unmanaged"
    """It is in the tenant, but not declared."""
    PENDING = "pending"
    """The definition changed and is not applied yet. The tenant did not change."""
    CONFLICT = "conflict"
    """It was changed both in the definitions and in the tenant."""
    UNREADABLE = "unreadable"
    """It could not be read: not compared."""
    BEYOND = "beyond"
    """It changed since the last `up`, in a field definitions do not cover."""
    EXPIRED = "expired"
    """Its entry in `ignore.yaml` has expired and must be renewed or removed."""


DRIFT = frozenset({Verdict.CHANGED, Verdict.MISSING, Verdict.UNMANAGED, Verdict.CONFLICT, Verdict.BEYOND})
"""The verdicts that mean that the tenant drifted."""


ADDED = "added since the last `up`"
REMOVED = "removed since the last `up`"
NO_KIND = "no kind covers it"
"""Details of findings about what definitions do not cover."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who made a change and when, according to Okta's System Log."""

    actor: str
    """A user's login or an app's name."""
    actor_id: str
    time: datetime
    address: str
    """The client's IP address; empty if the log does not contain it."""
    event: str
    """The type of the event, such as `application.lifecycle.update`."""
    by_reconciler: bool
    """Whether the change was made with the credentials of the reconciler."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A path inside a field, such as `rules[Contractors].access`, with its values. None means absent."""

    path: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """A field of an object, or a whole object, that is not as expected."""

    verdict: Verdict
    kind: str
    name: str
    """The logical name; empty if the object is not declared."""
    label: str
    """The name that Okta shows."""
    okta_id: str = ""
    field: str = ""
    """The field; empty if the finding is about the whole object."""
    expected: Any = None
    """The declared value, or the default."""
    applied: Any = None
    """The value in the state."""
    actual: Any = None
    """The value in the tenant."""
    inherited: bool = False
    """Whether the definition omits the field, so that its default is expected."""
    differences: Sequence[Difference] = ()
    """The paths inside the field at which the values differ."""
    new: bool = False
    """Whether an undeclared object was added since the last `up`. False if that is unknown."""
    source: Source | None = None
    """Where the definition states it."""
    detail: str = ""
    """Details that the verdict does not contain."""
    severity: Severity = Severity.MEDIUM
    rules: Sequence[str] = ()
    """The ids of the severity rules that apply."""
    attribution: Attribution | None = None
    """Who made the change; None if unknown."""

    @property
    def id(self) -> str:
        """The same on every run, whatever the values are."""
        identity = "\n".join((self.kind, self.name or self.okta_id, self.field))
        if self.verdict is Verdict.EXPIRED:  # about an entry; the object may have its own finding
            identity = "\n".join(("ignore", self.kind, self.name or self.label, self.field))
        return hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[:12]

    @property
    def subject(self) -> str:
        """Kind, name and field of the object."""
        name = self.name or self.label or self.okta_id
        return f"{self.kind} {name}" + (f".{self.field}" if self.field else "")


def whole(word: str, label: str, identity: str, detail: str, came: bool) -> Finding:
    """A finding for an object that definitions do not cover and that came, or else went, since the last `up`."""
    before, now = (None, label) if came else (label, None)
    return Finding(
        Verdict.BEYOND, word, "", label, identity, expected=before, applied=before, actual=now, detail=detail
    )
