"""The formats of the files that the reconciler writes and reads again.

Each file has the version of its format. The version is incremented when an earlier reconciler would misunderstand the
file; new members that it can leave out do not count. A file of an earlier version is read, or the error says how to
replace it. A file of a newer version is refused and stays as it is: it is never taken for a missing one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reconciler.errors import ReconcilerError


class NewerFormat(ReconcilerError):
    """Raised when a newer reconciler wrote a file."""


class UnknownFormat(ReconcilerError):
    """Raised when the version of a file is too old to be read, or is no version."""


@dataclass(frozen=True, slots=True)
class Format:
    """The format of one kind of file."""

    name: str
    """What such a file is, in messages."""
    version: int
    """The version that this reconciler writes, and the newest that it reads."""
    oldest: int = 1
    """The oldest version that it reads. Files without a version have version 1."""

    def check(self, where: object, version: Any, again: str) -> None:
        """Raise `NewerFormat` or `UnknownFormat` if a file cannot be read.

        `where` is its location, `version` what it states (None without a version), and `again` how to replace it.
        """
        number = 1 if version is None else int(version) if _is_whole(version) else version
        if not isinstance(number, int) or isinstance(number, bool):
            raise UnknownFormat(f"{where}: the format version of the {self.name} is not a whole number", hint=again)
        if number > self.version:
            raise NewerFormat(
                f"{where}: the {self.name} has format version {number}, "
                f"and this reconciler reads versions up to {self.version}",
                hint="nothing was changed; upgrade the reconciler, because a newer one wrote the file",
            )
        if number < self.oldest:
            raise UnknownFormat(
                f"{where}: the {self.name} has format version {number}, "
                f"and this reconciler reads versions from {self.oldest}",
                hint=again,
            )


def _is_whole(version: Any) -> bool:
    """Whether it is a float without fraction: the engine writes all numbers of a state as floats."""
    return isinstance(version, float) and version.is_integer()


AUDIT_LINE: Final = Format("audit line", 1)
BASELINE: Final = Format("baseline", 2, oldest=2)
HISTORY: Final = Format("history", 1)
IGNORED_STATES: Final = Format("record of ignored drift", 1)
JOURNAL: Final = Format("journal", 1)
PLAN: Final = Format("saved plan", 1)
STATE: Final = Format("state", 1)
WRITE_NOTE: Final = Format("note about an interrupted write", 1)

FORMATS: Final = (AUDIT_LINE, BASELINE, HISTORY, IGNORED_STATES, JOURNAL, PLAN, STATE, WRITE_NOTE)
"""All of them."""
