"""All errors, as one tree. Each has the exit code of the command line.

ReconcilerError            1   any error below, if no class is more specific
├── DefinitionsError       1   the YAML is not valid (all problems at once)
├── TenantError            1   the tenant answered with an error
│   ├── Unreachable        3   no answer, or none within the time limit
│   ├── UnexpectedAnswer   3   an answer that does not fit Okta's API
│   └── Unauthorised       3   sign-in refused, or a scope is missing
├── EngineError            1   Pulumi failed
│   └── EngineMissing      1   Pulumi is not installed
├── FileNotWritten         1   a file cannot be written (full disk, read-only folder); it is unchanged
├── NewerFormat            1   a newer reconciler wrote a file; it is unchanged
├── UnknownFormat          1   a file has no format version that can be read; it is unchanged
├── ChangesFound           2   drift, or changes where none were expected
└── Refused                4   a guard, a stale plan, the lock of another run, credentials that can do too much, or
                               a credential that cannot be rotated

Outside the tree: 64 for misuse of the command line. When a signal ends the run (`interrupts.Interrupted`): 130 after
SIGINT, 143 after SIGTERM or SIGHUP.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class ReconcilerError(Exception):
    """A failure that the user can understand and act on. `hint` says what to do next."""

    exit_code = 1
    quotes_output = False
    """Whether the lines after the first are the output of another program."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def explanations(self) -> Iterable[tuple[str, str]]:
        """Pairs of a message and a hint, one for each problem."""
        return [(self.message, self.hint)]


class TenantError(ReconcilerError):
    """Raised when the tenant answers a request with an error. `status` is the HTTP status, 0 without an answer; `code`
    is Okta's error code, empty if the answer has none."""

    status = 0
    code = ""


class Unreachable(TenantError):
    """Raised when the tenant does not answer: network, DNS, server, time limit, or nothing but 429."""

    exit_code = 3


class UnexpectedAnswer(TenantError):
    """Raised when an answer does not have the documented shape, or is larger than the limits allow."""

    exit_code = 3


class Unauthorised(TenantError):
    """Raised when the tenant does not accept the credentials, or a scope or a role is missing."""

    exit_code = 3


class EngineError(ReconcilerError):
    """Raised when the engine fails; the message carries its diagnostics."""

    quotes_output = True


class EngineMissing(EngineError):
    """Raised when the Pulumi CLI is missing and cannot be installed."""


class FileNotWritten(ReconcilerError):
    """Raised when a file cannot be written. The file is unchanged."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be written: {error.strerror or error}",
            hint="the file is unchanged; free some space or allow writing there, then run the same command again",
        )


class ChangesFound(ReconcilerError):
    """Raised when there are changes where none were expected."""

    exit_code = 2


class Refused(ReconcilerError):
    """Raised when a run is refused before it starts: by a guard, a stale plan, the lock of another run, because a
    command that only reads has credentials that can do more, or because a credential cannot be rotated."""

    exit_code = 4
