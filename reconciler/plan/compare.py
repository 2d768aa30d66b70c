"""Whether a plan still fits what it was made from."""

from __future__ import annotations

from reconciler.errors import Refused


class StalePlan(Refused):
    """Raised when something changed since a plan was made. Nothing was applied."""


class StateChanged(StalePlan):
    """Raised when another run changed the state after the plan was made."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"another run changed the state since the plan was made: {location}",
            hint="nothing was changed; run the same command again to see the new plan",
        )
