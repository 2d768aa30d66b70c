"""What the user wants of a rotation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Wanted:
    """How one run rotates."""

    now: datetime
    grace: timedelta
    """How long the old credential stays valid after the new one is in the store."""
    at_least: timedelta = timedelta()
    """The age that a credential must have; younger ones are not rotated."""
    overwrite: bool = False
    """Whether a value in the store that is none of the client's credentials may be replaced."""

    def is_young(self, created: datetime) -> bool:
        """Whether a credential is not due yet."""
        return self.now - created < self.at_least


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be rotated, and how."""

    wanted: Wanted
    app: str | None = None
    """The app; None for the reconciler itself."""
    to: str | None = None
    """The reference to write to; None for the one that is stated."""
    beside: str | None = None
    """The reference to what waits during the rotation; None for the place beside."""
    new_token: str | None = None
    """The reference to a new API token."""
