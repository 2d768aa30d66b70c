"""What was found over time: runs, and findings from when they were first seen to when they were gone."""

from reconciler.history.model import Episode, History, Run

__all__ = ["Episode", "History", "Run"]
