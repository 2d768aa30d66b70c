"""Drift: what the tenant is, held against what is declared and what was applied."""

from reconciler.drift.compare import compare, owners
from reconciler.drift.findings import Difference, Finding, Verdict

__all__ = ["Difference", "Finding", "Verdict", "compare", "owners"]
