"""All guards, one line each."""

from __future__ import annotations

from typing import Final

from reconciler.guard.model import AnyGuard
from reconciler.guard.rules import (
    app_without_assignments,
    everything_deleted,
    not_promoted,
    older_commit,
    owner_unknown,
    policy_in_use,
    protected,
    relations_lost,
    too_many_deleted,
    unmanaged_affected,
)

GUARDS: Final[tuple[AnyGuard, ...]] = (
    older_commit.GUARD,
    not_promoted.GUARD,
    everything_deleted.GUARD,
    too_many_deleted.GUARD,
    protected.GUARD,
    relations_lost.GUARD,
    app_without_assignments.GUARD,
    policy_in_use.GUARD,
    unmanaged_affected.GUARD,
    owner_unknown.GUARD,
)
"""In the order in which their results are shown."""


def guard_ids() -> list[str]:
    """The ids of all guards."""
    return [guard.id for guard in GUARDS]
