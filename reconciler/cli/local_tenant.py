"""The local tenant, a package of its own that need not be installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.errors import ReconcilerError
from reconciler.version import DISTRIBUTION

PACKAGE = "okta_sandbox"


@contextmanager
def installed() -> Iterator[None]:
    """Wraps imports of the local tenant. Raises `ReconcilerError` if it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != PACKAGE:
            raise
        raise ReconcilerError(
            "the local tenant is not installed", f"run `pip install '{DISTRIBUTION}[sandbox]'`"
        ) from None
