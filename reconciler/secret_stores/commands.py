"""`exec:NAME`: the output of a program that `pins.yaml` states for the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
        command = self._commands.get(location)
        if command is None:
            raise StoreFailure("pins.yaml has no such command for this environment", "see docs/definitions.md, Pins")
        for name in command.variables:
            self._known(self._environ.get(name, ""))
        return output_of(command.line, for_store(command.variables, environ=self._environ)).rstrip("\r\n")


def open_store(surroundings: Surroundings) -> SecretStore:
    """The programs that may be run."""
    return Commands(surroundings.commands, surroundings.environ, surroundings.issued)
