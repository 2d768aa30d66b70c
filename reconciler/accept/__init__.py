"""Accepting: the tenant wins, and the definitions are edited in place to say what it has."""

from reconciler.accept.carrying_out import accept
from reconciler.accept.preparation import Acceptance, prepare

__all__ = ["Acceptance", "accept", "prepare"]
