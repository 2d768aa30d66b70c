"""The parts that need not be installed: extras of the distribution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from reconciler.errors import ReconcilerError
from reconciler.version import DISTRIBUTION


@dataclass(frozen=True, slots=True)
class Extra:
    """What an extra installs, and a package of it."""

    name: str
    package: str
    what: str

    @contextmanager
    def needed(self) -> Iterator[None]:
        """Wraps imports that need it. Raises `ReconcilerError` if it is not installed."""
        try:
            yield
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != self.package:
                raise
            hint = f"run `pip install '{DISTRIBUTION}[{self.name}]'`"
            raise ReconcilerError(f"{self.what} is not installed", hint) from None

    @property
    def is_installed(self) -> bool:
        """Whether it is installed."""
        try:
            import_module(self.package)
        except ModuleNotFoundError:
            return False
        return True


LOCAL_TENANT: Final = Extra("sandbox", "okta_sandbox", "the local tenant")
HISTORY: Final = Extra("history", "sqlalchemy", "the database of the history")
