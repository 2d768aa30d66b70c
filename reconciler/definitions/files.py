"""The YAML files of a definitions folder: finding and reading them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler.definitions.errors import Problem
from reconciler.definitions.model import Source

MAX_BYTES: Final = 5_000_000
ENVIRONMENTS: Final = "environments"
"""The folder with one file for each environment."""
IMPORTS: Final = "imports"
"""The folder with the ids of imported objects, one file for each environment."""
_SUFFIXES: Final = (".yaml", ".yml")
IGNORE: Final = ("ignore.yaml", "ignore.yml")
GUARDS: Final = ("guards.yaml", "guards.yml")
OWNERS: Final = ("owners.yaml", "owners.yml")
PINS: Final = ("pins.yaml", "pins.yml")
VARIABLES: Final = ("variables.yaml", "variables.yml")
POLICY: Final = (*GUARDS, *OWNERS, *PINS)
"""Files that limit what definitions may do."""
RESERVED: Final = (*IGNORE, *VARIABLES, *POLICY)
"""Files directly in the definitions folder that have no documents."""


class UnreadablePath(Exception):
    """Raised when a file or folder cannot be read; has the problem."""

    def __init__(self, path: Path, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        self.problem = Problem(Source(path.as_posix(), line, column), message, hint)
        super().__init__(str(self.problem))


def document_files(directory: Path, problems: list[Problem]) -> Iterator[Path]:
    """All files with documents, at any depth, sorted. Hidden files are skipped, links in the folder followed."""
    for path in _yaml_files(directory, (), problems):
        if path.parent == directory and path.name in RESERVED:
            continue
        if path.parent not in (directory / ENVIRONMENTS, directory / IMPORTS):
            yield path


def environment_files(directory: Path) -> dict[str, Path]:
    """The environment files, by the name of the environment."""
    return _by_stem(directory / ENVIRONMENTS)


def import_files(directory: Path) -> dict[str, Path]:
    """The import files, by the name of the environment."""
    return _by_stem(directory / IMPORTS)


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, with or without a byte order mark, up to `MAX_BYTES`. Raises `UnreadablePath`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadablePath(path, "not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadablePath(path, f"the file cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise UnreadablePath(
            path, f"the file is larger than {MAX_BYTES // 1_000_000} MB", "split it into several files"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        raise UnreadablePath(path, what, "save the file in UTF-8", line, column) from error


def _yaml_files(folder: Path, around: tuple[Path, ...], problems: list[Problem]) -> Iterator[Path]:
    try:
        real = folder.resolve(strict=True)
        if real in around:
            raise UnreadablePath(folder, "the link points to a folder that contains it", "remove the link")
        entries = sorted(folder.iterdir())
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        problems.append(UnreadablePath(folder, f"the folder cannot be read: {reason}").problem)
        return
    except UnreadablePath as error:
        problems.append(error.problem)
        return
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _yaml_files(path, (*around, real), problems)
        elif _is_yaml(path):
            yield path


def outward_links(directory: Path) -> Iterator[Problem]:
    """Problems for links out of the folder: their targets are not reviewed with the folder."""
    with suppress(OSError):  # reading the folder reports the problem
        if root := link_target(directory):
            yield from _outward_links(directory, root)


def _outward_links(folder: Path, root: Path) -> Iterator[Problem]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if not path.is_symlink():
            with suppress(OSError):
                yield from _outward_links(path, root)
        elif (target := link_target(path)) and not target.is_relative_to(root):
            message = f"the link points outside the definitions, to {target}"
            yield Problem(Source(path.as_posix(), 1, 1), message, "replace the link with a copy, or remove it")


def link_target(link: Path) -> Path | None:
    """The final target of a symbolic link or a path; None if the link points to itself."""
    try:
        return link.resolve()
    except (OSError, RuntimeError, ValueError):  # ValueError: a name with a null character
        return None


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in _directly_in(folder)}


def _directly_in(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if _is_yaml(path)] if folder.is_dir() else []


def sibling_files(directory: Path) -> Iterator[Problem]:
    """Problems for files that differ only in the suffix, such as `a.yaml` and `a.yml`: only one would be read."""
    reserved = [directory / name for name in RESERVED if (directory / name).is_file()]
    seen: dict[Path, Path] = {}
    for path in [*_directly_in(directory / ENVIRONMENTS), *_directly_in(directory / IMPORTS), *reserved]:
        first = seen.setdefault(path.with_suffix(""), path)
        if first != path:
            yield Problem(
                Source(path.as_posix(), 1, 1), f"{first.name} is in the same folder", "keep one of the two files"
            )


def is_read(path: Path) -> bool:
    """Whether definitions can be read from a file with this name. Other files may be secrets."""
    return path.suffix in _SUFFIXES or is_table(path.name)


def is_table(name: str) -> bool:
    """Whether a file with this name can be the table of a `foreach`."""
    return name.lower().endswith(".csv")


def _is_yaml(path: Path) -> bool:
    return path.suffix in _SUFFIXES and not path.name.startswith(".")
