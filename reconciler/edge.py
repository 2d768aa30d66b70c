"""The output edge: all text that the process writes to standard output and standard error passes through here.

Within `guarded`, `sys.stdout` and `sys.stderr` are guards around the real streams. A guard redacts known secrets,
escapes control characters and defuses commands to build servers. It covers libraries, warnings and logs too.

A guard cannot tell which line ends belong to untrusted text: `cli.messages` therefore prints each message as one line.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TextIO

from reconciler.known_secrets import KnownSecrets
from reconciler.printable import printable, printable_line


class RedactedStream(io.TextIOBase):
    """A stream that cleans text before writing it to another stream."""

    def __init__(self, stream: TextIO, known: KnownSecrets) -> None:
        self.stream = stream
        """The real stream."""
        self.known = known
        self._line = ""
        """The unfinished line, held back so that a secret cannot pass in two halves."""
        self._begun = ""
        """The part of that line that was already written by a flush."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the real stream."""
        return self.stream.encoding or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """The error handler of the real stream."""
        return self.stream.errors or "strict"

    def writable(self) -> bool:
        """Always true."""
        return True

    def isatty(self) -> bool:
        """Whether the real stream is a terminal."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """The file descriptor of the real stream."""
        return self.stream.fileno()

    def write(self, text: str, /) -> int:
        """Write all complete lines; hold back the rest until its line ends or `flush` is called."""
        lines, end, rest = (self._line + text).rpartition("\n")
        self._line = rest
        if end:
            self._pass(lines, end)
            self._begun = ""
        return len(text)

    def close(self) -> None:
        """Do nothing: whoever opened the real stream closes it."""

    def flush(self) -> None:
        """Write the text held back."""
        if self._line:
            line, self._line = self._line, ""
            self._pass(line)
            self._begun += line
        self.stream.flush()

    def command(self, text: str) -> None:
        """Write a command to the build server as one line, without known secrets. The caller escapes its parts."""
        self.flush()
        self.stream.write(f"{printable(self.known.redact(text))}\n")

    def cleaned(self, text: str) -> str:
        """The text as one clean line, for progress bars, which bypass the guard."""
        return printable_line(printable(self.known.redact(text)))

    def _pass(self, text: str, end: str = "") -> None:
        first, *more = self.known.redact(text).split("\n")
        styled = self.isatty()
        lines = [printable_line(first, styled=styled, begun=bool(self._begun.strip()))]
        lines += [printable_line(line, styled=styled) for line in more]
        self.stream.write("\n".join(lines) + end)


@contextlib.contextmanager
def guarded(known: KnownSecrets) -> Iterator[None]:
    """Redact standard output and standard error, inside any redaction that is active already."""
    before = sys.stdout, sys.stderr
    guards = tuple(RedactedStream(_encoding_all(stream), known) for stream in before)
    sys.stdout, sys.stderr = guards
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for guard in guards:
            with contextlib.suppress(OSError, ValueError):  # the reader has closed the stream
                guard.flush()


def _encoding_all(stream: TextIO) -> TextIO:
    """The stream, set to escape characters that it cannot encode."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="backslashreplace")
    return stream
