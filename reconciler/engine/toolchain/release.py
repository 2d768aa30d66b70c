"""Version numbers of the Pulumi CLI and of Go, for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_NUMBER = re.compile(r"(?:\bv|\bgo|^)(\d+)\.(\d+)(?:\.(\d+))?(?:(-|rc|beta)[0-9A-Za-z.-]*)?", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Release:
    """A version number; a pre-release sorts before its release."""

    major: int
    minor: int
    patch: int
    final: bool = True
    """False for a pre-release such as `3.257.0-alpha.1`."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The first version number in `text`, in the spelling of `pulumi version` or `go version`; None without one."""
        found = _NUMBER.search(text)
        if found is None:
            return None
        major, minor, patch, mark = found.groups()
        return cls(int(major), int(minor), int(patch or 0), final=mark is None)

    def satisfies(self, pin: Release) -> bool:
        """Whether this is the same as `pin` or newer, with the same major version."""
        return self.major == pin.major and self >= pin

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + ("" if self.final else "-pre")
