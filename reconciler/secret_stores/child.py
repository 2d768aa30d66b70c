"""Runs a program that prints or stores a secret: without a shell, for a limited time, and with limited output."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import IO, Final

from reconciler.secret_stores.interface import MAX_BYTES, PROGRAM_SECONDS, StoreFailure

_CHUNK: Final = 2**16
_running: Final[set[subprocess.Popen[bytes]]] = set()
"""The programs that run now. They do not outlive the run, even if it is interrupted while it waits for them."""


class ProgramFailed(StoreFailure):
    """Raised when the program ended with an error. `complaint` is its standard error: it may contain secrets, so that
    it is only searched for known words."""

    def __init__(self, program: str, code: int, complaint: str) -> None:
        super().__init__(f"{program} ended with exit code {code}", f"run {program} by hand to see why")
        self.complaint = complaint.lower()

    def mentions(self, *words: str) -> bool:
        """Whether the program complains about one of these words, in lower case."""
        return any(word in self.complaint for word in words)

    @property
    def is_network(self) -> bool:
        """Whether a program in Go could not reach its server."""
        return self.mentions("dial tcp", "no such host", "connection refused", "i/o timeout", "tls:")


def output_of(
    line: Sequence[str], environ: Mapping[str, str], seconds: float = PROGRAM_SECONDS, given: str | None = None
) -> str:
    """What a program prints on standard output, as UTF-8. Raises `StoreFailure`.

    It runs in the folder `/`, so that no file of a checkout is taken for a program or a setting. `given` is its
    standard input, which is empty if there is none.
    """
    program = Path(line[0]).name
    path = os.pathsep.join(one for one in environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(one))
    found = shutil.which(line[0], path=path)
    if found is None:
        raise StoreFailure(f"the program {program} is not installed", f"install {program}, or add it to the PATH")
    try:
        child = subprocess.Popen(
            [found, *line[1:]],
            cwd="/",
            env=dict(environ),
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise StoreFailure(f"the program {program} cannot be run: {error.strerror}", f"check {found}") from error
    with child:
        _running.add(child)
        try:
            deadline = time.monotonic() + seconds
            printed, complaint = _streams(child, (given or "").encode("utf-8", "surrogatepass"), deadline)
            code = child.wait()
        except TimeoutError as error:
            reason = f"{program} did not end within {seconds:g} seconds"
            raise StoreFailure(reason, f"run {program} by hand: it may wait for a sign-in") from error
        finally:
            _kill(child)
            _running.discard(child)
    if len(printed) > MAX_BYTES:
        raise StoreFailure(f"{program} printed more than {MAX_BYTES // 1024} KB", "let it print only the secret")
    if code:
        raise ProgramFailed(program, code, complaint.decode("utf-8", "replace"))
    try:
        return printed.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StoreFailure(f"the output of {program} is not UTF-8 text", "let it print only the secret") from error


def _streams(child: subprocess.Popen[bytes], given: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Standard output, until it is too long, and the beginning of standard error. Raises `TimeoutError`.

    Standard input is written meanwhile: neither side waits for the other.
    """
    assert child.stdout and child.stderr
    streams: dict[IO[bytes], bytearray] = {child.stdout: bytearray(), child.stderr: bytearray()}
    with DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, EVENT_READ)
        if child.stdin:
            os.set_blocking(child.stdin.fileno(), False)
            selector.register(child.stdin, EVENT_WRITE)
        while selector.get_map():
            ready = selector.select(deadline - time.monotonic())
            if time.monotonic() >= deadline:
                raise TimeoutError
            for key, _ in ready:
                if child.stdin and key.fileobj is child.stdin:
                    given = _without_what_is_read(child.stdin, given)
                    if not given:
                        selector.unregister(child.stdin)
                        child.stdin.close()
                    continue
                read = os.read(key.fd, _CHUNK)
                content = streams[key.fileobj]  # type: ignore[index]  # it is one of the two
                content += read[: MAX_BYTES + 1 - len(content)]
                if len(streams[child.stdout]) > MAX_BYTES:
                    _kill(child)
                    return bytes(streams[child.stdout]), bytes(streams[child.stderr])
                if not read:
                    selector.unregister(key.fileobj)
    _wait(child, deadline)
    return bytes(streams[child.stdout]), bytes(streams[child.stderr])


def _without_what_is_read(stdin: IO[bytes], given: bytes) -> bytes:
    """What is still to be written after the program was given as much as it takes now."""
    try:
        return given[os.write(stdin.fileno(), given[:_CHUNK]) :]
    except BlockingIOError:
        return given
    except BrokenPipeError:  # the program reads no more; its exit code says whether it has to
        return b""


def _wait(child: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error


@atexit.register
def _kill_running() -> None:
    for child in tuple(_running):
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the program and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
