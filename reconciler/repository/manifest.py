"""The manifest of a repository: what the tool wrote, in which version.

Formats:
1  schemas in `.vscode`; a list of files, with digests of their whole texts
2  schemas in `schemas`; digests of texts without their pins, and the variables that workflows pass on

A manifest of an earlier format is read as one of the current format. One of a later format is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from reconciler.errors import ReconcilerError
from reconciler.printable import printable_json
from reconciler.repository.action import ActionPin
from reconciler.repository.pins import digest
from reconciler.repository.stores import STORES
from reconciler.version import numbers_of

MANIFEST: Final = ".reconciler.json"
FORMAT: Final = 2


class NoManifest(ReconcilerError):
    """Raised when a folder has no manifest, or none that can be read."""


class NewerRepository(ReconcilerError):
    """Raised when a later version of the tool wrote the manifest."""

    def __init__(self, file: Path, version: object, why: str) -> None:
        super().__init__(
            f"version {version} of the reconciler wrote {file}{why}", hint="install that version, or a later one"
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the tool wrote."""

    version: str
    """The version of the tool."""
    action: str
    """The repository of the action and the ref, as `ActionPin.parse` reads them."""
    secrets: tuple[str, ...]
    """The variables that the workflows pass on to `up`."""
    stores: tuple[str, ...]
    """The stores of secrets that the workflows sign in to for `up`."""
    files: Mapping[str, str]
    """The digest of each file as it was generated; empty if it is not known."""

    @classmethod
    def of(
        cls, action: ActionPin, secrets: tuple[str, ...], texts: Mapping[str, str], stores: Iterable[str] = ()
    ) -> Manifest:
        """The manifest of files that are being written."""
        files = {path: digest(text) for path, text in texts.items()}
        return cls(action.version, action.text, secrets, tuple(sorted(stores)), files)

    @property
    def text(self) -> str:
        """The text of its file."""
        return printable_json({"format": FORMAT, **asdict(self)})


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a repository. Raises `NoManifest` and `NewerRepository`."""
    file = folder / MANIFEST
    try:
        content = json.loads(file.read_bytes())
        form = int(content["format"])
        if form > FORMAT:
            why = f", in format {form}; this version reads formats up to {FORMAT}"
            raise NewerRepository(file, content.get("version"), why)
        while form < FORMAT:
            content, form = _MIGRATIONS[form](content, folder), form + 1
        version = str(content["version"])
        return Manifest(
            version,
            ActionPin.parse(str(content["action"]), version).text,
            tuple(map(str, content["secrets"])),
            tuple(sorted(STORES.keys() & content.get("stores", ()))),
            {str(path): str(known) for path, known in content["files"].items()},
        )
    except FileNotFoundError:
        raise NoManifest(
            f"{folder} has no {MANIFEST}: `reconciler init` did not create it",
            hint="name the folder of the repository, or create one with `reconciler init`",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoManifest(
            f"{file} cannot be read: {error}", hint="restore the file from an earlier commit of the repository"
        ) from error


def refuse_newer(folder: Path, recorded: Manifest, version: str) -> None:
    """Raise `NewerRepository` if a later version than this one wrote the manifest: it would be taken back."""
    if numbers_of(recorded.version) > numbers_of(version):
        raise NewerRepository(folder / MANIFEST, recorded.version, f"; this is version {version}")


def _from_format_1(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Digests of whole texts become digests without pins, where the file is still as it was written."""
    files = {str(entry["path"]): str(entry["sha256"]) for entry in content["files"]}
    return {**content, "secrets": [], "files": {path: _migrated(folder / path, known) for path, known in files.items()}}


def _migrated(path: Path, known: str) -> str:
    try:
        data = path.read_bytes()
        return digest(data.decode()) if hashlib.sha256(data).hexdigest() == known else ""
    except (OSError, UnicodeDecodeError):
        return ""


_MIGRATIONS: Final[Mapping[int, Callable[[Mapping[str, Any], Path], dict[str, Any]]]] = {1: _from_format_1}
"""What makes the content of the next format."""
