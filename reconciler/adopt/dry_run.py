"""A dry run: the files are written to a copy of the folder first, and loaded from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.definitions import DefinitionsError, Desired, load
from reconciler.definitions.copying import copied
from reconciler.errors import ReconcilerError


class BreaksDefinitions(ReconcilerError):
    """Raised when the files to write do not load, or would change what is declared for other environments."""


def loadable(directory: Path, names: Iterable[str]) -> dict[str, Desired]:
    """The definitions of each environment that loads without problems."""
    found: dict[str, Desired] = {}
    for name in names:
        with suppress(DefinitionsError):
            found[name] = load(directory, name)
    return found


def dry_run(write: Callable[[Path], None], directory: Path, environment: str, others: Mapping[str, Desired]) -> None:
    """Run `write` on a copy of the folder.

    Raises `BreaksDefinitions` if an environment does not load then, or the definitions of another one change.
    """
    with copied(directory) as copy:
        write(copy)
        try:
            load(copy, environment, directory)
            changed = [name for name, before in others.items() if load(copy, name, directory).digest != before.digest]
        except DefinitionsError as error:
            message = str(error).replace(copy.as_posix(), directory.as_posix())
            raise BreaksDefinitions(message, hint="nothing was written: these documents would not be valid") from error
    if changed:
        raise BreaksDefinitions(
            f"this would change what is declared for {', '.join(changed)}",
            hint="nothing was written; move those documents to separate files, or choose another folder",
        )
