"""One check of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

GRANT: Final = "grant them in the Admin Console: Applications > the app > Okta API Scopes"
"""The next action if a service app lacks scopes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its result."""

    ok: bool
    what: str
    hint: str = ""
    needed: bool = True
    """Whether commands fail without it; otherwise it is only a note."""

    @property
    def status(self) -> Literal["ok", "missing", "note"]:
        """The result."""
        return "ok" if self.ok else "missing" if self.needed else "note"

    @property
    def as_json(self) -> dict[str, str]:
        """The result as JSON."""
        return {"status": self.status, "what": self.what, "hint": "" if self.ok else self.hint}
