"""The result of one run of drift detection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.definitions.model import Ignore, Source
from reconciler.drift.findings import DRIFT, Finding, Severity, Verdict
from reconciler.drift.relations import Relation


@dataclass(frozen=True, slots=True)
class DriftReport:
    """The findings of one run, and what they are based on."""

    environment: str
    url: str
    """The address of the tenant."""
    started: datetime
    """When the tenant was read, with its time zone."""
    seconds: float
    """How long the run took."""
    requests: int
    """How many requests the run sent."""
    objects: Mapping[str, int]
    """How many live objects were read, by kind."""
    declared: int
    """How many objects are declared."""
    findings: Sequence[Finding]
    """Everything that is not as declared, in the order of the definitions."""
    commit: str = ""
    """The commit of the definitions; empty outside a repository."""
    dirty: bool = False
    """Whether the definitions differ from that commit."""
    definitions_digest: str = ""
    """See `Desired.digest`."""
    relations: Sequence[Relation] = ()
    """The owners of objects with findings, and the objects that refer to them."""
    names: Sequence[tuple[str, str]] = ()
    """Kind and name of each declared object, in the order of the definitions."""
    tenant_location: Source | None = None
    """The line of the tenant's url: the location of findings about unmanaged objects."""
    ignored: Mapping[Ignore, Sequence[Finding]] = field(default_factory=dict)
    """The findings that each entry of `ignore.yaml` covers, possibly none. They are not in `findings`."""
    notes: Sequence[str] = ()
    """What the run could not take into account, and the consequences."""
    watched: Mapping[str, int] = field(default_factory=dict)
    """How many items were read of what no kind covers, by the word of their collection."""
    not_visible: Mapping[str, str] = field(default_factory=dict)
    """The collections without a kind that the credentials may not read, by word, with the reason. They are not
    compared."""
    state_found: bool = True
    """Whether the state has any object. Without a state, deleted objects look like ones that were never applied."""

    def __post_init__(self) -> None:
        if self.started.tzinfo is None:
            raise ValueError("DriftReport.started needs a time zone")

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many findings there are of each verdict, zeros included, in the order of `Verdict`."""
        found = Counter(finding.verdict for finding in self.findings)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def severities(self) -> dict[Severity, int]:
        """How many findings there are of each severity, zeros included, the most severe first."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in reversed(Severity)}

    @property
    def has_drift(self) -> bool:
        """Whether the tenant drifted. Pending and unreadable findings are not drift."""
        return any(finding.verdict in DRIFT for finding in self.findings)

    @property
    def is_uncertain(self) -> bool:
        """Whether there may be undetected drift: a part could not be read, or there is no state."""
        pending = self.counts[Verdict.PENDING] and not self.state_found
        return bool(pending or self.counts[Verdict.UNREADABLE])

    @property
    def ignored_findings(self) -> list[Finding]:
        """All findings that entries of `ignore.yaml` cover."""
        return [finding for findings in self.ignored.values() for finding in findings]

    @property
    def live(self) -> int:
        """How many live objects were read."""
        return sum(self.objects.values())
