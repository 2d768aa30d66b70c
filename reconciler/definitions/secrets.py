"""Secrets of this machine, in variables and files: read when they are used, or to redact them from output. Files are
also written.

Secrets in stores are read by `reconciler.secret_stores`, and only when they are used.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from reconciler.definitions.model import Declaration, Desired, Source
from reconciler.definitions.trust import in_system_folder
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.files import write
from reconciler.kinds.secret_fields import secrets_in
from reconciler.kinds.secret_references import HINT, is_in_store

_REFERENCE = re.compile(r"\b(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s\"',#}\]]+)")


class SecretMissing(ReconcilerError):
    """Raised when a reference has no secret. The message has the location, never a value."""


class SecretNotWritten(ReconcilerError):
    """Raised when a secret was not written where a reference points. The message has the location, never a value."""

    def __init__(self, message: str, hint: str, *, may_be_stored: bool = False) -> None:
        super().__init__(message, hint)
        self.may_be_stored = may_be_stored
        """Whether the new secret may be there nevertheless, for example because the store stopped answering."""


def resolve(reference: str, source: Source, environ: Mapping[str, str] = os.environ) -> SecretStr:
    """The secret of a reference `env:NAME` or `file:PATH` at this location in the definitions.

    Raises `SecretMissing`. A file has the secret as UTF-8 text; trailing line breaks are removed. The path is absolute,
    or relative to the folder of the definitions file with the reference.
    """
    scheme, _, name = reference.partition(":")
    match scheme:
        case "env":
            secret = environ.get(name, "")
            problem = f"the environment variable {name} is " + ("empty" if name in environ else "not set")
        case "file":
            secret, problem = _read(_path(name, source))
        case _:
            raise SecretMissing(f"{source}: this is not a reference to a variable or a file", HINT)
    if not secret:
        raise SecretMissing(f"{source}: {problem}", "set it: the definition refers to this secret")
    return SecretStr(secret)


def _path(name: str, source: Source) -> Path:
    """The file of a reference at this location in the definitions."""
    return Path(source.file).parent / name


def _read(path: Path) -> tuple[str, str]:
    try:
        if in_system_folder(path.resolve()):
            return "", f"the file {path} shows processes or devices"
        return path.read_text(encoding="utf-8").rstrip("\r\n"), f"the file {path} is empty"
    except RuntimeError:
        return "", f"the file {path} is a link to itself"
    except OSError as error:
        return "", f"the file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "", f"the file {path} is not UTF-8 text"


def write_secret(reference: str, source: Source, secret: str) -> None:
    """Write the file of a reference `file:PATH`, so that only its owner can read it. Raises `SecretNotWritten`.

    The path is that of `resolve`, after all links. After a failure or a kill, the file has its earlier content.
    """
    path = check_writable(reference, source)
    try:
        write(path, secret, secret=True)
    except FileNotWritten as error:
        raise SecretNotWritten(f"{source}: the file {error.message}", error.hint) from error


def check_writable(reference: str, source: Source) -> Path:
    """The file of a reference, if it can be written as far as that can be seen. Raises `SecretNotWritten`."""
    scheme, _, name = reference.partition(":")
    if scheme != "file":
        raise SecretNotWritten(f"{source}: {scheme}: cannot be written", "refer to a file or a store")
    path = _path(name, source)
    problem, hint = _unwritable(path)
    if problem:
        raise SecretNotWritten(f"{source}: {problem}", hint)
    return path


def _unwritable(path: Path) -> tuple[str, str]:
    """Why a file cannot be written, and what to do; empty if it can."""
    other = "refer to a file that contains only the secret"
    try:
        target = path.resolve()
        if in_system_folder(target):
            return f"the file {path} shows processes or devices", other
        if target.exists() and not target.is_file():
            return f"the file {path} is not a regular file", other
        if not target.parent.is_dir():
            return f"the file {path} cannot be written: its folder does not exist", f"create {target.parent}"
        if not os.access(target.parent, os.W_OK | os.X_OK):
            return f"the file {path} cannot be written: its folder is read-only", "allow writing there"
    except RuntimeError:
        return f"the file {path} is a link to itself", other
    except OSError as error:
        return f"the file {path} cannot be written: {error.strerror}", "allow writing there"
    return "", ""


def is_absent(reference: str, source: Source) -> bool:
    """Whether a reference is to a file that does not exist, or that is empty."""
    scheme, _, name = reference.partition(":")
    path = _path(name, source)
    try:
        return scheme == "file" and (not path.exists() or (path.is_file() and not path.stat().st_size))
    except OSError:
        return False


def written(reference: str, source: Source) -> datetime | None:
    """When the file of a reference was last written, in UTC; None for a variable. Raises `SecretMissing`."""
    scheme, _, name = reference.partition(":")
    if scheme != "file":
        return None
    path = _path(name, source)
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        problem = f"{source}: the file {path} cannot be read: {error.strerror}"
        raise SecretMissing(problem, "set it: the definition refers to this secret") from error


def secrets_of(declaration: Declaration) -> Iterator[tuple[str, str, Source]]:
    """The secrets of a declaration: paths, references and locations."""
    for path, reference in secrets_in(declaration.kind.fields, declaration.spec):
        yield path, reference, declaration.where(path)


def known_secrets(desired: Desired) -> Iterator[str]:
    """All secrets of an environment on this machine that can be read now: no output may show them.

    No store is contacted for this: a secret that this process has not read cannot be in its output.
    """
    references = set(desired.environment.secrets)
    for declaration in desired.declarations.values():
        references |= {(reference, source) for _, reference, source in secrets_of(declaration)}
    yield from _resolved(sorted(one for one in references if not is_in_store(one[0])))


def known_secrets_in_text(path: Path, may_read: Callable[[str], bool]) -> Iterator[str]:
    """The same for a file that is not valid: the secrets of everything that looks like a reference and may be read."""
    text, place = path.read_text("utf-8"), Source(str(path), 1, 1)
    references = sorted(set(_REFERENCE.findall(text)))
    yield from _resolved((reference, place) for reference in references if may_read(reference))


def _resolved(references: Iterable[tuple[str, Source]]) -> Iterator[str]:
    for reference, source in references:
        if reference.startswith("file:") and not (Path(source.file).parent / reference[5:]).is_file():
            continue  # a pipe can be read only once, at sign-in
        with contextlib.suppress(SecretMissing):
            yield resolve(reference, source).get_secret_value()


def variable_of(reference: str | None) -> str | None:
    """The environment variable that a reference names; None if it names none."""
    return reference.removeprefix("env:") if reference and reference.startswith("env:") else None
