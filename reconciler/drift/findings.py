"""What drift detection says: values with stable ids, ready for any report."""

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
    """What happened, as the three of declared, applied and live tell it."""

    CHANGED = "changed"
    """Somebody changed it in the tenant: it is no longer as declared and applied."""
    MISSING = "missing"
    """Somebody deleted it in the tenant."""
    UNMANAGED = "unmanaged"
    """It is in the tenant and nobody declared it."""
    PENDING = "pending"
    """The definitions changed and were not applied yet; nobody touched the tenant."""
    CONFLICT = "conflict"
    """Declared, applied and live are three different things."""
    UNREADABLE = "unreadable"
    """It could not be read: nothing is known of it."""
    BEYOND = "beyond"
    """It changed since the last `up` in something that no kind declares."""
    EXPIRED = "expired"
    """An entry of `ignore.yaml` no longer counts, and nobody took it out or renewed it."""


DRIFT = frozenset({Verdict.CHANGED, Verdict.MISSING, Verdict.UNMANAGED, Verdict.CONFLICT, Verdict.BEYOND})
"""The verdicts that say that the tenant left what was applied."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who did it and when, as Okta's System Log has it."""

    actor: str
    """Who: a person's login or an app's name."""
    actor_id: str
    time: datetime
    address: str
    """The client's IP address; empty if the log does not tell."""
    event: str
    """The type of the event, such as `application.lifecycle.update`."""
    by_reconciler: bool
    """Whether it was this tool, with its own credentials."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place inside a field, such as `rules[Contractors].access`; None for what is not there."""

    path: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: a field of an object, or an object as a whole."""

    verdict: Verdict
    kind: str
    name: str
    """The logical name; empty for what nobody declared."""
    label: str
    """The name that Okta shows."""
    okta_id: str = ""
    field: str = ""
    """The field; empty when it is about the object as a whole."""
    expected: Any = None
    """What is declared (or its default)."""
    applied: Any = None
    """What the last `up` recorded."""
    actual: Any = None
    """What the tenant has."""
    inherited: bool = False
    """Whether the definition leaves the field out, so that its default is expected."""
    differences: Sequence[Difference] = ()
    """Where inside the field, when it has an inside."""
    source: Source | None = None
    """Where the definition states it."""
    detail: str = ""
    """A sentence more, where the verdict does not say it all."""
    severity: Severity = Severity.MEDIUM
    rules: Sequence[str] = ()
    """The ids of the rules that say how severe it is."""
    attribution: Attribution | None = None
    """Who did it; None if that is not known."""

    @property
    def id(self) -> str:
        """The same for the same thing on every run, whatever its values are today."""
        identity = "\n".join((self.kind, self.name or self.okta_id, self.field))
        if self.verdict is Verdict.EXPIRED:  # it is about an entry: its object may have a finding of its own
            identity = "\n".join(("ignore", self.kind, self.name or self.label, self.field))
        return hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[:12]

    @property
    def subject(self) -> str:
        """What it is about: kind, name and field."""
        name = self.name or self.label or self.okta_id
        return f"{self.kind} {name}" + (f".{self.field}" if self.field else "")
