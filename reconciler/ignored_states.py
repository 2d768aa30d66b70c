"""What entries of `ignore.yaml` first passed over, kept beside the baseline: digests, so that a later change shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler import files
from reconciler.drift.ignore import States
from reconciler.errors import FileNotWritten, ReconcilerError

VERSION = 1


class _Kept(BaseModel):
    """The file: digests by entry, and by the id of a finding."""

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
    def place(self) -> str:
        """Where the file is."""
        return f"{self.folder.rstrip('/')}/{self.environment}.ignored.json"

    def load(self) -> States:
        """What was kept last; nothing if there is no file. Raises `ReconcilerError` if it cannot be read."""
        import fsspec

        try:
            filesystem, path = fsspec.core.url_to_fs(self.place)
            return _Kept.model_validate(orjson.loads(filesystem.cat_file(path))).entries
        except FileNotFoundError:
            return {}
        except (OSError, ImportError, ValueError, ValidationError) as error:
            message = str(error).partition("\n")[0]
            raise ReconcilerError(
                f"{self.place} cannot be read: {message}", hint="delete it: the next drift writes a new one"
            ) from error

    def save(self, states: States) -> None:
        """Keep these. Raises `ReconcilerError` if they cannot be written."""
        import fsspec

        content = orjson.dumps({"version": VERSION, "entries": states}, option=orjson.OPT_SORT_KEYS)
        try:
            filesystem, path = fsspec.core.url_to_fs(self.place)
            if "file" in filesystem.protocol:
                files.write(Path(path), content)
                return
            filesystem.makedirs(filesystem._parent(path), exist_ok=True)
            with filesystem.transaction:  # a killed run leaves the one before
                filesystem.pipe_file(path, content)
        except (FileNotWritten, OSError, ImportError, ValueError) as error:
            raise ReconcilerError(
                f"{self.place} cannot be written: {error}", hint="let drift write where baselines are kept"
            ) from error
