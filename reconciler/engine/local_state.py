"""The files of a state in a local folder, and how to read them without the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from reconciler.engine.state import Deployment, checked
from reconciler.errors import EngineError

_PREFIX = "file://"


@dataclass(frozen=True, slots=True)
class LocalState:
    """The files of one stack below a folder: those of the engine and those of the reconciler."""

    backend: Path
    project: str
    stack: str

    @classmethod
    def of(cls, url: str, root: Path, project: str, stack: str) -> LocalState | None:
        """The state at a backend's URL, relative to the folder `root`; None if it is not local."""
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
        """The folder with the locks of current runs."""
        return self.backend / ".pulumi" / "locks" / "organization" / self.project / self.stack

    @property
    def kept(self) -> Path:
        """The reconciler's copy of the last complete state."""
        return self._own("checkpoint.json")

    @property
    def journal(self) -> Path:
        """The steps of the current run, or of one that was killed."""
        return self._own("journal")

    @property
    def unverified(self) -> Path:
        """A file that exists while the state may contain objects that a killed run deleted in the tenant."""
        return self._own("unverified")

    def _own(self, suffix: str) -> Path:
        return self.backend / ".reconciler" / self.project / f"{self.stack}.{suffix}"

    @property
    def is_compressed(self) -> bool:
        """Whether the engine compresses the state: then only the engine can read it."""
        return any(self.checkpoint.with_name(self.checkpoint.name + end).exists() for end in (".gz", ".zst"))

    def deployment(self) -> Deployment:
        """The state, with secrets as ciphertext; empty for a stack that was never applied.

        Raises `EngineError`, and `NewerFormat` if a newer reconciler wrote it.
        """
        try:
            content = self.checkpoint.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise EngineError(
                f"the state of {self.stack} cannot be read: {self.checkpoint}: {error.strerror}",
                hint="make it readable, then run the same command again",
            ) from error
        checkpoint = checkpoint_in(content)
        if checkpoint is None:
            raise self.unreadable()
        return checked(dict(checkpoint["checkpoint"].get("latest") or {}), self.checkpoint)

    def create(self, deployment: Deployment) -> None:
        """Write the files of a new state that only this run uses, as the engine would."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        (self.backend / ".pulumi" / "meta.yaml").write_text("version: 1\n")
        name = f"organization/{self.project}/{self.stack}"
        checkpoint = {"stack": name, "latest": deployment}
        self.checkpoint.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))

    def unreadable(self) -> EngineError:
        """The error for a state without a complete copy."""
        return EngineError(
            f"the state of {self.stack} is damaged, and no complete copy was found: {self.checkpoint}",
            hint="replace that file with a backup; without one, delete it and run `up`: existing objects "
            "are recognised by their names and imported into a new state, but objects removed from the definitions "
            "since the last `up` are no longer managed",
        )


def without_credentials(backend: str) -> str:
    """The address of a backend without user, password and bucket options, so that it can be shown."""
    try:
        parts = urlsplit(backend)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(not an address)"
    if parts.scheme == "file":
        return parts.path or host
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def checkpoint_in(content: bytes) -> dict[str, Any] | None:
    """The checkpoint in a file's content; None if it is not a complete checkpoint."""
    try:
        parsed = json.loads(content)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) and isinstance(parsed.get("checkpoint"), dict) else None
