"""The storage of the history: tables in SQLite beside the local state, or in any database that SQLAlchemy supports.

Each run is recorded in one isolated transaction. A run does not change episodes of findings that are ignored or whose
kind could not be read. The history holds names, counts and times, but no values.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from reconciler.drift.findings import DRIFT, Finding, Severity, Verdict
from reconciler.drift.run import DriftReport
from reconciler.errors import ReconcilerError
from reconciler.file_formats import HISTORY
from reconciler.history.model import Episode, History, Run, mean_time_to_repair
from reconciler.kinds import kinds

_TRIES = 5
_WAIT_SECONDS = 30

metadata = MetaData()
RUNS = Table(
    "reconciler_runs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("environment", String(255), nullable=False, index=True),
    Column("started", String(32), nullable=False),
    Column("commit_id", String(64), nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("drift", "findings", "critical", "high", "opened", "closed")),
)
EPISODES = Table(
    "reconciler_findings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("environment", String(255), nullable=False, index=True),
    Column("finding", String(12), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("first_seen", String(32), nullable=False),
    Column("last_seen", String(32), nullable=False),
    Column("closed", String(32)),
)
"""Times are UTC texts that sort chronologically, because databases disagree on time zones."""

FORMAT = Table(
    "reconciler_format",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""One row, with the format version of the tables. Databases of earlier versions have no such table."""


class Store:
    """The histories of all environments in one database."""

    def __init__(self, location: str) -> None:
        """`location` is a path or a URL; raises `ReconcilerError` if it cannot be used."""
        self._location = location
        with self._failures("opened"):
            if "://" not in location:
                Path(location).parent.mkdir(parents=True, exist_ok=True)
                location = f"sqlite:///{location}"
            self._location = make_url(location).render_as_string(hide_password=True)
            self._engine = _engine(location)

    def record(self, report: DriftReport) -> None:
        """Add a run; its findings must be redacted. Raises `NewerFormat`."""
        with self._failures("written"):
            tries = 1 if self._engine.dialect.name == "sqlite" else _TRIES  # SQLite waits for the lock
            for attempt in range(1, tries + 1):
                try:
                    with self._engine.begin() as connection:
                        version = self._checked_version(connection)
                        metadata.create_all(connection)
                        if version is None:
                            connection.execute(insert(FORMAT).values(number=1, version=HISTORY.version))
                        _record(connection, report)
                    return
                except DBAPIError:  # the database may abort one of two concurrent runs, which is tried again
                    if attempt == tries:
                        raise

    def load(self, environment: str, limit: int) -> History:
        """Load the history of an environment, with its latest runs. Raises `NewerFormat`."""
        with self._failures("read"), self._engine.begin() as connection:
            self._checked_version(connection)
            metadata.create_all(connection, tables=[RUNS, EPISODES])
            return _load(connection, environment, limit)

    def _checked_version(self, connection: Connection) -> int | None:
        """The format version of the tables; None if none is stored."""
        if not inspect(connection).has_table(FORMAT.name):
            return None
        version = connection.execute(select(FORMAT.c.version)).scalar_one_or_none()
        HISTORY.check(self._location, version, "set RECONCILER_HISTORY to another database")
        return version

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, ImportError, ValueError) as error:
            reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            raise ReconcilerError(
                f"the history at {self._location} cannot be {what}: {reason}",
                hint="set RECONCILER_HISTORY to a path or an SQLAlchemy URL, or pass --no-history to `drift`",
            ) from error


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, isolation_level="SERIALIZABLE", poolclass=NullPool)
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS}, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def lock(connection: Connection) -> None:
        """Lock before reading, so that the second of two runs sees what the first has written."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _record(connection: Connection, report: DriftReport) -> None:
    now = _text(report.started)
    here = EPISODES.c.environment == report.environment
    there = {row.finding: row for row in connection.execute(select(EPISODES).where(here, EPISODES.c.closed.is_(None)))}
    found = {finding.id: finding for finding in report.findings}
    for identity, finding in found.items():
        values = _values(finding)
        if row := there.get(identity):
            seen = {"first_seen": min(row.first_seen, now), "last_seen": max(row.last_seen, now)}
            connection.execute(update(EPISODES).where(EPISODES.c.number == row.number).values(**values, **seen))
        else:
            seen = {"first_seen": now, "last_seen": now}
            connection.execute(insert(EPISODES).values(environment=report.environment, **values, **seen))
    unread = {finding.kind for finding in report.findings if finding.verdict is Verdict.UNREADABLE}
    known = found.keys() | {finding.id for finding in report.ignored_findings}
    gone = [
        row.number
        for identity, row in there.items()
        if report.state_found and identity not in known and row.last_seen < now and not _hidden(row.kind, unread)
    ]
    connection.execute(update(EPISODES).where(EPISODES.c.number.in_(gone)).values(closed=now))
    connection.execute(
        insert(RUNS).values(
            environment=report.environment,
            started=now,
            commit_id=report.commit[:64],
            drift=sum(finding.verdict in DRIFT for finding in report.findings),
            findings=len(report.findings),
            critical=report.severities[Severity.CRITICAL],
            high=report.severities[Severity.HIGH],
            opened=len(found.keys() - there.keys()),
            closed=len(gone),
        )
    )


def _hidden(kind: str, unread: set[str]) -> bool:
    """Whether the kind or one of its parents could not be read."""
    parents = next((known.parents for known in kinds() if known.name == kind), ())
    return kind in unread or any(_hidden(parent, unread) for parent in parents)


def _values(finding: Finding) -> dict[str, str]:
    return {
        "finding": finding.id,
        "kind": finding.kind,
        "subject": finding.subject.strip(),
        "verdict": finding.verdict.value,
        "severity": finding.severity.word,
    }


def _load(connection: Connection, environment: str, limit: int) -> History:
    here = RUNS.c.environment == environment
    runs = connection.execute(
        select(RUNS).where(here).order_by(RUNS.c.started.desc(), RUNS.c.number.desc()).limit(limit)
    )
    latest = [
        Run(_time(row.started), row.commit_id, row.drift, row.findings, row.critical, row.high, row.opened, row.closed)
        for row in runs
    ]
    number = connection.execute(select(func.count()).select_from(RUNS).where(here)).scalar_one()
    rows = connection.execute(select(EPISODES).where(EPISODES.c.environment == environment))
    episodes = [_episode(row) for row in rows]
    repaired = [episode for episode in episodes if episode.closed and episode.verdict in DRIFT]
    still = [episode for episode in episodes if not episode.closed]
    return History(
        environment,
        latest[::-1],
        number - len(latest),
        sorted(still, key=lambda episode: (-episode.severity, episode.first_seen, episode.subject)),
        len(repaired),
        mean_time_to_repair(repaired),
    )


def _episode(row: Any) -> Episode:
    return Episode(
        row.finding,
        row.subject,
        Verdict(row.verdict),
        Severity[row.severity.upper()],
        _time(row.first_seen),
        _time(row.last_seen),
        _time(row.closed) if row.closed else None,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
