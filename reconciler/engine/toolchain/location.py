"""Where to look for an installed Pulumi CLI: PATH, Pulumi's own folder, this project's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reconciler.engine.environment import ordinary
from reconciler.engine.toolchain.release import Release

PINNED = Release(3, 256, 0)
"""The version to install, and the oldest accepted one. The Python SDK and go.mod are pinned to the same version."""

_PATIENCE = 30.0
"""Seconds that `pulumi version` may take before the binary counts as broken."""


def cache_directory() -> Path:
    """The folder, outside any checkout, for what is built once per user."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification requires that relative paths are ignored.
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return root / "okta-reconciler"


def cached_installation() -> Path:
    """The folder of the pinned CLI; one rename creates it, so it is always complete."""
    return cache_directory() / f"pulumi-{PINNED}"


def find() -> Path | None:
    """The first Pulumi CLI that is new enough and of the pinned major version; None if there is none.

    Searched in this order: PATH, `~/.pulumi/bin`, `~/.pulumi/versions/<pin>` (where the Automation API installs), the
    cache. The cached CLI is always the pinned version and is not run.
    """
    for candidate in installed_by_the_user():
        version = version_of(candidate)
        if version is not None and version.satisfies(PINNED):
            return candidate
    cached = cached_installation() / "bin" / "pulumi"
    return cached if os.access(cached, os.X_OK) else None


def found_version(binary: Path) -> Release:
    """The version of a CLI that `find` returned. Only one that the user installed has to be asked."""
    is_cached = binary.is_relative_to(cached_installation())
    return PINNED if is_cached else version_of(binary) or PINNED


def version_of(binary: Path) -> Release | None:
    """The version that `pulumi version` prints; None if it cannot be run or prints no version."""
    try:
        status = binary.stat()
    except OSError:
        return None
    return _printed_version(binary, status.st_mtime_ns, status.st_size)


@cache
def _printed_version(binary: Path, modified: int, size: int) -> Release | None:
    """The same, for a binary as it is now: starting it takes a quarter of a second."""
    environment = {**ordinary(), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [binary, "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Release.parse(answer.stdout)


def installed_by_the_user() -> Iterator[Path]:
    """The CLIs outside the cache, of any version, in search order."""
    on_path = shutil.which("pulumi")
    if on_path is not None:
        yield Path(on_path).absolute()
    home = Path.home() / ".pulumi"
    for folder in (home / "bin", home / "versions" / str(PINNED) / "bin"):
        if os.access(folder / "pulumi", os.X_OK):
            yield folder / "pulumi"
