"""`python -m reconciler.engine.toolchain`: find or install the Pulumi CLI; its path on stdout, progress on stderr.

With `--plugin`, also the official provider plugin; with `--record`, its checksum is recorded for later installations.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from reconciler.edge import guarded
from reconciler.engine.toolchain import ensure
from reconciler.engine.toolchain.plugin import ensure_plugin, record_checksum
from reconciler.errors import EngineMissing
from reconciler.known_secrets import KnownSecrets
from reconciler.progress import Silent


class Lines(Silent):
    """Progress as lines on stderr: each step, and every few seconds the count and the elapsed time."""

    interval = 5.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._step = ""
        self._begun = self._shown = self._clock()

    def say(self, text: str) -> None:
        """Begin a step."""
        self._step = text
        self._begun = self._shown = self._clock()
        print(text, file=sys.stderr, flush=True)

    def count(self, done: int, total: int | None = None) -> None:
        """Print the count, at most once per interval."""
        now = self._clock()
        if now - self._shown >= self.interval:
            self._shown = now
            of_total = "" if total is None else f" of {total}"
            print(f"{self._step}: {done}{of_total}, {now - self._begun:.0f} s", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] = ()) -> int:
    """Exit code 0 if everything is available, otherwise 1."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.engine.toolchain", description="Install Pulumi.")
    parser.add_argument("--plugin", action="store_true", help="also install the official provider plugin")
    parser.add_argument("--record", action="store_true", help="record the checksum of the installed plugin")
    wanted = parser.parse_args(arguments)
    try:
        binary = ensure(Lines())
        if wanted.plugin or wanted.record:
            folder = ensure_plugin(Lines())
            print(f"provider plugin: {folder}", file=sys.stderr)
            if wanted.record:
                print(f"recorded: {record_checksum(folder)}", file=sys.stderr)
    except EngineMissing as missing:
        print(f"{missing.message}\n{missing.hint}", file=sys.stderr)
        return missing.exit_code
    print(binary)
    return 0


if __name__ == "__main__":
    with guarded(KnownSecrets.of_settings(os.environ)):
        code = main(sys.argv[1:])
    sys.exit(code)
