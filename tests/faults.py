"""Makes one file operation fail, or kills the run there; operations are counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_WRITING = ("replace", "unlink", "rmdir", "mkdir", "chmod")


class Killed(BaseException):
    """Raised by every operation from the chosen one on, so that no handler can do anything more."""


class Full(OSError):
    """The error of a full disk."""

    def __init__(self) -> None:
        super().__init__(28, "No space left on device")


@contextmanager
def fault(number: int, error: type[BaseException], below: Path, *, lasting: bool = True) -> Iterator[list[str]]:
    """Make operation `number` (from 1) fail and, with `lasting`, all later ones. Yields the operations so far.

    Only operations that write at or below this path count.
    """
    seen: list[str] = []

    def counted(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            if name == "open" and not set("wxa+") & set(_mode(arguments, options)):
                return operation(*arguments, **options)
            path = Path(f"/proc/self/fd/{arguments[0]}").resolve() if name == "fsync" else Path(arguments[0])
            if not path.is_relative_to(below):
                return operation(*arguments, **options)
            seen.append(f"{name} {path}")
            if len(seen) == number or (lasting and len(seen) > number):
                raise error
            return operation(*arguments, **options)

        return run

    with pytest.MonkeyPatch.context() as patch:
        for name in _WRITING:
            patch.setattr(Path, name, counted(name, getattr(Path, name)))
        patch.setattr(Path, "open", counted("open", Path.open))
        patch.setattr(os, "fsync", counted("fsync", os.fsync))
        yield seen


def _mode(arguments: tuple[Any, ...], options: dict[str, Any]) -> str:
    return str(options.get("mode", arguments[1] if len(arguments) > 1 else "r"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, except hidden ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
