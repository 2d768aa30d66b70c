"""Secrets: definitions say where one is, and it is read when it is used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from reconciler.definitions.model import Source
from reconciler.errors import ReconcilerError


class SecretMissing(ReconcilerError):
    """Raised when there is no secret where the definitions say; names the place, and never a value."""


def resolve(reference: str, source: Source, environ: Mapping[str, str] = os.environ) -> SecretStr:
    """The secret behind `env:NAME` or `file:PATH`, which stands at this place in the definitions.

    Raises `SecretMissing`. A file holds the secret as UTF-8 text; the line break at its end does not belong to it. Its
    path is absolute, or relative to the folder of the definitions file that names it.
    """
    scheme, _, name = reference.partition(":")
    match scheme:
        case "env":
            secret = environ.get(name, "")
            problem = f"the environment variable {name} is " + ("empty" if name in environ else "not set")
        case "file":
            secret, problem = _read(Path(source.file).parent / name)
        case _:
            raise SecretMissing(f"{source}: this is no reference to a secret", "write env:NAME or file:PATH")
    if not secret:
        raise SecretMissing(f"{source}: {problem}", "this definition needs the secret that it holds")
    return SecretStr(secret)


def _read(path: Path) -> tuple[str, str]:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n"), f"the file {path} is empty"
    except OSError as error:
        return "", f"the file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "", f"the file {path} is not UTF-8 text"
