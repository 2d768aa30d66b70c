"""The last `up` of an environment, as the outputs of its stack record it: what was applied, when and by whom.

The program exports the outputs before the engine has finished: deletions come last. So it always exports that the run
is not clean, and `mark_clean` corrects this once the run has ended without a failure. The engine keeps outputs that a
failed run does not export, so leaving out `clean` would keep that of an earlier run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from reconciler.actor import Actor
from reconciler.commit import Commit
from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Desired
from reconciler.engine.changes import Changes
from reconciler.engine.stack import Stack
from reconciler.engine.state import FORMAT_OUTPUT, State
from reconciler.errors import ReconcilerError
from reconciler.file_formats import STATE
from reconciler.version import tool_version

_CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class LastUp:
    """One `up` of all definitions. The members are empty where an earlier version recorded nothing."""

    definitions: str = ""
    """The digest of the desired objects (`Desired.digest`), for this environment only."""
    documents: str = ""
    """The digest of the documents (`Desired.documents`), which other environments can be compared with."""
    commit: Commit = field(default_factory=Commit)
    at: datetime | None = None
    """When the run began."""
    by: str = ""
    """Who made it: see `Actor.name`."""
    run: str = ""
    """The address of the run in a CI system."""
    tool: str = ""
    """The version of the reconciler."""
    client: str = ""
    """The client id of the service app that it signed in with; empty if it used an API token."""
    clean: bool = False
    """Whether it ended without a failure and applied everything."""

    @classmethod
    def now(cls, desired: Desired, commit: Commit, actor: Actor) -> LastUp:
        """The `up` that begins now."""
        begun = datetime.now(UTC).replace(microsecond=0)
        client = client_id(desired.environment) or ""
        return cls(desired.digest, desired.documents, commit, begun, actor.name, actor.run, tool_version(), client)

    @classmethod
    def recorded(cls, outputs: Mapping[str, Any]) -> LastUp | None:
        """The `up` that these outputs record; None if there was none."""
        definitions = _text(outputs, "definitions")
        if not definitions:
            return None
        return cls(
            definitions,
            _text(outputs, "documents"),
            Commit(_text(outputs, "commit"), outputs.get("dirty") is True),
            _time(_text(outputs, "at")),
            _text(outputs, "by"),
            _text(outputs, "run"),
            _text(outputs, "tool"),
            _text(outputs, "client"),
            outputs.get(_CLEAN) is True,
        )

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs that record it while it runs, without `definitions`, which every program exports."""
        begun = self.at.isoformat() if self.at else ""
        return {
            FORMAT_OUTPUT: STATE.version,
            "commit": self.commit.id,
            "dirty": self.commit.dirty,
            _CLEAN: False,
            "documents": self.documents,
            "at": begun,
            "by": self.by,
            "run": self.run,
            "tool": self.tool,
            "client": self.client,
        }


def last_up_in(state: State) -> LastUp | None:
    """The last `up` in a state; None if there was none. An interrupted run was not clean."""
    last = LastUp.recorded(state.outputs)
    return replace(last, clean=False) if last and state.interrupted else last


def mark_clean(stack: Stack, changes: Changes) -> None:
    """Record that an `up` ended without failures. If that cannot be written, it is added to the failures."""
    if changes.failures or changes.interrupted or changes.not_tried:
        return
    try:
        stack.record({_CLEAN: True})
    except ReconcilerError as error:  # the report of what was done must not be lost
        changes.failures.append(f"all changes were made, but the state does not record a clean end: {error.message}")
    except KeyboardInterrupt:
        changes.interrupted = True


def _text(outputs: Mapping[str, Any], name: str) -> str:
    value = outputs.get(name)
    return value if isinstance(value, str) else ""


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
