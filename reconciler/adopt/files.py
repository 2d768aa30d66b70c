"""The files of an adoption: where each document goes, and which files may be overwritten.

The first line of every file names the environment it was adopted from, with a digest of the rest. If the digest does
not match, the file was edited and is not overwritten. Files adopted from another environment are never written to:
a document with the same path gets a file beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from reconciler.adopt.draft import Draft
from reconciler.definitions.files import ENVIRONMENTS, IMPORTS
from reconciler.definitions.owned import owned_fields
from reconciler.definitions.transaction import write_all
from reconciler.errors import ReconcilerError
from reconciler.kinds import Kind

_SIGNATURE: Final = re.compile(r"(?:# |<!-- )Adopted from (.+)\. Edit it freely: .*\n")


class FilesInTheWay(ReconcilerError):
    """Raised when adopt would overwrite files that it did not write, or that were edited since."""


def files_of(drafts: Iterable[Draft], declared_kinds: Collection[str]) -> dict[str, list[Draft]]:
    """The documents of each file, by path in the definitions.

    Objects that can own others have a file each. Other objects share one file per kind, unless the kind already has
    documents in other files (`declared_kinds`).
    """
    files: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        alone = bool(owned_fields(draft.kind)) or draft.kind.name in declared_kinds
        files[f"{folder_of(draft.kind)}/{draft.name if alone else 'adopted'}.yaml"].append(draft)
    return dict(sorted(files.items()))


def beside_other_environments(
    directory: Path, files: Mapping[str, list[Draft]], environment: str
) -> dict[str, list[Draft]]:
    """The same files, with the environment in the name where another environment's adopted file has that path."""
    return {
        path if adopted_from(directory / path) in ("", environment) else f"{path[:-5]}.{environment}.yaml": drafts
        for path, drafts in files.items()
    }


def folder_of(kind: Kind) -> str:
    """The folder for documents of a kind: the plural of its name."""
    name = kind.name
    return f"{name[:-1]}ies" if name.endswith("y") else name if name.endswith("s") else f"{name}s"


def signed(path: str, text: str, environment: str) -> str:
    """The text after a first line that names the environment and has the digest by which edits are detected."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    signature = f"Adopted from {environment}. Edit it freely: what was edited is not overwritten. [{digest}]"
    return f"<!-- {signature} -->\n{text}" if path.endswith(".md") else f"# {signature}\n{text}"


def is_own(path: Path, environment: str) -> bool:
    """Whether a file was adopted from this environment and not edited since."""
    text = _text(path)
    return text == signed(path.name, text.partition("\n")[2], environment)


def adopted_from(path: Path) -> str:
    """The environment a file was adopted from, even if it was edited since; empty if it was not adopted."""
    found = _SIGNATURE.match(_text(path))
    return found[1] if found else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def refuse_to_overwrite(directory: Path, paths: Iterable[str], environment: str) -> None:
    """Raise `FilesInTheWay` if a file exists that was not adopted from this environment, or was edited since."""
    existing = ((directory / path) for path in paths if (directory / path).exists())
    in_the_way = [path.as_posix() for path in existing if not is_own(path, environment)]
    if in_the_way:
        files = "file was" if len(in_the_way) == 1 else "files were"
        raise FilesInTheWay(
            f"{len(in_the_way)} existing {files} not written by adopt, or edited since: {', '.join(in_the_way)}",
            hint="nothing was written; choose another folder, or pass --force to overwrite them",
        )


def write(directory: Path, texts: Mapping[str, str], obsolete: Iterable[str], environment: str) -> None:
    """Write the files, overwriting existing ones, and delete `obsolete` files that are not in `texts`: all or nothing.

    Imports are written first and the environment last. If another tool reads the folder before all files are written,
    the definitions do not load, so no object is created twice. Raises `FileNotWritten`.
    """
    contents: dict[str, str | None] = {path: None for path in obsolete if path not in texts}
    contents |= {path: signed(path, text, environment) for path, text in texts.items()}
    write_all(directory, {path: contents[path] for path in sorted(contents, key=_writing_order)})


def _writing_order(path: str) -> tuple[int, str]:
    order = {IMPORTS: 0, ENVIRONMENTS: 2}
    return order.get(path.partition("/")[0], 1), path
