"""Secrets of this machine, in variables and files: read when they are used, or to redact them from output.

Secrets in stores are read by `reconciler.secret_stores`, and only when they are used.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr

from reconciler.definitions.model import Declaration, Desired, Source
from reconciler.definitions.trust import in_system_folder
from reconciler.errors import ReconcilerError
from reconciler.kinds.secret_fields import secrets_in
from reconciler.kinds.secret_references import HINT, is_in_store

_REFERENCE = re.compile(r"\b(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s\"',#}\]]+)")


class SecretMissing(ReconcilerError):
    """Raised when a reference has no secret. The message has the location, never a value."""


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
            secret, problem = _read(Path(source.file).parent / name)
        case _:
            raise SecretMissing(f"{source}: this is not a reference to a variable or a file", HINT)
    if not secret:
        raise SecretMissing(f"{source}: {problem}", "set it: the definition refers to this secret")
    return SecretStr(secret)


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
