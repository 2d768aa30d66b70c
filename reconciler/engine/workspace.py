"""A workspace of the Automation API that never decrypts the state, and never puts it into a temporary file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from pulumi.automation import CommandResult, Deployment, LocalWorkspace, Stack, StackAlreadyExistsError
from pulumi.automation.errors import StackNotFoundError

from reconciler.engine.command import EngineCommand


class EncryptedWorkspace(LocalWorkspace):
    """Exports and imports the state with encrypted secrets.

    The API's own workspace exports them in plaintext, and imports from a temporary file that remains if the run is
    killed. This one uses only pipes.

    All commands name the stack, so selecting it only checks that it exists.
    """

    exists: bool | None = None
    """Whether the stack exists; None if the engine has to be asked."""

    def select_stack(self, stack_name: str) -> None:
        """Check that the stack exists. Raises `StackNotFoundError`."""
        if self.exists is None:
            super().select_stack(stack_name)
        elif not self.exists:
            raise StackNotFoundError(CommandResult(f"no stack named {stack_name}", "", 1))

    def export_stack(self, stack_name: str) -> Deployment:
        """The state, with its secrets encrypted."""
        exported = json.loads(self._pulumi(["stack", "export", "--stack", stack_name]))
        return Deployment(version=exported.get("version"), deployment=exported.get("deployment"))

    def import_stack(self, stack_name: str, state: Deployment) -> None:
        """Replace the state; secrets are encrypted as they were when it was exported."""
        text = json.dumps({"version": state.version, "deployment": state.deployment})
        self._pulumi(["stack", "import", "--stack", stack_name], text)

    def _pulumi(self, args: list[str], given: str | None = None) -> str:
        assert isinstance(self.pulumi_command, EngineCommand)
        return self.pulumi_command.run(args, self.work_dir, self.env_vars, given=given).stdout


def open_stack(
    name: str,
    root: Path,
    environment: Mapping[str, str],
    binary: Path,
    withheld: Collection[str] = (),
    exists: bool | None = None,
) -> Stack:
    """Open the stack of this name, or create it. `root` is the folder with `Pulumi.yaml`.

    The engine gets `environment` in addition to this process's variables, without those in `withheld`. It is asked
    whether the stack exists, unless `exists` says so.
    """
    command = EngineCommand(binary, withheld)
    workspace = EncryptedWorkspace(
        work_dir=str(root), program=lambda: None, env_vars=environment, pulumi_command=command
    )
    workspace.exists = exists
    try:
        return Stack.create_or_select(name, workspace)
    except StackAlreadyExistsError:  # another run has just created it
        workspace.exists = True
        return Stack.create_or_select(name, workspace)
