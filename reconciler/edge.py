"""The output edge: whatever a process writes to its two streams passes here, whoever writes it.

While `guarded` holds, `sys.stdout` and `sys.stderr` are guards over the real ones. A guard takes out the secrets that
are known by then, makes foreign control characters visible, and lets no line be a command to a build server. So it is
for libraries, warnings and logs as well; nothing has to remember to ask.

What a guard cannot know is which line ends are foreign: `cli.messages` makes one line of each message.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TextIO

from reconciler.known_secrets import KnownSecrets
from reconciler.printable import printable, printable_line


class Guard(io.TextIOBase):
    """A stream that writes to another one only what may leave the process."""

    def __init__(self, stream: TextIO, known: KnownSecrets) -> None:
        self.stream = stream
        """The real one."""
        self.known = known
        self._line = ""
        """What was written of a line that has not ended; it is held back, so that no secret passes in two halves."""
        self._begun = ""
        """What already left of it, because somebody flushed."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the real stream."""
        return self.stream.encoding or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the real stream does with characters that it cannot encode."""
        return self.stream.errors or "strict"

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """Whether the real stream is a terminal."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """That of the real stream."""
        return self.stream.fileno()

    def write(self, text: str, /) -> int:
        """Write the lines that end in the text; what follows is held back until it ends, or until `flush`."""
        lines, end, rest = (self._line + text).rpartition("\n")
        self._line = rest
        if end:
            self._pass(lines, end)
            self._begun = ""
        return len(text)

    def close(self) -> None:
        """The real stream is closed by whoever opened it."""

    def flush(self) -> None:
        """Write what is held back."""
        if self._line:
            line, self._line = self._line, ""
            self._pass(line)
            self._begun += line
        self.stream.flush()

    def cleaned(self, text: str) -> str:
        """One line of a text, as it may be shown past the guard by who draws on the terminal."""
        return printable_line(printable(self.known.redact(text)))

    def _pass(self, text: str, end: str = "") -> None:
        first, *more = self.known.redact(text).split("\n")
        styled = self.isatty()
        lines = [printable_line(first, styled=styled, begun=bool(self._begun.strip()))]
        lines += [printable_line(line, styled=styled) for line in more]
        self.stream.write("\n".join(lines) + end)


@contextlib.contextmanager
def guarded(known: KnownSecrets) -> Iterator[None]:
    """Guard the two streams of the process, or those of the guard that holds already."""
    before = sys.stdout, sys.stderr
    guards = tuple(Guard(_encoding_all(stream), known) for stream in before)
    sys.stdout, sys.stderr = guards
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for guard in guards:
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                guard.flush()


def _encoding_all(stream: TextIO) -> TextIO:
    """The stream, which escapes what its encoding does not have."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="backslashreplace")
    return stream
