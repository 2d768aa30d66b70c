"""Digests of what each entry of `ignore.yaml` first covered: later changes are found. Stored beside baselines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler import files
from reconciler.drift.ignore import States
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.file_formats import IGNORED_STATES

_RENEW = "delete it; the next `drift` writes a new one"


class _Kept(BaseModel):
    """The file: digests by entry and finding id."""

    model_config = ConfigDict(strict=True)

    version: int
    entries: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class IgnoredStates:
    """The file of one environment, in the folder of the baselines."""

    folder: str
    """A path or a URL."""
    environment: str

    @property
    def url(self) -> str:
        """The path or URL of the file."""
        return f"{self.folder.rstrip('/')}/{self.environment}.ignored.json"

    def load(self) -> States:
        """The stored digests; empty if there is no file. Raises `ReconcilerError` if it cannot be read, and
        `NewerFormat` if a newer reconciler wrote it."""
        import fsspec

        try:
            filesystem, path = fsspec.core.url_to_fs(self.url)
            document = orjson.loads(filesystem.cat_file(path))
            if isinstance(document, dict):
                IGNORED_STATES.check(self.url, document.get("version"), _RENEW)
            return _Kept.model_validate(document).entries
        except FileNotFoundError:
            return {}
        except (OSError, ImportError, ValueError, ValidationError) as error:
            message = str(error).partition("\n")[0]
            raise ReconcilerError(f"{self.url} cannot be read: {message}", hint=_RENEW) from error

    def save(self, states: States) -> None:
        """Store the digests. Raises `ReconcilerError` if they cannot be written."""
        import fsspec

        content = orjson.dumps({"version": IGNORED_STATES.version, "entries": states}, option=orjson.OPT_SORT_KEYS)
        try:
            filesystem, path = fsspec.core.url_to_fs(self.url)
            if "file" in filesystem.protocol:
                files.write(Path(path), content)
                return
            filesystem.makedirs(filesystem._parent(path), exist_ok=True)
            with filesystem.transaction:  # a killed run leaves the earlier file
                filesystem.pipe_file(path, content)
        except (FileNotWritten, OSError, ImportError, ValueError) as error:
            raise ReconcilerError(
                f"{self.url} cannot be written: {error}", hint="allow `drift` to write where baselines are stored"
            ) from error
