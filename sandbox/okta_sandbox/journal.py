"""Keeps a tenant across restarts: one SQLite file, one row for each object.

Every request that changes something is one transaction, written before its answer is sent. The file is in write-ahead
mode: after a kill, the last committed request is kept (after a power loss, the last few may be missing).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson

from okta_sandbox.store import Key, Record

VERSION = 1
"""The version of the format, in SQLite's `user_version`. Files of earlier versions have 0 there."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    kind TEXT NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL,
    sequence INTEGER NOT NULL, body BLOB NOT NULL, private BLOB NOT NULL,
    PRIMARY KEY (kind, parent, id)
) WITHOUT ROWID
"""
PUT = "INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?)"
DELETE = "DELETE FROM object WHERE kind = ? AND parent = ? AND id = ?"


class NewerTenantFile(Exception):
    """Raised when a newer sandbox wrote a file."""

    def __init__(self, path: Path, version: int) -> None:
        super().__init__(
            f"{path}: the tenant has format version {version}, and this sandbox reads versions up to {VERSION}: "
            "nothing was changed; upgrade the reconciler, or name another file"
        )


class UnreadableTenantFile(Exception):
    """Raised when a file is not the database of a tenant, or is damaged."""

    def __init__(self, path: Path, error: sqlite3.Error) -> None:
        super().__init__(f"{path} is not the file of a tenant, or is damaged: {error}: name another file, or delete it")


class SqliteJournal:
    """A journal (see `store.Journal`) in an SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. Raises `NewerTenantFile` and `UnreadableTenantFile`."""
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            raise UnreadableTenantFile(path, error) from error
        if version > VERSION:
            self._connection.close()
            raise NewerTenantFile(path, version)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def load(self) -> Iterator[Record]:
        """All records, in no order."""
        rows = self._connection.execute("SELECT kind, parent, id, sequence, body, private FROM object")
        for kind, parent, identifier, sequence, body, private in rows:
            yield Record(kind, parent, identifier, sequence, orjson.loads(body), orjson.loads(private))

    def commit(self, changes: dict[Key, Record | None]) -> None:
        """Write the changes of one request; None for a removed record."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                PUT,
                [
                    (*key, record.sequence, orjson.dumps(record.body), orjson.dumps(record.private))
                    for key, record in changes.items()
                    if record
                ],
            )
            self._connection.executemany(DELETE, [key for key, record in changes.items() if not record])
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Delete all records."""
        self._connection.execute("DELETE FROM object")

    def close(self) -> None:
        """Merge the write-ahead log into the file and close it: the file alone is then complete."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
