"""What `init` and `upgrade` share: the action, the schemas and the secrets of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from reconciler.cli.schema import SCHEMAS
from reconciler.definitions import load_all
from reconciler.definitions.secrets import secrets_of, variable_of
from reconciler.errors import ReconcilerError
from reconciler.printable import printable_json
from reconciler.repository import NO_OWNER, ActionPin
from reconciler.repository.stores import stores_of
from reconciler.version import DISTRIBUTION, tool_version


class RepositoryFolder(click.Path):
    """The folder of a repository; a name that no file system takes is misuse."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder as a path."""
        if "\0" in str(value):
            self.fail(f"{str(value)!r} is not the name of a folder", param, ctx)
        return super().convert(value, param, ctx)


_INSTALL: Final = f"install the package {DISTRIBUTION}, or run `make setup` in a checkout"
REPOSITORY_FOLDER: Final = RepositoryFolder(file_okay=False, path_type=Path)
action_option = click.option(
    "--action",
    metavar="OWNER/REPOSITORY[@REF]",
    help="The GitHub repository with the reconciler's action, and a tag (by default that of this version) or a commit.",
)


def action_of(text: str | None) -> ActionPin:
    """The action that workflows call. Raises `click.BadParameter`, and an error if the version is not known."""
    if not tool_version():
        raise ReconcilerError("the reconciler is not installed, so its version cannot be pinned", hint=_INSTALL)
    try:
        return ActionPin.parse(text or NO_OWNER, tool_version())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--action") from error


def schema_texts() -> dict[str, str]:
    """The JSON Schemas for editors, by file type."""
    return {"definition" if what == "document" else what: printable_json(schema()) for what, schema in SCHEMAS.items()}


@dataclass(frozen=True, slots=True)
class ReferredTo:
    """Where the secrets of apps are that documents of any environment refer to."""

    variables: tuple[str, ...]
    stores: frozenset[str]


def secrets_referred_to(definitions: Path) -> ReferredTo:
    """The variables and the stores. Raises `DefinitionsError`."""
    references = {
        reference
        for desired in load_all(definitions).values()
        for declaration in desired.managed.values()
        for _, reference, _ in secrets_of(declaration)
    }
    return ReferredTo(tuple(sorted(filter(None, map(variable_of, references)))), stores_of(references))
