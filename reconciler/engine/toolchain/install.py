"""Bring the pinned Pulumi CLI onto this machine, once for a user, whatever else happens meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from reconciler.engine.toolchain.exclusive import exclusively
from reconciler.engine.toolchain.location import PINNED, cached_installation, find, installed_by_the_user, version_of
from reconciler.engine.toolchain.modules import go_modules
from reconciler.engine.toolchain.official import official_installer
from reconciler.engine.toolchain.process import ProcessFailed

Progress = Callable[[str], None]
Method = Callable[[Path, Progress], None]
"""Puts a CLI at `bin/pulumi` below an empty folder, or raises `ProcessFailed`."""

_WANTED = f"{PINNED} or newer (below {PINNED.major + 1})"

METHODS: tuple[Method, ...] = (official_installer, go_modules)


class EngineMissing(Exception):
    """No Pulumi CLI was found, and none could be installed."""


def ensure(progress: Progress = lambda _: None, *, methods: Sequence[Method] = METHODS) -> Path:
    """The Pulumi CLI, installed first if there is none; returns at once if there is.

    Of several runs at once one installs and the others wait for it. What is half done is never visible: a killed run
    leaves only a folder that the next one removes. Raises `EngineMissing`, which says why and what to do.
    """
    found = find()
    if found is not None:
        return found
    target = cached_installation()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with exclusively(target.with_name(f"{target.name}.lock"), on_wait=_Patience(progress)):
            return find() or _install(target, progress, methods)
    except OSError as error:
        raise EngineMissing(_advice([f"{error.filename or target}: {error.strerror or error}"])) from error


def _install(target: Path, progress: Progress, methods: Sequence[Method]) -> Path:
    started = time.monotonic()
    for unsuitable in installed_by_the_user():
        progress(f"{unsuitable} is version {version_of(unsuitable) or 'unknown'}: {_WANTED} is needed")
    progress(f"installing the Pulumi CLI {PINNED}")
    for leftover in target.parent.glob(f"{target.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    reasons = []
    for method in methods:
        staging = Path(tempfile.mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))
        try:
            method(staging, progress)
            _verify(staging / "bin" / "pulumi")
        except ProcessFailed as failure:
            reason = f"{method.__name__.replace('_', ' ')}: {failure}"
            reasons.append(reason)
            progress(reason)
        else:
            staging.chmod(0o755)  # mkdtemp's 0700 is for secrets
            shutil.rmtree(target, ignore_errors=True)
            os.replace(staging, target)
            binary = target / "bin" / "pulumi"
            progress(f"Pulumi CLI {PINNED} is ready after {time.monotonic() - started:.0f} s: {binary}")
            return binary
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    raise EngineMissing(_advice(reasons))


def _verify(binary: Path) -> None:
    version = version_of(binary)
    if version != PINNED:
        raise ProcessFailed(f"installed {version or 'something that does not run'} instead of {PINNED}")


def _advice(reasons: Sequence[str]) -> str:
    return "\n".join(
        [
            f"No Pulumi CLI {_WANTED} was found, and none could be installed:",
            *(f"  - {reason.replace(chr(10), chr(10) + '    ')}" for reason in reasons),
            "Install Pulumi so that `pulumi version` works (https://www.pulumi.com/docs/install/), or Go 1.21 or",
            "newer, and run this again. These work without it: validate, schema, kinds, sandbox, and drift apart from",
            "what the Pulumi state adds to it. Preview, up and all else that needs the state do not.",
        ]
    )


class _Patience:
    """Says, not too often, that another run holds the lock."""

    def __init__(self, progress: Progress, interval: float = 10.0) -> None:
        self._progress = progress
        self._interval = interval
        self._due = 0.0

    def __call__(self, waited: float) -> None:
        if waited >= self._due:
            self._due = waited + self._interval
            self._progress(f"another run is installing the Pulumi CLI: waiting, {waited:.0f} s")
