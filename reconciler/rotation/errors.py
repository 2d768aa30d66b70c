"""Why a rotation does not begin or continue."""

from __future__ import annotations

from reconciler.errors import Refused


class CannotRotate(Refused):
    """Raised when a credential cannot be rotated; the hint gives the alternative. The tenant is unchanged."""
