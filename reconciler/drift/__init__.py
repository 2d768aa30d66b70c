"""Drift detection: the tenant compared with the definitions and with the state."""

from reconciler.drift.attribution import attributed
from reconciler.drift.behind import Behind, behind
from reconciler.drift.beyond import beyond, state_of, unknown_to_baseline
from reconciler.drift.compare import Overwritten, compare, overwritten, undeclared_items
from reconciler.drift.comparison import Comparison
from reconciler.drift.findings import DRIFT, Attribution, Difference, Finding, Severity, Verdict
from reconciler.drift.relations import Relation, relations
from reconciler.drift.severity import rated
from reconciler.drift.unmanaged import with_new
from reconciler.drift.view import TenantView
from reconciler.drift.watched import unknown_rows

__all__ = [
    "DRIFT",
    "Attribution",
    "Behind",
    "Comparison",
    "Difference",
    "Finding",
    "Overwritten",
    "Relation",
    "Severity",
    "TenantView",
    "Verdict",
    "attributed",
    "behind",
    "beyond",
    "compare",
    "overwritten",
    "rated",
    "relations",
    "state_of",
    "undeclared_items",
    "unknown_rows",
    "unknown_to_baseline",
    "with_new",
]
