"""Repair: the definitions win, where findings say that the tenant left them, and nowhere else."""

from reconciler.repair.run import repair
from reconciler.repair.skipped import divided

__all__ = ["divided", "repair"]
