"""What can go wrong, as one tree; each branch knows the exit code of the command line.

ReconcilerError            1   anything below, when nothing more exact is known
├── DefinitionsError       1   the YAML does not say what can be done (all problems at once)
├── TenantError            1   the tenant answered with an error
│   ├── Unreachable        3   no answer, or none within the limits
│   ├── UnexpectedAnswer   3   an answer that Okta's API does not give
│   └── Unauthorised       3   no sign-in, or not enough scopes
├── EngineError            1   Pulumi failed
│   └── EngineMissing      1   there is no Pulumi
├── FileNotWritten         1   a file cannot be written (full disk, read-only folder); what was there is kept
├── ChangesFound           2   drift, or changes where none were expected
└── Refused                4   a guard said no

Beside the tree: 64 after misuse of the command line, and, when a signal ended the run (`interrupts.Interrupted`), 130
after SIGINT and 143 after SIGTERM or SIGHUP.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class ReconcilerError(Exception):
    """A failure that the user can understand and act on. `hint` says what to do next."""

    exit_code = 1
    quotes_output = False
    """Whether lines of the message after the first are what another program wrote."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def explanations(self) -> Iterable[tuple[str, str]]:
        """What to show: pairs of a message and a hint; more than one if several things are wrong."""
        return [(self.message, self.hint)]


class TenantError(ReconcilerError):
    """Raised when the tenant answers a request with an error. `status` is the HTTP status, 0 without an answer."""

    status = 0


class Unreachable(TenantError):
    """Raised when the tenant does not answer: no network, no name, no server, never in time, or only to slow down."""

    exit_code = 3


class UnexpectedAnswer(TenantError):
    """Raised when an answer is not of the shape that Okta documents, or larger than the limits allow."""

    exit_code = 3


class Unauthorised(TenantError):
    """Raised when the tenant does not accept the credentials, or they lack a scope or a role."""

    exit_code = 3


class EngineError(ReconcilerError):
    """Raised when the engine fails; the message carries its diagnostics."""

    quotes_output = True


class EngineMissing(EngineError):
    """Raised when there is no Pulumi CLI and none can be installed."""


class FileNotWritten(ReconcilerError):
    """Raised when a file cannot be written. The file is as it was before."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be written: {error.strerror or error}",
            hint="the file is unchanged; free some space or allow writing there, then run the same command again",
        )


class ChangesFound(ReconcilerError):
    """Raised when there are changes where none were expected."""

    exit_code = 2


class Refused(ReconcilerError):
    """Raised when a guard does not let a change through."""

    exit_code = 4
