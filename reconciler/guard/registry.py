"""All guards, one line each."""

from __future__ import annotations

from typing import Final

from reconciler.guard.model import AnyGuard
from reconciler.guard.rules import everything_deleted, too_many_deleted

GUARDS: Final[tuple[AnyGuard, ...]] = (
    everything_deleted.GUARD,
    too_many_deleted.GUARD,
)
"""In the order in which their results are shown."""


def guard_ids() -> list[str]:
    """The ids of all guards."""
    return [guard.id for guard in GUARDS]
