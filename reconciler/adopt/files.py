"""The files of an adoption: where each document goes, and which files may be written again.

The first line of every file says from which environment it was adopted, with a digest of what follows it. A file whose
digest is not right any more was edited: it belongs to whoever edited it, and is not written again. What another
environment adopted is never written to: a document that would stand there gets a file beside it.
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


class NotOurs(ReconcilerError):
    """Raised when files are in the way that were not adopted, or were edited since."""


def files_of(drafts: Iterable[Draft], apart: Collection[str]) -> dict[str, list[Draft]]:
    """Which documents stand in which file, by path in the definitions.

    Objects that own others have a file each; small ones stand together by kind, unless the kind is `apart`: it has
    documents elsewhere already.
    """
    files: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        alone = bool(owned_fields(draft.kind)) or draft.kind.kind in apart
        files[f"{folder_of(draft.kind)}/{draft.name if alone else 'adopted'}.yaml"].append(draft)
    return dict(sorted(files.items()))


def beside_others(directory: Path, files: Mapping[str, list[Draft]], environment: str) -> dict[str, list[Draft]]:
    """The same files; one that another environment adopted gives way to one with the environment in its name."""
    return {
        path if adopted_from(directory / path) in ("", environment) else f"{path[:-5]}.{environment}.yaml": drafts
        for path, drafts in files.items()
    }


def folder_of(kind: type[Kind]) -> str:
    """The folder for documents of a kind: the kind's word, in the plural."""
    word = kind.kind
    return f"{word[:-1]}ies" if word.endswith("y") else word if word.endswith("s") else f"{word}s"


def signed(path: str, text: str, environment: str) -> str:
    """The text with a first line that says where it comes from, and by which an edit is seen."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    said = f"Adopted from {environment}. Edit it freely: what was edited is not overwritten. [{digest}]"
    return f"<!-- {said} -->\n{text}" if path.endswith(".md") else f"# {said}\n{text}"


def is_own(path: Path, environment: str) -> bool:
    """Whether a file was adopted from this environment, and not edited since."""
    text = _text(path)
    return text == signed(path.name, text.partition("\n")[2], environment)


def adopted_from(path: Path) -> str:
    """The environment from which a file was adopted, edited since or not; empty if it was not adopted."""
    found = _SIGNATURE.match(_text(path))
    return found[1] if found else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def refuse_to_overwrite(directory: Path, paths: Iterable[str], environment: str) -> None:
    """Raise `NotOurs` if a file is there that was not adopted from this environment, or was edited since."""
    there = ((directory / path) for path in paths if (directory / path).exists())
    foreign = [path.as_posix() for path in there if not is_own(path, environment)]
    if foreign:
        raise NotOurs(
            f"{len(foreign)} files are there that adopt did not write, or that were edited: {', '.join(foreign)}",
            hint="nothing was written; choose another folder, or overwrite them with --force",
        )


def write(directory: Path, texts: Mapping[str, str], withdrawn: Iterable[str], environment: str) -> None:
    """Write the files, whatever is there, and remove those that are withdrawn and not written again: all, or none.

    The imports come first, and the environment last: a folder in which only some of the files were written, and that
    another tool reads, does not load, and nothing is made twice. Raises `FileNotWritten`.
    """
    contents: dict[str, str | None] = {path: None for path in withdrawn if path not in texts}
    contents |= {path: signed(path, text, environment) for path, text in texts.items()}
    write_all(directory, {path: contents[path] for path in sorted(contents, key=_turn)})


def _turn(path: str) -> tuple[int, str]:
    turns = {IMPORTS: 0, ENVIRONMENTS: 2}
    return turns.get(path.partition("/")[0], 1), path
