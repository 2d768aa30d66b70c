"""The secrets of one run: each entry of a store is read once, and those that are needed together at the same time.

New secrets are written where a reference points, and read back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Final

from pydantic import SecretStr

from reconciler.definitions.model import Source
from reconciler.definitions.secrets import (
    SecretMissing,
    SecretNotWritten,
    check_writable,
    is_absent,
    resolve,
    write_secret,
    written,
)
from reconciler.definitions.trust import Pins, canonical
from reconciler.kinds.secret_references import HINT, SCHEMES, SecretReference, is_in_store, parsed
from reconciler.known_secrets import KnownSecrets
from reconciler.secret_stores.entry import secret_in
from reconciler.secret_stores.interface import (
    ENTRY_SECONDS,
    MAX_BYTES,
    Entry,
    EntryAbsent,
    NoSecret,
    SecretStore,
    StoreFailure,
    Surroundings,
)
from reconciler.secret_stores.registry import open_store
from reconciler.secret_stores.time_limits import NoAnswer, in_time, result_of, settle

_AT_ONCE: Final = 8
"""Entries that are read at the same time."""
_SETTLING_SECONDS: Final = 5.0
"""How long a store may return the earlier value after a new one was written: some answer from a copy for a moment."""
_PAUSE_SECONDS: Final = 0.5


class Secrets:
    """The secrets of one environment. What was read is known from then on, so that no output shows it.

    Nothing is read before it is used. Whatever the definitions say, only references that the pins allow reach a store.
    """

    def __init__(
        self,
        pins: Pins,
        known: KnownSecrets,
        environ: Mapping[str, str] = os.environ,
        seconds: float = ENTRY_SECONDS,
    ) -> None:
        self._pins = pins
        self._known = known
        self._environ = environ
        self._seconds = seconds
        self._surroundings = Surroundings(environ, pins.commands, known.add)
        self._of_machine: dict[tuple[str, Path], SecretStr] = {}
        self._lock = Lock()
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._stores: dict[str, Future[SecretStore]] = {}
        self._entries: dict[tuple[str, str], tuple[Future[Entry], float]] = {}
        """Of each scheme and location: the entry, and how many seconds to wait for it."""

    def __call__(self, reference: str, source: Source) -> SecretStr:
        """The secret of a reference at this location in the definitions. Raises `SecretMissing`."""
        folder = Path(source.file).parent
        if is_in_store(reference):
            return self._in_store(reference, source, folder)
        key = reference, folder  # a path is relative to its file
        if key not in self._of_machine:
            self._of_machine[key] = resolve(reference, source, self._environ)
            self._known.add(self._of_machine[key].get_secret_value())
        return self._of_machine[key]

    def found(self, reference: str, source: Source) -> str | None:
        """The secret of a reference; None if there is none yet. Raises `SecretMissing` if that cannot be told."""
        try:
            return self(reference, source).get_secret_value()
        except SecretMissing as missing:
            if isinstance(missing.__cause__, EntryAbsent) or is_absent(reference, source):
                return None
            raise

    def begin(self, references: Iterable[tuple[str, Source]]) -> None:
        """Start to read these secrets at the same time. Failures are raised where a secret is used."""
        for reference, source in references:
            with suppress(ValueError):  # not a reference of its scheme
                if is_in_store(reference) and self._allows(reference, Path(source.file).parent):
                    self._begun(parsed(reference))

    def writable(self, reference: str, source: Source) -> None:
        """Check that a secret may be written where a reference points; contacts no store. Raises `SecretNotWritten`."""
        try:
            refusal = self._pins.write_refused(reference, Path(source.file).parent)
        except ValueError as error:  # not a reference of its scheme
            raise SecretNotWritten(f"{source}: the reference {error}", HINT) from error
        if refusal:
            raise SecretNotWritten(f"{source}: {reference}: {refusal.reason}", refusal.hint)
        if not is_in_store(reference):
            check_writable(reference, source)

    def write(self, reference: str, source: Source, value: str) -> None:
        """Write a secret where a reference points, and read it back. Raises `SecretNotWritten`.

        Line breaks at the end of the secret do not count: reading files and commands removes them.
        """
        self._known.add(value)
        self.writable(reference, source)
        size = len(value.encode("utf-8", "surrogatepass"))
        if not value.strip() or size > MAX_BYTES:
            reason = (
                f"the new value is larger than {MAX_BYTES // 1024} KB" if value.strip() else "the new value is empty"
            )
            raise SecretNotWritten(f"{source}: {reference}: {reason}", "write another value")
        if is_in_store(reference):
            self._write_in_store(reference, source, value)
        else:
            write_secret(reference, source, value)
        self._check_kept(reference, source, value)

    def written(self, reference: str, source: Source) -> datetime | None:
        """When the entry of a reference was last written, in UTC; None if unknown. Raises `SecretMissing`."""
        try:
            self._check_allowed(reference, Path(source.file).parent)
            if not is_in_store(reference):
                return written(reference, source)
            one = parsed(reference)
            return in_time("reading it", lambda: self._store(one.scheme.name).written(one.location), self._seconds)
        except StoreFailure as failure:
            raise SecretMissing(f"{source}: {reference}: {failure.reason}", failure.hint) from failure
        except ValueError as error:  # not a reference of this scheme
            raise SecretMissing(f"{source}: the reference {error}", HINT) from error

    def _in_store(self, reference: str, source: Source, folder: Path) -> SecretStr:
        try:
            self._check_allowed(reference, folder)
            one = parsed(reference)
            entry, seconds = self._begun(one)
            secret = secret_in(result_of(entry, seconds), one.key)
        except StoreFailure as failure:
            raise SecretMissing(f"{source}: {reference}: {failure.reason}", failure.hint) from failure
        except ValueError as error:  # not a reference of this scheme
            raise SecretMissing(f"{source}: the reference {error}", HINT) from error
        self._known.add(secret)
        return SecretStr(secret)

    def _write_in_store(self, reference: str, source: Source, value: str) -> None:
        one, begun = parsed(reference), False
        try:
            store = in_time("signing in", partial(self._store, one.scheme.name), self._seconds)
            begun = True
            in_time("writing it", partial(store.write, one.location, one.key, value), self._seconds)
        except StoreFailure as failure:
            may_be_stored = begun and (isinstance(failure, NoAnswer) or self._may_hold(reference, source, value))
            message = f"{source}: {reference}: {failure.reason}"
            raise SecretNotWritten(message, failure.hint, may_be_stored=may_be_stored) from failure

    def _may_hold(self, reference: str, source: Source, value: str) -> bool:
        """Whether a store may have a value after writing it has failed."""
        self._forget(reference, source)
        try:
            return _is_same(self(reference, source), value)
        except SecretMissing as missing:
            return not isinstance(missing.__cause__, NoSecret)

    def _check_kept(self, reference: str, source: Source, value: str) -> None:
        """Read a secret back that was just written. Raises `SecretNotWritten`."""
        deadline = time.monotonic() + min(_SETTLING_SECONDS, self._seconds)
        while True:
            self._forget(reference, source)
            late = time.monotonic() >= deadline
            try:
                if _is_same(self(reference, source), value):
                    return
            except SecretMissing as missing:
                if late or not isinstance(missing.__cause__, NoSecret):
                    message = f"{missing.message}, after the new value was written"
                    raise SecretNotWritten(message, missing.hint, may_be_stored=True) from missing
            if late:
                break
            time.sleep(_PAUSE_SECONDS)
        message = f"{source}: {reference}: the store returned another value than was written"
        hint = "check that nothing else writes it, then run the same command again"
        raise SecretNotWritten(message, hint, may_be_stored=True)

    def _forget(self, reference: str, source: Source) -> None:
        """Forget the entry of a reference, so that it is read again."""
        if is_in_store(reference):
            entry = parsed(reference).entry.casefold()  # some stores ignore case
            with self._lock:
                for scheme, location in [*self._entries]:
                    if SecretReference(SCHEMES[scheme], location).entry.casefold() == entry:
                        del self._entries[scheme, location]
        else:
            file = canonical(reference, Path(source.file).parent)
            self._of_machine = {key: read for key, read in self._of_machine.items() if canonical(*key) != file}

    def _check_allowed(self, reference: str, folder: Path) -> None:
        if not self._allows(reference, folder):
            raise StoreFailure("pins.yaml does not allow it for this environment", "see docs/definitions.md, Pins")

    def _allows(self, reference: str, folder: Path) -> bool:
        refusals = (self._pins.secret_refused(reference, folder), self._pins.credential_refused(reference, folder))
        return None in refusals

    def _begun(self, one: SecretReference) -> tuple[Future[Entry], float]:
        key = one.scheme.name, one.location
        with self._lock:
            if key in self._entries:
                return self._entries[key]
            future: Future[Entry] = Future()
            rounds = 1 + len(self._entries) // _AT_ONCE
            begun = self._entries[key] = future, rounds * self._seconds
        # A daemon, because a store that never answers must not keep the process from ending.
        Thread(target=self._read, args=(one, future), daemon=True).start()
        return begun

    def _read(self, one: SecretReference, future: Future[Entry]) -> None:
        with self._turns:
            settle(future, "reading it", lambda: self._store(one.scheme.name).read(one.location))

    def _store(self, scheme: str) -> SecretStore:
        """The store of a scheme. The first thread that needs it signs in."""
        with self._lock:
            first = scheme not in self._stores
            future = self._stores.setdefault(scheme, Future())
        if first:
            settle(future, "signing in", partial(open_store, scheme, self._surroundings))
        return future.result()


def without_stores(resolve: Callable[[str, Source], SecretStr]) -> Callable[[str, Source], SecretStr]:
    """The same secrets, except those in stores: for runs that only compare, and contact no store for it."""

    def of_machine(reference: str, source: Source) -> SecretStr:
        if is_in_store(reference):
            raise SecretMissing(f"{source}: a preview contacts no store", "the next `up` reads it")
        return resolve(reference, source)

    return of_machine


def _is_same(kept: SecretStr, value: str) -> bool:
    """Whether a secret is the one that was written, apart from line breaks at its end."""
    return kept.get_secret_value().rstrip("\r\n") == value.rstrip("\r\n")
