"""The Pulumi CLI as a child process: with only the environment it needs, and stopped when a signal arrives."""

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
from reconciler.engine.toolchain.location import found_version

_WITH_PROVIDERS = frozenset({"up", "preview", "refresh", "destroy"})
"""The commands that start a provider and need the credentials of the tenant."""
_PROVIDER_PREFIX = "OKTA_"
"""The prefix of the provider's variables."""
PATIENCE = 10.0
"""Seconds from a second signal until the engine is terminated, and then until it is killed."""
_WAITS = (
    "interrupted: waiting for the engine to finish and record the current operations\n"
    "    a second signal stops it at once; the current operations may then be done or not"
)
_ENDS = (
    "interrupted again: stopping the engine at once\n"
    "    the current operations may be done or not; the next run checks the tenant"
)

OnOutput = Callable[[str], object]


class EngineCommand(PulumiCommand):
    """Runs `pulumi` for the Automation API.

    The API itself passes the whole environment of this process to the engine and its plugins. Here they get only what
    `environment.for_engine` allows, without the variables in `withheld`. The engine has its own process group, so that
    Control-C in a terminal reaches it only through this process, and only once.
    """

    def __init__(self, binary: Path, withheld: Collection[str] = ()) -> None:
        # not `super().__init__`, which runs `pulumi version` with the whole environment
        self.command = str(binary)
        self.version = VersionInfo.parse(str(found_version(binary)))
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
        """Run a command; `given` is its standard input. Raises `CommandError` if it fails."""
        operation = next((word for word in args if not word.startswith("-")), "")
        provides = operation in _WITH_PROVIDERS
        stop = _Stop(gently=provides)
        with (
            interrupts.held(stop.on_signal),
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
                stop.begin(process)
                output, errors = _Reader(process.stdout, on_output), _Reader(process.stderr, on_error)
                _give(process, given)
                result = CommandResult(output.text(), errors.text(), process.wait())
            except BaseException:
                _kill([*_descendants(process.pid), process.pid])
                raise
            finally:
                stop.kill_plugins()
        interrupts.raise_if_received()
        if result.code:
            raise create_command_error(result)
        return result

    def _environment(self, additional: Mapping[str, str], provides: bool) -> dict[str, str]:
        kept = environment.for_engine(self._withheld)
        kept |= {name: value for name, value in additional.items() if provides or not name.startswith(_PROVIDER_PREFIX)}
        # the bundled plugins, such as the language host, are in the same folder
        path = os.pathsep.join(filter(None, (os.path.dirname(self.command), kept.get("PATH"))))
        return kept | {"PULUMI_AUTOMATION_API": "true", "PATH": path}


class _Reader:
    """Reads the output of a child line by line while it runs."""

    def __init__(self, stream: IO[str] | None, on_line: OnOutput | None) -> None:
        assert stream is not None
        self._stream, self._on_line = stream, on_line
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """The whole output, once the child has closed the stream."""
        self._thread.join()
        return "\n".join(self._lines)

    def _read(self) -> None:
        for line in self._stream:
            self._lines.append(line.rstrip())
            if self._on_line:
                self._on_line(self._lines[-1])


class _Stop:
    """Stops a child in steps: interrupt, interrupt and terminate, kill."""

    def __init__(self, *, gently: bool) -> None:
        self._gently = gently
        """Whether the child is interrupted. A command that only reads or writes the state soon ends by itself, and the
        cleanup may need it."""
        self._process: subprocess.Popen[str] | None = None
        self._count = interrupts.pending()
        self._plugins: set[int] = set()
        """Its plugins, once it has to stop at once: they have their own process groups and may outlive it."""

    def begin(self, process: subprocess.Popen[str]) -> None:
        """Start to handle signals for this child; one may have arrived before."""
        self._process = process
        if self._count:
            self.on_signal(self._count)

    def on_signal(self, count: int) -> str:
        """Take the next step. Returns the message for the user."""
        self._count = count
        if self._process is None:
            return ""
        if count == 1:
            if self._gently:
                _send(self._process, signal.SIGINT)
            return _WAITS if self._gently else ""
        self._plugins |= {*_descendants(self._process.pid)}
        if count == 2:
            if self._gently:
                _send(self._process, signal.SIGINT)
            self._later(self._terminate)
            return _ENDS if self._gently else ""
        self._kill()
        return ""

    def kill_plugins(self) -> None:
        """Kill the plugins of a child that was stopped at once and has ended."""
        _kill(self._plugins)

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
        pass  # it ended before it had read everything; its output says why


def _send(process: subprocess.Popen[str], number: int) -> None:
    """Send a signal to a child if it still runs."""
    process.send_signal(number)


def _kill(pids: Iterable[int]) -> None:
    """Kill the processes that still run."""
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
