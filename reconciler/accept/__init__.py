"""Accepting: the tenant wins, and the definitions are edited in place to say what it has."""

from reconciler.accept.run import Acceptance, accept, prepare

__all__ = ["Acceptance", "accept", "prepare"]
