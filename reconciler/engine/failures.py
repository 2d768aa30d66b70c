"""Explains failures of the whole engine: which file is concerned, and what to do next."""

from __future__ import annotations

import os
import re
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

from reconciler.engine import toolchain
from reconciler.engine.leftovers import IF_IT_WAS_KILLED, LockHeld, is_engine
from reconciler.engine.local_state import LocalState, without_credentials
from reconciler.engine.passphrase import KNOWN, created_with
from reconciler.engine.project import settings_file
from reconciler.errors import EngineError

_NOT_WRITTEN = re.compile(
    r"(?P<file>[^\s:]+): (?P<reason>no space left on device|disk quota exceeded|file too large|"
    r"read-only file system|permission denied)"
)
_DAMAGED = re.compile(r"unexpected end of JSON input|invalid character .* (?:looking for|after|in)|cannot unmarshal")
_LOCK = re.compile(r"(?P<lock>\S+): created by (?P<who>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
_STAGED = re.compile(r"(\.[0-9a-f]{8,})?\.tmp$")
"""The suffix of the temporary file that the engine writes first."""
_FULL = ("no space", "quota", "too large")
GO_ON = "the next run recognises what was done so far"


@dataclass(frozen=True, slots=True)
class Failures:
    """Explains the failures of the engine on one stack."""

    stack: str
    project: str
    backend: str
    """The URL of the backend."""
    root: Path

    def explained(self, words: str, hint: str = "") -> EngineError:
        """The error for the engine's message; with the message itself, if nothing more specific is known."""
        if (found := _NOT_WRITTEN.search(words)) and "plugin" not in words:
            return self._not_written(found["file"], found["reason"])
        if "load checkpoint" in words and _DAMAGED.search(words):
            return EngineError(
                f"the state of {self.stack} is damaged: {self._file('stacks', '.json')} is not complete JSON",
                hint=f"copy {self._file('stacks', '.json.bak')}, or the newest file in "
                f"{self._file('backups', '/')}, over it, then run the same command again",
            )
        if "snapshot integrity failure" in words:
            return EngineError(
                f"the engine failed: {words}",
                hint=f"back up {self._file('stacks', '.json')}, then let the engine repair it: "
                + self._command("state", "repair"),
            )
        if "passphrase" in words:
            hint = self._passphrase()
        return EngineError(f"the engine failed: {words}", hint=hint)

    def lock_held(self, words: str) -> LockHeld:
        """The refusal for a stack whose lock another run holds, or held when it was killed."""
        locks = [match.groupdict() for match in _LOCK.finditer(words)]
        held = f"another run holds the stack {self.stack}"
        if not locks:
            said = " ".join(words.split())
            return LockHeld(f"{held}: {said}", hint=f"wait for it to end; {IF_IT_WAS_KILLED}")
        ended = [each for each in locks if _ended_here(each["who"], int(each["pid"]))]
        hint = (
            "that process no longer runs on this machine: if the run was killed here, run `up` or `repair` with "
            "--break-lock, which removes its lock"
            if len(ended) == len(locks)
            else f"wait for it to end; {IF_IT_WAS_KILLED}"
        )
        return LockHeld(f"{held}: {'; '.join(self.holders(words))}", hint=hint)

    def holders(self, words: str) -> list[str]:
        """Who holds the stack since when, by the engine's message."""
        locks = [match.groupdict() for match in _LOCK.finditer(words)]
        return [f"{each['who']}, process {each['pid']}, since {each['since']}" for each in locks]

    def runs_here(self, words: str) -> bool:
        """Whether a process that holds the stack runs on this machine: then its lock must not be removed."""
        locks = [match.groupdict() for match in _LOCK.finditer(words)]
        here = [each for each in locks if each["who"].rpartition("@")[2] == socket.gethostname()]
        return any(is_engine(int(each["pid"])) for each in here)

    def _not_written(self, file: str, reason: str) -> EngineError:
        full = any(word in reason for word in _FULL)
        remedy = "free some space" if full else "make it writable, or store the state elsewhere (PULUMI_BACKEND_URL)"
        return EngineError(
            f"the state of {self.stack} cannot be written: {_STAGED.sub('', file)}: {reason}",
            hint=f"{remedy}, then run the same command again: {GO_ON}",
        )

    def _passphrase(self) -> str:
        settings = self.root / settings_file(self.root, self.stack)
        rotate = self._command("stack", "change-secrets-provider", "passphrase")
        if not created_with(KNOWN, settings):
            return (
                "set PULUMI_CONFIG_PASSPHRASE to the passphrase with which the state of this environment was created; "
                f"to change it, set the earlier one and run: {rotate}"
            )
        return (
            f"the state of this local tenant was created with the default passphrase `{KNOWN}`: unset "
            f"PULUMI_CONFIG_PASSPHRASE (and PULUMI_CONFIG_PASSPHRASE_FILE); or change the passphrase: "
            f"PULUMI_CONFIG_PASSPHRASE={KNOWN} {rotate}; or, if the local tenant no longer exists, remove "
            f"{self._file('stacks', '.json')} and {settings}"
        )

    def _file(self, folder: str, end: str) -> str:
        """A file of this stack in the backend, as a path or a URL."""
        local = LocalState.of(self.backend, self.root, self.project, self.stack)
        base = str(local.backend) if local else without_credentials(self.backend).rstrip("/")
        return f"{base}/.pulumi/{folder}/{self.project}/{self.stack}{end}"

    def _command(self, *arguments: str) -> str:
        """A command of the engine for this stack, to run in any folder."""
        engine = toolchain.find()
        stack = f"organization/{self.project}/{self.stack}"
        line = [str(engine or "pulumi"), *arguments, "--stack", stack, "--cwd", str(self.root)]
        if not self.backend.startswith("file://") and without_credentials(self.backend) != self.backend:
            return shlex.join(line)  # the user has the variable set, and its credentials must not be shown
        return f"PULUMI_BACKEND_URL={shlex.quote(self.backend)} {shlex.join(line)}"


def _ended_here(who: str, pid: int) -> bool:
    """Whether a process ran on this machine and has ended."""
    return who.rpartition("@")[2] == socket.gethostname() and os.name == "posix" and not is_engine(pid)
