"""The name and the version of the installed distribution."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

DISTRIBUTION: Final = "okta-reconciler"
"""The name on the package index. The import package and the command are called `reconciler`."""


@cache
def tool_version() -> str:
    """The version of the reconciler; empty in a checkout that is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""


def numbers_of(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparisons; empty without any."""
    return tuple(map(int, re.findall(r"\d+", version)))
