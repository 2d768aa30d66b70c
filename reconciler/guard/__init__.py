"""Guards: rules that refuse a plan, with limits in `guards.yaml` and overrides for one run."""

from reconciler.guard.checking import check
from reconciler.guard.model import TOTAL, Guard, GuardContext, Limits
from reconciler.guard.overrides import InvalidOverride, UnusedOverride, read_override
from reconciler.guard.registry import GUARDS, guard_ids
from reconciler.guard.settings import GuardSettings, guards_schema, read_guard_settings

__all__ = [
    "GUARDS",
    "TOTAL",
    "Guard",
    "GuardContext",
    "GuardSettings",
    "InvalidOverride",
    "Limits",
    "UnusedOverride",
    "check",
    "guard_ids",
    "guards_schema",
    "read_guard_settings",
    "read_override",
]
