"""The Pulumi CLI as a child: with only the environment it needs, and ended, not abandoned, when a signal comes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from reconciler import interrupts
from reconciler.engine import environment
from reconciler.engine.toolchain.location import PINNED, version_of

_WITH_PROVIDERS = frozenset({"up", "preview", "refresh", "destroy"})
"""The commands that start a provider, and so need the credentials of the tenant."""
_PROVIDER_PREFIX = "OKTA_"
"""How the variables of the provider begin."""
PATIENCE = 10.0
"""Seconds that the engine has after a second signal before it is terminated, and again before it is killed."""
_WAITS = (
    "interrupted: waiting for the engine to end what is under way and to record it\n"
    "    a second signal ends it at once; what is under way then may or may not be done"
)
_ENDS = (
    "interrupted again: ending the engine at once\n"
    "    what is under way may or may not be done; the next run looks it up"
)

OnOutput = Callable[[str], object]


class EngineCommand(PulumiCommand):
    """Runs `pulumi` for the Automation API.

    The API itself hands the whole environment of this process to the engine and to its plugins. Here they get what
    `environment.for_engine` lets through; `withheld` names what not even that does. The engine has a process group of
    its own, so that Control-C in a terminal reaches it only through this process, and only once.
    """

    def __init__(self, binary: Path, withheld: Collection[str] = ()) -> None:
        # not `super().__init__`, which runs `pulumi version` with the whole environment
        self.command = str(binary)
        self.version = VersionInfo.parse(str(version_of(binary) or PINNED))
        self._withheld = frozenset(withheld)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        given: str | None = None,
    ) -> CommandResult:
        """Run a command to its end; `given` is its standard input. Raises `CommandError` if it fails."""
        operation = next((word for word in args if not word.startswith("-")), "")
        provides = operation in _WITH_PROVIDERS
        ending = _Ending(gently=provides)
        with (
            interrupts.held(ending.on_signal),
            subprocess.Popen(
                [self.command, "--non-interactive", *args],
                stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env=self._environment(additional_env, provides),
                encoding="utf-8",
                errors="replace",
                process_group=0,
            ) as process,
        ):
            try:
                ending.begin(process)
                output, errors = _Reader(process.stdout, on_output), _Reader(process.stderr, on_error)
                _give(process, given)
                result = CommandResult(output.text(), errors.text(), process.wait())
            except BaseException:
                _kill([*_descendants(process.pid), process.pid])
                raise
            finally:
                ending.kill_plugins()
        interrupts.raise_if_received()
        if result.code:
            raise create_command_error(result)
        return result

    def _environment(self, additional: Mapping[str, str], provides: bool) -> dict[str, str]:
        kept = environment.for_engine(self._withheld)
        kept |= {name: value for name, value in additional.items() if provides or not name.startswith(_PROVIDER_PREFIX)}
        # the language host and other plugins that came with the engine are beside it
        path = os.pathsep.join(filter(None, (os.path.dirname(self.command), kept.get("PATH"))))
        return kept | {"PULUMI_AUTOMATION_API": "true", "PATH": path}


class _Reader:
    """Reads what a child writes, line by line, while it runs."""

    def __init__(self, stream: IO[str] | None, on_line: OnOutput | None) -> None:
        assert stream is not None
        self._stream, self._on_line = stream, on_line
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """All of it, once the child has closed the stream."""
        self._thread.join()
        return "\n".join(self._lines)

    def _read(self) -> None:
        for line in self._stream:
            self._lines.append(line.rstrip())
            if self._on_line:
                self._on_line(self._lines[-1])


class _Ending:
    """Ends a child in steps: asked, asked again and then terminated, killed."""

    def __init__(self, *, gently: bool) -> None:
        self._gently = gently
        """Whether it is asked. What only reads or writes the state ends by itself in a moment, and is better not cut
        short: it may be what tidies up."""
        self._process: subprocess.Popen[str] | None = None
        self._count = interrupts.pending()
        self._below: set[int] = set()
        """Its plugins, once it has to end at once: they have process groups of their own, and may outlive it."""

    def begin(self, process: subprocess.Popen[str]) -> None:
        """The child runs from now on; a signal may have come before."""
        self._process = process
        if self._count:
            self.on_signal(self._count)

    def on_signal(self, count: int) -> str:
        """Take the next step; what to tell the user of it."""
        self._count = count
        if self._process is None:
            return ""
        if count == 1:
            if self._gently:
                _send(self._process, signal.SIGINT)
            return _WAITS if self._gently else ""
        self._below |= {*_descendants(self._process.pid)}
        if count == 2:
            if self._gently:
                _send(self._process, signal.SIGINT)
            self._later(self._terminate)
            return _ENDS if self._gently else ""
        self._kill()
        return ""

    def kill_plugins(self) -> None:
        """The child has ended: end what it left behind, if it had to end at once."""
        _kill(self._below)

    def _terminate(self) -> None:
        if self._process:
            _send(self._process, signal.SIGTERM)
            self._later(self._kill)

    def _kill(self) -> None:
        if self._process and self._process.poll() is None:
            _kill([*_descendants(self._process.pid), self._process.pid])

    def _later(self, step: Callable[[], None]) -> None:
        timer = threading.Timer(PATIENCE, step)
        timer.daemon = True
        timer.start()


def _give(process: subprocess.Popen[str], given: str | None) -> None:
    if process.stdin is None:
        return
    try:
        with process.stdin as stream:
            stream.write(given or "")
    except BrokenPipeError:
        pass  # it ended before it had read everything, and says why


def _send(process: subprocess.Popen[str], number: int) -> None:
    """Send a signal to a child, unless it has ended."""
    process.send_signal(number)


def _kill(pids: Iterable[int]) -> None:
    """Kill processes, unless they have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """The children of a process, their children, and so on; none where there is no `/proc`."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
        children.setdefault(parent, []).append(int(stat.parent.name))
    found: list[int] = []
    above = [pid]
    while above:
        below = children.get(above.pop(), [])
        found += below
        above += below
    return found
