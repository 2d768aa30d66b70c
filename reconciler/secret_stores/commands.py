"""`exec:NAME`: the output of a program that `pins.yaml` states for the environment; another one stores new secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from reconciler.definitions.trust import PinnedCommand
from reconciler.engine.environment import for_store
from reconciler.secret_stores.child import output_of
from reconciler.secret_stores.interface import SecretStore, StoreFailure, Surroundings


class Commands(SecretStore):
    """The programs of one environment."""

    def __init__(
        self, commands: Mapping[str, PinnedCommand], environ: Mapping[str, str], known: Callable[[str], None]
    ) -> None:
        self._commands = commands
        self._environ = environ
        self._known = known

    def read(self, location: str) -> str:
        """The output of a program, without the line break at its end."""
        command = self._command(location)
        return output_of(command.line, self._variables(command)).rstrip("\r\n")

    def write(self, location: str, key: str, value: str) -> None:
        """Run the program that stores a secret, with the secret as its standard input."""
        command = self._command(location)
        if not command.write:
            hint = "add it, with a program that stores its standard input"
            raise StoreFailure(f"pins.yaml has no `write` for the command {location}", hint)
        output_of(command.write, self._variables(command), given=value)

    def written(self, location: str) -> datetime | None:
        """Unknown: a program only prints the secret."""
        return None

    def _command(self, location: str) -> PinnedCommand:
        command = self._commands.get(location)
        if command is None:
            raise StoreFailure("pins.yaml has no such command for this environment", "see docs/definitions.md, Pins")
        return command

    def _variables(self, command: PinnedCommand) -> dict[str, str]:
        for name in command.variables:
            self._known(self._environ.get(name, ""))
        return for_store(command.variables, environ=self._environ)


def open_store(surroundings: Surroundings) -> SecretStore:
    """The programs that may be run."""
    return Commands(surroundings.commands, surroundings.environ, surroundings.issued)
