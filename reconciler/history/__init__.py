"""The history of drift: runs, and how long each finding lasted."""

from reconciler.history.model import Episode, History, Run

__all__ = ["Episode", "History", "Run"]
