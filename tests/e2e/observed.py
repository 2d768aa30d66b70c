"""Runs a command as a process, and looks at what others could see of it: arguments, environments and files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.workspace import PROJECT

INTERVAL = 0.03


Versions = dict[Path, tuple[int, int]]
"""The time and the size of files that were looked at."""


@dataclass
class Seen:
    """What a run showed. Environments are those of the processes that it started."""

    code: int = -1
    output: str = ""
    arguments: set[str] = field(default_factory=set)
    environments: dict[str, set[str]] = field(default_factory=dict)
    """The settings (`NAME=value`) by the program's name."""
    files: dict[Path, bytes] = field(default_factory=dict)
    """All new contents of files while it ran, those that it deleted included."""


class _Watch(threading.Thread):
    """Looks at the processes of a session, and at the files of some folders, until it is told to end."""

    def __init__(self, session: int, folders: Iterable[Path], seen: Seen, read: Versions) -> None:
        super().__init__(daemon=True)
        self._session, self._folders, self._seen, self._read = session, tuple(folders), seen, read
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(INTERVAL):
            self._look_at_processes()
            for folder in self._folders:
                self.look_at_files(folder)

    def _look_at_processes(self) -> None:
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                if int((process / "stat").read_text().rpartition(")")[2].split()[3]) != self._session:
                    continue
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                settings = (process / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue  # it has ended
            self._seen.arguments.update(words)
            if "reconciler" not in words:  # not the command itself, nor its child before that runs another program
                self._seen.environments.setdefault(os.path.basename(words[0]), set()).update(settings)

    def look_at_files(self, folder: Path) -> None:
        """Keep the contents of files that changed."""
        for inside, _, names in os.walk(folder):  # leaves out folders that are gone
            for path in (Path(inside, name) for name in names):
                try:
                    known = path.lstat()
                    if path.is_symlink() or not path.is_file() or known.st_size > 20_000_000:
                        continue
                    if self._read.get(path) != (known.st_mtime_ns, known.st_size):
                        self._read[path] = (known.st_mtime_ns, known.st_size)
                        self._seen.files[path] = self._seen.files.get(path, b"") + path.read_bytes()
                except OSError:
                    continue  # it is gone


def observe(words: Iterable[str], settings: Mapping[str, str], folders: Iterable[Path], read: Versions) -> Seen:
    """Run a command of the reconciler to its end. Files that are still as they were `read` are left out."""
    seen = Seen()
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        cwd=PROJECT,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        watch = _Watch(process.pid, folders, seen, read)
        watch.start()
        seen.output, _ = process.communicate()
        watch.done.set()
        watch.join()
    for folder in folders:
        watch.look_at_files(folder)
    seen.code = process.returncode
    return seen
