"""Records one run of the engine on a local state, and stops the run if nothing more can be recorded."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reconciler.engine.checkpoints import is_damaged
from reconciler.engine.failures import GO_ON
from reconciler.engine.journal import Journal, open_journal, recover_checkpoint
from reconciler.engine.leftovers import end_engine
from reconciler.engine.local_state import LocalState
from reconciler.errors import FileNotWritten

LOOK = 5.0
"""Seconds between two checks of the checkpoint. The engine tries for half a minute to write one."""
_GO_ON = f"free some space, then run the same command again: {GO_ON}"
_LITTLE = 2**20
"""Bytes of free space below which the disk counts as full."""


@contextmanager
def recorded(state: LocalState | None, failures: list[str]) -> Iterator[Journal]:
    """A journal for one run. If the engine ends without writing its state, the journal is replayed at once.

    On a full disk the engine continues and tries for half a minute to record each step. So the run is stopped as soon
    as the journal cannot be written or a checkpoint stays truncated. The reason is added to `failures`.
    """
    if state is None:
        yield Journal()
        return
    over, lock = threading.Event(), threading.Lock()

    def end(failure: str) -> None:
        with lock:
            if over.is_set():
                return
            over.set()
        failures.append(f"the run was stopped: {failure}; {_GO_ON}")
        threading.Thread(target=end_engine, args=(state,), daemon=True).start()

    def not_written(error: OSError) -> None:
        end(f"{state.journal} cannot be written: {error.strerror}")

    watch = threading.Thread(target=_watch, args=(state, over, end), daemon=True)
    try:
        with open_journal(state, not_written) as journal:
            watch.start()
            yield journal
    finally:
        over.set()
        try:
            recover_checkpoint(state)
        except FileNotWritten as error:
            failures.append(f"{error.message}; {_GO_ON}")


def _watch(state: LocalState, over: threading.Event, end: Callable[[str], None]) -> None:
    """Stop a run whose checkpoint is damaged at two checks in a row."""
    damaged = False
    while not over.wait(LOOK):
        before, damaged = damaged, is_damaged(state)
        if before and damaged:
            full = shutil.disk_usage(state.checkpoint.parent).free < _LITTLE
            end(f"{state.checkpoint} cannot be written: " + ("No space left on device" if full else "it is truncated"))
