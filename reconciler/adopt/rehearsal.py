"""A rehearsal: the files are written to a copy of the folder first, and loaded from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.definitions import DefinitionsError, Desired, load
from reconciler.definitions.copying import copied
from reconciler.errors import ReconcilerError


class Spoils(ReconcilerError):
    """Raised when what is to be written does not load, or changes what other environments want."""


def loadable(directory: Path, names: Iterable[str]) -> dict[str, Desired]:
    """What those of the environments want that have no problems."""
    found: dict[str, Desired] = {}
    for name in names:
        with suppress(DefinitionsError):
            found[name] = load(directory, name)
    return found


def rehearse(write: Callable[[Path], None], directory: Path, environment: str, others: Mapping[str, Desired]) -> None:
    """Let `write` work on a copy of the folder. Raises `Spoils` unless all load then, and the others want the same."""
    with copied(directory) as copy:
        write(copy)
        try:
            load(copy, environment)
            changed = [name for name, before in others.items() if load(copy, name).digest != before.digest]
        except DefinitionsError as error:
            said = str(error).replace(copy.as_posix(), directory.as_posix())
            raise Spoils(said, hint="nothing was written: these documents would not be valid") from error
    if changed:
        raise Spoils(
            f"this would change what is declared for {', '.join(changed)}",
            hint="nothing was written; move those documents to files of their own, or choose another folder",
        )
