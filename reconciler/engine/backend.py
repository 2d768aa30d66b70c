"""Checks of a backend: whether it has a state of a stack, and whether the passphrase fits. Changes nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.engine import toolchain
from reconciler.engine.environment import for_engine
from reconciler.engine.local_state import LocalState
from reconciler.engine.stack import Stack
from reconciler.errors import EngineError


def has_state(stack: Stack) -> bool:
    """Whether the backend has a state of the stack. Raises EngineError if it cannot be reached."""
    backend = stack.environment.get("PULUMI_BACKEND_URL", "")
    if local := LocalState.of(backend, stack.root, stack.project, stack.name):
        return local.checkpoint.exists() or local.is_compressed
    from pulumi import automation

    from reconciler.engine.command import EngineCommand

    workspace = automation.LocalWorkspace(
        work_dir=str(stack.root),
        env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true", **stack.environment},
        pulumi_command=EngineCommand(toolchain.ensure(), stack.withheld),
    )
    try:
        return any(known.name.rpartition("/")[2] == stack.name for known in workspace.list_stacks())
    except automation.CommandError as error:
        text = str(error).partition("stderr: ")[2].strip() or str(error)
        raise EngineError(
            f"the states cannot be listed: {text}", hint="check PULUMI_BACKEND_URL and the credentials for it"
        ) from error


def check_passphrase(stack: Stack) -> None:
    """Raise EngineError if the passphrase is not the one with which the state was created.

    The engine checks the passphrase only when it reads or writes a secret. So it is made to write one into a temporary
    file with the salt of the state.
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
            env=for_engine(stack.withheld) | {"PULUMI_SKIP_UPDATE_CHECK": "true", **stack.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    if answer.returncode:
        said = answer.stderr.strip().removeprefix("error: ")
        hint = "set PULUMI_CONFIG_PASSPHRASE to the passphrase with which the state of this environment was created"
        raise EngineError(f"its secrets cannot be read: {said}", hint=hint)
