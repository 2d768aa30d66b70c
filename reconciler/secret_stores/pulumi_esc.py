"""`esc:ORGANIZATION/PROJECT/ENVIRONMENT#KEY`: Pulumi ESC, by `esc` or else by `pulumi env`.

Both sign in as `PULUMI_ACCESS_TOKEN`, or as whoever has run `pulumi login`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from reconciler.engine import toolchain
from reconciler.engine.environment import for_store
from reconciler.secret_stores.child import ProgramFailed, output_of
from reconciler.secret_stores.interface import EntryAbsent, SecretStore, StoreFailure, Surroundings

_VARIABLES = ("PULUMI_ACCESS_TOKEN", "PULUMI_HOME")
_LIFETIME = "1m"
"""How long dynamic credentials of the environment live: each entry is read once."""


class PulumiEsc(SecretStore):
    """Pulumi ESC."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        backend = environ.get("PULUMI_BACKEND_URL", "")
        # A backend in a bucket is none of Pulumi Cloud, and then the sign-in decides.
        cloud = ("PULUMI_BACKEND_URL",) if backend.startswith("https://") else ()
        self._environ = for_store((*_VARIABLES, *cloud), environ=environ)
        self._program = _program(environ)

    def read(self, location: str) -> Mapping[str, object]:
        """The values of an environment, by their path."""
        printed = self._run(["open", "--format", "json", "--lifetime", _LIFETIME, "--", location])
        try:
            values = json.loads(printed)
        except (ValueError, RecursionError) as error:
            raise StoreFailure("the output of Pulumi ESC is not JSON", "update Pulumi or esc") from error
        if not isinstance(values, dict):
            raise StoreFailure("the environment has no values", "add the secret below `values`")
        return dict(_flat(values))

    def write(self, location: str, key: str, value: str) -> None:
        """Set a value of an environment, encrypted. The program reads it from its standard input."""
        self._run(["set", "--secret", "--string", "--file", "-", "--", location, key], given=value)

    def written(self, location: str) -> datetime | None:
        """Unknown: the values of an environment may come from elsewhere."""
        return None

    def _run(self, arguments: list[str], given: str | None = None) -> str:
        try:
            return output_of([*self._program, *arguments], self._environ, given=given)
        except ProgramFailed as failure:
            raise _explained(failure) from failure


def _program(environ: Mapping[str, str]) -> list[str]:
    if shutil.which("esc", path=environ.get("PATH")):
        return ["esc", "env"]
    if pulumi := toolchain.find():
        return [str(pulumi), "env"]
    raise StoreFailure("neither esc nor pulumi is installed", "install one of them")


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        yield prefix + name, value
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")


def _explained(failure: ProgramFailed) -> StoreFailure:
    if failure.mentions("unknown flag"):
        return StoreFailure("the program is too old to read a value from its input", "update esc or Pulumi")
    if failure.is_network:
        return StoreFailure("Pulumi Cloud cannot be reached", "check the network and the proxy")
    if failure.mentions("[404]", "not found"):
        return EntryAbsent("Pulumi ESC has no such environment", "correct the name, or grant access to it")
    if failure.mentions("[401]", "[403]", "unauthorized", "logged in", "login", "token"):
        return StoreFailure("Pulumi ESC did not accept the sign-in", "set PULUMI_ACCESS_TOKEN, or run `pulumi login`")
    return failure


def open_store(surroundings: Surroundings) -> SecretStore:
    """Pulumi ESC; the program signs in itself."""
    return PulumiEsc(surroundings.environ)
