"""Repair: restores the declared values in the tenant, only where findings show that they differ."""

from reconciler.repair.run import repair
from reconciler.repair.skipped import partition

__all__ = ["partition", "repair"]
