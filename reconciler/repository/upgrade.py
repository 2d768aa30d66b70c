"""Brings the generated files of a repository to the version of the tool, and leaves alone what the company edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from reconciler.definitions.transaction import write_all
from reconciler.repository.action import ActionPin
from reconciler.repository.generated import SCHEMAS
from reconciler.repository.manifest import MANIFEST, Manifest
from reconciler.repository.pins import digest, repinned, with_newer_pins_of
from reconciler.unified_diff import unified_diff

NEW: Final = ".new"
"""What the name of a new version ends in, beside a file that was edited. No tool reads such a file."""


class Treatment(StrEnum):
    """What becomes of a file."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"
    REPINNED = "edited by you: only its pins change"
    BESIDE = f"edited by you: merge the new version from the file ending in {NEW}"
    LEFT = "edited by you and no longer generated: it stays, and is yours now"
    GONE = "deleted by you: it stays deleted"


@dataclass(frozen=True, slots=True)
class Step:
    """One file."""

    path: str
    treatment: Treatment
    before: str
    """Its text; empty if it does not exist."""
    after: str
    """Its text after the upgrade; empty if it does not exist then."""
    beside: str = ""
    """The new version, to be merged."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """All changes of a repository."""

    folder: Path
    steps: tuple[Step, ...]
    manifest: tuple[str, str]
    """The text of the manifest, before and after."""

    @property
    def texts(self) -> dict[str, tuple[str, str]]:
        """The files that change, each with its text before and after."""
        found = {step.path: (step.before, step.after) for step in self.steps}
        found |= {
            f"{step.path}{NEW}": (_text(self.folder / f"{step.path}{NEW}") or "", step.beside)
            for step in self.steps
            if step.beside
        }
        found[MANIFEST] = self.manifest
        return {path: (before, after) for path, (before, after) in found.items() if before != after}

    def diff(self) -> str:
        """The changes that people review, as a unified diff: all but the manifest and the schemas, which are long.

        A new version is compared with the edited file that it stands beside.
        """
        edited = {f"{step.path}{NEW}": step.after for step in self.steps if step.beside}
        return unified_diff(
            {
                path: (edited.get(path, before), after)
                for path, (before, after) in self.texts.items()
                if path not in self.not_shown and path != MANIFEST
            }
        )

    @property
    def not_shown(self) -> tuple[str, ...]:
        """The schemas that change."""
        return tuple(sorted(path for path in self.texts if path.startswith(SCHEMAS)))

    def write(self) -> None:
        """Write all changes, or none. Raises `FileNotWritten`."""
        write_all(self.folder, {path: after or None for path, (_, after) in self.texts.items()})


def upgrade_of(folder: Path, recorded: Manifest, manifest: Manifest, texts: Mapping[str, str]) -> Upgrade:
    """The upgrade from what the manifest of a folder has `recorded` to these texts, with their manifest."""
    earlier = ActionPin.parse(recorded.action, recorded.version).name
    action = ActionPin.parse(manifest.action, manifest.version)
    steps = [
        step
        for path in sorted({*recorded.files, *texts})
        for step in _steps(folder, path, recorded.files.get(path), texts.get(path), earlier, action)
    ]
    return Upgrade(folder, tuple(steps), (_text(folder / MANIFEST) or "", manifest.text))


def _steps(
    folder: Path, path: str, recorded: str | None, new: str | None, earlier: str, action: ActionPin
) -> Iterator[Step]:
    """What happens to a file; nothing, if it stays as it is and there is nothing to say about it."""
    here = _text(folder / path)
    if here is None:
        if new is not None:
            yield Step(path, Treatment.CREATED, "", new) if recorded is None else Step(path, Treatment.GONE, "", "")
        return
    edited = digest(here) != recorded
    if new is None:
        yield Step(path, Treatment.LEFT, here, here) if edited else Step(path, Treatment.REMOVED, here, "")
        return
    if not edited or digest(here) == digest(new):
        after = with_newer_pins_of(new, here, action)
        if after != here:
            yield Step(path, Treatment.UPDATED, here, after)
        return
    after = repinned(here, earlier, action)
    if digest(new) != recorded:
        yield Step(path, Treatment.BESIDE, here, after, beside=with_newer_pins_of(new, here, action))
    elif after != here:
        yield Step(path, Treatment.REPINNED, here, after)


def _text(path: Path) -> str | None:
    """The text of a file, None if there is none. What is not text counts as edited."""
    try:
        return path.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return None
