"""Why a rotation does not begin or continue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.errors import Refused


class CannotRotate(Refused):
    """Raised when a credential cannot be rotated; the hint gives the alternative. The tenant is unchanged."""


@contextmanager
def written_by_a_rotation(reference: str) -> Iterator[None]:
    """Reading of what waits at a reference. Raises `CannotRotate` if it is not what a rotation writes."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise CannotRotate(
            f"{reference} has a value that no rotation wrote there",
            "remove it, or name another place: --beside REFERENCE",
        ) from error
