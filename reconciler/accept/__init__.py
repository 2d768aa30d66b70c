"""Acceptance: edits the definitions in place so that they match the tenant."""

from reconciler.accept.carrying_out import accept
from reconciler.accept.preparation import Acceptance, prepare

__all__ = ["Acceptance", "accept", "prepare"]
