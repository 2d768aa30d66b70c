"""Where the state of a stack is, if it is kept in a local folder, and what can be read of it without the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from reconciler.engine.state import Deployment
from reconciler.errors import EngineError

_PREFIX = "file://"


@dataclass(frozen=True, slots=True)
class LocalState:
    """The files of one stack below a folder: the engine's own, and what the reconciler keeps beside them."""

    backend: Path
    project: str
    stack: str

    @classmethod
    def of(cls, url: str, root: Path, project: str, stack: str) -> LocalState | None:
        """The state at a backend's URL, which the engine reads in the folder `root`; None if it is not local."""
        if not url.startswith(_PREFIX):
            return None
        path = unquote(url.removeprefix(_PREFIX).partition("?")[0])
        return cls(root.resolve() / Path(path).expanduser(), project, stack)

    @property
    def checkpoint(self) -> Path:
        """The engine's file with the state."""
        return self.backend / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"

    @property
    def backups(self) -> Path:
        """The folder to which the engine copies the state after each run."""
        return self.backend / ".pulumi" / "backups" / self.project / self.stack

    @property
    def locks(self) -> Path:
        """The folder with the locks of runs under way."""
        return self.backend / ".pulumi" / "locks" / "organization" / self.project / self.stack

    @property
    def kept(self) -> Path:
        """The reconciler's own copy of the last state that could be read."""
        return self._own("checkpoint.json")

    @property
    def journal(self) -> Path:
        """The steps of the run under way, or of one that was killed."""
        return self._own("journal")

    @property
    def unverified(self) -> Path:
        """A file that is there as long as the state may have what a run removed and could not record."""
        return self._own("unverified")

    def _own(self, suffix: str) -> Path:
        return self.backend / ".reconciler" / self.project / f"{self.stack}.{suffix}"

    @property
    def is_compressed(self) -> bool:
        """Whether the engine was told to compress the state: then only the engine reads it."""
        return any(self.checkpoint.with_name(self.checkpoint.name + end).exists() for end in (".gz", ".zst"))

    def deployment(self) -> Deployment:
        """The state, with secrets as ciphertext; empty for a stack that was never applied. Raises `EngineError`."""
        try:
            content = self.checkpoint.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise EngineError(
                f"the state of {self.stack} cannot be read: {self.checkpoint}: {error.strerror}",
                hint="allow reading it, then run the same command again",
            ) from error
        checkpoint = checkpoint_in(content)
        if checkpoint is None:
            raise self.unreadable()
        return dict(checkpoint["checkpoint"].get("latest") or {})

    def unreadable(self) -> EngineError:
        """The error for a state of which no whole copy is left."""
        return EngineError(
            f"the state of {self.stack} is damaged, and no copy of it is whole: {self.checkpoint}",
            hint="put a backup of that file in its place; without one, delete it and run `up`: objects of the tenant "
            "are recognised by their names and taken into a new state, but what was removed from the definitions "
            "since the last `up` is no longer known as managed",
        )


def without_credentials(backend: str) -> str:
    """The address of a backend as it may be shown: without a user, a password, and the options of a bucket."""
    try:
        parts = urlsplit(backend)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(not an address)"
    if parts.scheme == "file":
        return parts.path or host
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def checkpoint_in(content: bytes) -> dict[str, Any] | None:
    """The checkpoint in a file's content, as the engine writes it; None if it is none, or not a whole one."""
    try:
        parsed = json.loads(content)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) and isinstance(parsed.get("checkpoint"), dict) else None
