"""Where the state of a stack is kept, whether there is one, and whether its secrets can be read. Changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.engine import toolchain
from reconciler.engine.local_state import LocalState
from reconciler.engine.stack import Stack
from reconciler.errors import EngineError


def has_state(stack: Stack) -> bool:
    """Whether the backend has a state of the stack. Raises EngineError if it cannot be asked."""
    backend = stack.environment.get("PULUMI_BACKEND_URL", "")
    if local := LocalState.of(backend, stack.root, stack.project, stack.name):
        return local.checkpoint.exists() or local.is_compressed
    from pulumi import automation

    binary = toolchain.ensure()
    workspace = automation.LocalWorkspace(
        work_dir=str(stack.root),
        env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true", **stack.environment},
        pulumi_command=automation.PulumiCommand(root=str(binary.parents[1])),
    )
    try:
        return any(known.name.rpartition("/")[2] == stack.name for known in workspace.list_stacks())
    except automation.CommandError as error:
        said = str(error).partition("stderr: ")[2].strip() or str(error)
        raise EngineError(
            f"the states cannot be listed: {said}", hint="check PULUMI_BACKEND_URL and the credentials for it"
        ) from error


def check_passphrase(stack: Stack) -> None:
    """Raise EngineError if the passphrase is not the one with which the state was begun.

    The engine looks at it only when it writes a secret, or reads one: so let it write one into a file of our own, which
    begins with the salt of the state.
    """
    provider = stack.export().get("secrets_providers") or {}
    if provider.get("type") != "passphrase":
        return
    with TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.yaml"
        settings.write_text(json.dumps({"encryptionsalt": provider["state"]["salt"]}))
        options = ["--secret", "--non-interactive", "--stack", stack.name, "--config-file", str(settings)]
        answer = subprocess.run(
            [toolchain.ensure(), "config", "set", *options, f"{stack.project}:check", "any"],
            cwd=stack.root,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", **stack.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    if answer.returncode:
        said = answer.stderr.strip().removeprefix("error: ")
        hint = "set PULUMI_CONFIG_PASSPHRASE to what it was when the state of this environment was begun"
        raise EngineError(f"its secrets cannot be read: {said}", hint=hint)
