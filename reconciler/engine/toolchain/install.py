"""Installs the pinned Pulumi CLI once per user, safely for parallel and killed runs."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from reconciler.engine.toolchain.exclusive import exclusively
from reconciler.engine.toolchain.location import (
    PINNED,
    cached_installation,
    find,
    installed_by_the_user,
    version_of,
)
from reconciler.engine.toolchain.modules import go_modules
from reconciler.engine.toolchain.official import official_installer
from reconciler.engine.toolchain.process import ProcessFailed
from reconciler.errors import EngineMissing
from reconciler.progress import SILENT, Progress

Method = Callable[[Path, Progress], None]
"""Installs a CLI as `bin/pulumi` below an empty folder, or raises `ProcessFailed`."""

_WANTED = f"{PINNED} or newer (below {PINNED.major + 1})"

_HINT = """\
Install Pulumi so that `pulumi version` works (https://www.pulumi.com/docs/install/), or Go 1.21 or newer, and run the
command again. These work without it: validate, schema, kinds, sandbox and drift (without the state, unless it is in a
local folder). preview, up and repair need it."""

METHODS: tuple[Method, ...] = (official_installer, go_modules)


def ensure(progress: Progress = SILENT, *, methods: Sequence[Method] = METHODS) -> Path:
    """Return the Pulumi CLI; install it first if there is none.

    Of several parallel runs, one installs and the others wait. An incomplete installation is never visible: a killed
    run leaves only a folder that the next run removes. Raises `EngineMissing` with the reasons and the next step.
    """
    found = find()
    if found is not None:
        return found
    target = cached_installation()

    def waiting(seconds: float) -> None:
        progress.say(f"another run is installing the Pulumi CLI: waiting, {seconds:.0f} s")

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with exclusively(target.with_name(f"{target.name}.lock"), on_wait=waiting):
            return find() or _install(target, progress, methods)
    except OSError as error:
        raise _missing([f"{error.filename or target}: {error.strerror or error}"]) from error


def _install(target: Path, progress: Progress, methods: Sequence[Method]) -> Path:
    started = time.monotonic()
    for unsuitable in installed_by_the_user():
        progress.say(f"{unsuitable} is version {version_of(unsuitable) or 'unknown'}: {_WANTED} is needed")
    progress.say(f"installing the Pulumi CLI {PINNED}")
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
            progress.say(reason)
        else:
            staging.chmod(0o755)  # mkdtemp creates it with 0700
            shutil.rmtree(target, ignore_errors=True)
            os.replace(staging, target)
            binary = target / "bin" / "pulumi"
            progress.say(f"Pulumi CLI {PINNED} is ready after {time.monotonic() - started:.0f} s: {binary}")
            return binary
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    raise _missing(reasons)


def _verify(binary: Path) -> None:
    version = version_of(binary)
    if version != PINNED:
        raise ProcessFailed(f"installed {version or 'a binary that does not run'} instead of {PINNED}")


def _missing(reasons: Sequence[str]) -> EngineMissing:
    listed = "".join("\n  - " + reason.replace("\n", "\n    ") for reason in reasons)
    return EngineMissing(f"No Pulumi CLI {_WANTED} was found, and none could be installed:{listed}", _HINT)
