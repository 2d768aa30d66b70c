"""Repair: the definitions win, where findings say that the tenant left them, and nowhere else."""

from reconciler.repair.left import divided
from reconciler.repair.run import repair

__all__ = ["divided", "repair"]
