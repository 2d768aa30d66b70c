"""What a store of secrets can do, and how it fails.

StoreFailure               the store did not give the secret, or did not take it
├── NoSecret               the store has answered, and there is no secret
│   └── EntryAbsent        the store has no such entry, or the entry has no such member
├── NoAnswer               no answer within the time limit (`time_limits`)
├── PackageMissing         the package for the store is not installed
└── ProgramFailed          a program ended with an error (`child`)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from reconciler.definitions.trust import PinnedCommand
from reconciler.version import DISTRIBUTION

REQUEST_SECONDS: Final = 10.0
"""The time limit for one request to a store."""
PROGRAM_SECONDS: Final = 20.0
"""The time limit for a program."""
ENTRY_SECONDS: Final = 30.0
"""The time limit for reading or writing one entry, with the sign-in and repeated requests."""
MAX_BYTES: Final = 2**16
"""Bytes of the largest secret, and of the largest output of a program: as much as the clouds store."""

Entry = str | Mapping[str, object]
"""What a store has at a location: one text, or members by key."""


class StoreFailure(Exception):
    """Raised when a store did not give or take a secret. Neither the reason nor the hint ever contains a value."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """A clause that follows the reference."""
        self.hint = hint


class NoSecret(StoreFailure):
    """Raised when a store has answered, and there is no secret: what it has is no text, for example."""


class EntryAbsent(NoSecret):
    """Raised when a store has no such entry, or the entry has no such member."""


class PackageMissing(StoreFailure):
    """Raised when the package for a store is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"the package {package} is not installed", f"run `pip install '{DISTRIBUTION}[{extra}]'`")


class SecretStore(ABC):
    """One store, signed in. It is used by several threads."""

    @abstractmethod
    def read(self, location: str) -> Entry:
        """The entry at a location. Raises `StoreFailure`."""

    @abstractmethod
    def write(self, location: str, key: str, value: str) -> None:
        """Store a text as the entry at a location, or as its member `key` if that is not empty.

        The other members of the entry stay as they are. Raises `StoreFailure`, whose hint names the permission to grant
        if that is what is missing.
        """

    @abstractmethod
    def written(self, location: str) -> datetime | None:
        """When the entry was last written, in UTC; None if the store does not tell. Raises `StoreFailure`."""


def in_utc(value: object) -> datetime | None:
    """A time in the answer of a library, in UTC; None if the answer has none."""
    return value.astimezone(UTC) if isinstance(value, datetime) else None


@dataclass(frozen=True)
class Surroundings:
    """What a store may use."""

    environ: Mapping[str, str]
    """The environment variables of the run, with the settings for the sign-in."""
    commands: Mapping[str, PinnedCommand] = field(default_factory=dict)
    """The programs that may be run, by name."""
    issued: Callable[[str], None] = lambda token: None
    """Is called with each token that a sign-in returns: no output may show it."""

    def setting(self, name: str) -> str:
        """The value of a variable that must be set. Raises `StoreFailure`."""
        if value := self.environ.get(name):
            return value
        raise StoreFailure(f"the environment variable {name} is not set", f"set {name} to sign in to the store")


@contextmanager
def needs(package: str, extra: str) -> Iterator[None]:
    """Imports of a package that an extra installs. Raises `PackageMissing`."""
    try:
        yield
    except ImportError as error:
        raise PackageMissing(package, extra) from error
