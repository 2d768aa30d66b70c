"""The state of an environment that this run does not change: read as it is, even while another run changes it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace

from reconciler.engine import toolchain
from reconciler.engine.environment import for_engine
from reconciler.engine.journal import is_unfinished
from reconciler.engine.local_state import LocalState
from reconciler.engine.stack import Stack
from reconciler.engine.state import State, checked, parse
from reconciler.engine.toolchain.plugin import INSTALL
from reconciler.errors import EngineError, EngineMissing

_NO_STACK = re.compile(r"no stack named .* found")
_SECONDS = 60.0
"""The time limit for the engine."""


def recorded_state(stack: Stack) -> State | None:
    """The state, with secrets as ciphertext; None if there is none. A run that has not ended makes it `interrupted`.

    Needs no passphrase, waits for no lock, and creates and repairs nothing. Raises `EngineError`, and `NewerFormat` if
    a newer reconciler wrote it.
    """
    backend = stack.environment.get("PULUMI_BACKEND_URL", "")
    local = LocalState.of(backend, stack.root, stack.project, stack.name)
    if local is None or local.is_compressed:
        return _exported(stack)
    if not local.checkpoint.exists():
        return None
    state = parse(local.deployment())
    return replace(state, interrupted=True) if is_unfinished(local) or local.unverified.exists() else state


def _exported(stack: Stack) -> State | None:
    binary = toolchain.find()
    if binary is None:
        raise EngineMissing("only Pulumi can read it, and Pulumi is not installed", hint=f"run `{INSTALL}`")
    try:
        answer = subprocess.run(
            [str(binary), "--non-interactive", "stack", "export", "--stack", stack.name],
            cwd=stack.root,
            env=for_engine(stack.withheld, os.environ) | {"PULUMI_SKIP_UPDATE_CHECK": "true", **stack.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"Pulumi did not answer: {error}", hint="run `reconciler doctor`") from error
    if answer.returncode:
        said = " ".join(answer.stderr.split()).removeprefix("error: ")
        if _NO_STACK.search(said):
            return None
        raise EngineError(said, hint="check PULUMI_BACKEND_URL and the credentials for it")
    return parse(checked(dict(json.loads(answer.stdout).get("deployment") or {}), stack.location))
