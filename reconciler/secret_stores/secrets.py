"""The secrets of one run: each entry of a store is read once, and those that are needed together at the same time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Final, TypeVar

from pydantic import SecretStr

from reconciler.definitions.model import Source
from reconciler.definitions.secrets import SecretMissing, resolve
from reconciler.definitions.trust import Pins
from reconciler.kinds.secret_references import HINT, SecretReference, is_in_store, parsed
from reconciler.known_secrets import KnownSecrets
from reconciler.secret_stores.entry import secret_in
from reconciler.secret_stores.interface import ENTRY_SECONDS, Entry, SecretStore, StoreFailure, Surroundings
from reconciler.secret_stores.registry import open_store

_AT_ONCE: Final = 8
"""Entries that are read at the same time."""
Result = TypeVar("Result")


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

    def begin(self, references: Iterable[tuple[str, Source]]) -> None:
        """Start to read these secrets at the same time. Failures are raised where a secret is used."""
        for reference, source in references:
            with suppress(ValueError):  # not a reference of its scheme
                if is_in_store(reference) and self._allows(reference, Path(source.file).parent):
                    self._begun(parsed(reference))

    def _in_store(self, reference: str, source: Source, folder: Path) -> SecretStr:
        try:
            if not self._allows(reference, folder):
                raise StoreFailure("pins.yaml does not allow it for this environment", "see docs/definitions.md, Pins")
            one = parsed(reference)
            entry, seconds = self._begun(one)
            try:
                secret = secret_in(entry.result(seconds), one.key)
            except TimeoutError as error:
                hint = "check that the store can be reached from here, then run the same command again"
                raise StoreFailure(f"no answer within {seconds:g} seconds", hint) from error
        except StoreFailure as failure:
            raise SecretMissing(f"{source}: {reference}: {failure.reason}", failure.hint) from failure
        except ValueError as error:  # not a reference of this scheme
            raise SecretMissing(f"{source}: the reference {error}", HINT) from error
        self._known.add(secret)
        return SecretStr(secret)

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
            self._entries[key] = future, rounds * self._seconds
        # A daemon, because a store that never answers must not keep the process from ending.
        Thread(target=self._read, args=(one, future), daemon=True).start()
        return self._entries[key]

    def _read(self, one: SecretReference, future: Future[Entry]) -> None:
        with self._turns:
            _settle(future, partial(self._entry, one))

    def _entry(self, one: SecretReference) -> Entry:
        """The entry of a reference. Raises `StoreFailure`, and nothing else: errors of libraries may quote values."""
        try:
            return self._store(one.scheme.name).read(one.location)
        except StoreFailure:
            raise
        except Exception as error:
            hint = "check the settings of the store; if they are right, report this as a defect"
            raise StoreFailure(f"reading it failed ({type(error).__name__})", hint) from None

    def _store(self, scheme: str) -> SecretStore:
        """The store of a scheme. The first thread that needs it signs in."""
        with self._lock:
            first = scheme not in self._stores
            future = self._stores.setdefault(scheme, Future())
        if first:
            _settle(future, partial(open_store, scheme, self._surroundings))
        return future.result()


def without_stores(resolve: Callable[[str, Source], SecretStr]) -> Callable[[str, Source], SecretStr]:
    """The same secrets, except those in stores: for runs that only compare, and contact no store for it."""

    def of_machine(reference: str, source: Source) -> SecretStr:
        if is_in_store(reference):
            raise SecretMissing(f"{source}: a preview contacts no store", "the next `up` reads it")
        return resolve(reference, source)

    return of_machine


def _settle(future: Future[Result], work: Callable[[], Result]) -> None:
    """Do the work, and hand its result or its failure to whoever waits for it."""
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
