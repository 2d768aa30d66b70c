"""Several files of a definitions folder, written as one: all of them, or none.

First, a hidden file in the folder (the note) records the old contents. Then each new content is staged beside its
target, and the staged files are renamed one after the other. Removing the note completes the transaction. If the note
exists and is not locked, a previous run was interrupted: the next run that reads or writes the folder restores the
files.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.file_formats import WRITE_NOTE

NOTE: Final = ".reconciler-writing.json"
"""The hidden file, directly in the folder, with the old contents of the files."""
_STAGED_NOTE: Final = ".reconciler-writing.part"
_COMPARE: Final = "compare the files with your repository, then delete it"


class IncompleteWrite(ReconcilerError):
    """Raised when a transaction was interrupted and the files cannot be restored."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One file: its old and new content, and where the new content is staged."""

    path: str
    """Below the folder."""
    staged: str
    """Below the folder."""
    before: str | None
    """In base64; None if there was no file."""
    after: str | None
    """The digest of the new content; None if the file is removed."""


def write_all(folder: Path, contents: Mapping[str, str | None]) -> None:
    """Write files by their paths below the folder, in this order; None removes one.

    Raises `FileNotWritten` if one of them cannot be written; then all files are restored. Links in the folder stay.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileNotWritten(folder, error) from error
    undo_interrupted_write(folder)
    root = folder.resolve()
    data = {_inside(root, path): None if text is None else text.encode() for path, text in contents.items()}
    steps = [_step(root, path, content) for path, content in data.items()]
    with _noted(root, steps):
        at = root
        try:
            for step in steps:
                at = root / step.path
                if (content := data[step.path]) is not None:
                    _stage(root / step.staged, content, like=at)
            for step in steps:
                at = root / step.path
                if data[step.path] is None:
                    at.unlink(missing_ok=True)
                else:
                    (root / step.staged).replace(at)
            at = root / NOTE
            at.unlink()
        except BaseException as error:
            _put_back(root, steps)
            if isinstance(error, OSError):
                raise FileNotWritten(at, error) from error
            raise


def undo_interrupted_write(folder: Path) -> None:
    """Restore the files if a previous run was interrupted while it wrote them; wait for a run that is still writing.

    Raises `IncompleteWrite` if that is not possible, or if one of the files was edited since, and `NewerFormat` if a
    newer reconciler wrote them.
    """
    try:
        root = folder.resolve()
        if not (root / NOTE).exists():
            return
    except (OSError, RuntimeError):
        return  # reading the folder reports the problem
    try:
        note = (root / NOTE).open("rb")
    except FileNotFoundError:
        return  # the other run has just ended
    except OSError as error:
        raise _incomplete(root, error) from error
    with note:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(note, fcntl.LOCK_EX)
        if not _is_at(note.fileno(), root / NOTE):
            return  # the other run has ended well
        steps = _read(root, note)
        edited = [root / step.path for step in steps if _digest(root / step.path) not in _known(step)]
        if edited:
            raise IncompleteWrite(
                f"a previous run was interrupted while it wrote {root}, "
                f"and {', '.join(map(str, edited))} was edited since",
                hint=f"compare the files with your repository, then delete {root / NOTE}",
            )
        _put_back(root, steps)


def _read(root: Path, note: BinaryIO) -> list[_Step]:
    """The content of a note. A note from a checkout or a copy is refused: it could write any file."""
    try:
        content = json.load(note)
        WRITE_NOTE.check(root / NOTE, content.get("version"), _COMPARE)
        if content["inode"] == os.fstat(note.fileno()).st_ino:
            steps = [_Step(**each) for each in content["files"]]
            if all(_inside(root, path) == path for step in steps for path in (step.path, step.staged)):
                return steps
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise IncompleteWrite(f"{root / NOTE} was copied here, or is damaged", hint=_COMPARE)


@contextmanager
def _noted(root: Path, steps: Sequence[_Step]) -> Iterator[None]:
    """With the note, which is locked before it becomes visible."""
    staged = root / _STAGED_NOTE
    try:
        with os.fdopen(os.open(staged, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as note:
            try:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ReconcilerError(f"another run is writing {root}", hint="run this again after it ends") from error
            try:
                note.truncate()
                files = [asdict(step) for step in steps]
                content = {"version": WRITE_NOTE.version, "inode": os.fstat(note.fileno()).st_ino, "files": files}
                note.write(json.dumps(content).encode())
                note.flush()
                os.fsync(note.fileno())
                staged.replace(root / NOTE)
            except BaseException:
                with suppress(OSError):
                    staged.unlink()
                raise
            yield
    except OSError as error:
        raise FileNotWritten(root / NOTE, error) from error


def _put_back(root: Path, steps: Sequence[_Step]) -> None:
    """Restore the old contents of the files, and remove the note. Raises `IncompleteWrite`."""
    try:
        for step in reversed(steps):
            (root / step.staged).unlink(missing_ok=True)
            target = root / step.path
            before = None if step.before is None else base64.b64decode(step.before)
            if _digest(target) == _digest_of(before):
                continue
            if before is None:
                target.unlink(missing_ok=True)
            else:
                _stage(root / step.staged, before, like=target)
                (root / step.staged).replace(target)
        for step in steps:
            _remove_empty_folders(root, (root / step.path).parent)
        (root / NOTE).unlink(missing_ok=True)
    except OSError as error:
        raise _incomplete(root, error) from error


def _incomplete(root: Path, error: OSError) -> IncompleteWrite:
    return IncompleteWrite(
        f"not all files in {root} were written, and they cannot be restored: "
        f"{error.filename or ''}: {error.strerror or error}",
        hint="free disk space or allow writing there, then run the same command again: it restores the files first",
    )


def _inside(root: Path, path: str) -> str:
    target = (root / path).resolve()
    if not target.is_relative_to(root):
        raise ReconcilerError(f"{root / path} points outside {root}, to {target}", hint="remove the link")
    return target.relative_to(root).as_posix()


def _step(root: Path, path: str, content: bytes | None) -> _Step:
    target = root / path
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part").relative_to(root).as_posix()
    try:
        before = target.read_bytes()
    except FileNotFoundError:
        return _Step(path, staged, None, _digest_of(content))
    except OSError as error:
        raise FileNotWritten(target, error) from error
    return _Step(path, staged, base64.b64encode(before).decode(), _digest_of(content))


def _stage(staged: Path, content: bytes, like: Path) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    with staged.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        staged.chmod(like.stat().st_mode & 0o7777)


def _known(step: _Step) -> tuple[str | None, str | None]:
    """The digests that a file of an interrupted transaction can have if it was not edited since."""
    return _digest_of(None if step.before is None else base64.b64decode(step.before)), step.after


def _digest(path: Path) -> str | None:
    try:
        return _digest_of(path.read_bytes())
    except FileNotFoundError:
        return None


def _digest_of(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _remove_empty_folders(root: Path, folder: Path) -> None:
    with suppress(OSError):  # it is not empty, or does not exist
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
