"""Secrets: definitions say where one is, and it is read when it is used, or to keep it out of what is shown."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr

from reconciler.definitions.model import Declaration, Desired, Source
from reconciler.errors import ReconcilerError
from reconciler.kinds.secret_fields import secrets_in

_REFERENCE = re.compile(r"\b(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s\"',#}\]]+)")


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


def secrets_of(declaration: Declaration) -> Iterator[tuple[str, str, Source]]:
    """The paths at which a declaration refers to secrets, the references, and where they stand."""
    for path, reference in secrets_in(declaration.kind, declaration.spec):
        yield path, reference, declaration.where(path)


def known_secrets(desired: Desired) -> Iterator[str]:
    """Every secret that an environment refers to and that can be read now: what no output may show."""
    references = set(desired.environment.secrets)
    for declaration in desired.declarations.values():
        references |= {(reference, source) for _, reference, source in secrets_of(declaration)}
    yield from _resolved(sorted(references))


def known_secrets_in_text(path: Path) -> Iterator[str]:
    """The same for a file that cannot be understood: the secrets behind whatever looks like a reference."""
    text, place = path.read_text("utf-8"), Source(str(path), 1, 1)
    yield from _resolved((reference, place) for reference in sorted(set(_REFERENCE.findall(text))))


def _resolved(references: Iterable[tuple[str, Source]]) -> Iterator[str]:
    for reference, source in references:
        if reference.startswith("file:") and not (Path(source.file).parent / reference[5:]).is_file():
            continue  # a pipe gives its content only once: to whoever signs in with it
        with contextlib.suppress(SecretMissing):
            yield resolve(reference, source).get_secret_value()
