"""The history of drift: what runs leave behind, and what is read out of that."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.cli.history import history_location
from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.errors import ReconcilerError
from reconciler.history.store import Store
from tests.report import samples

CHANGED = Finding(Verdict.CHANGED, "group", "admins", "Admins", field="description", severity=Severity.MEDIUM)
MISSING = Finding(Verdict.MISSING, "oidc-app", "console", "Console", severity=Severity.CRITICAL)
PENDING = Finding(Verdict.PENDING, "group", "new", "New", severity=Severity.INFO)
RULE = Finding(Verdict.CHANGED, "access-policy-rule", "payments/Staff/One", "One", field="status")


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "deep/history.sqlite"))


def run(hours, *findings, environment="production"):
    started = samples.STARTED + timedelta(hours=hours)
    return replace(samples.report(list(findings)), started=started, environment=environment)


def at(hours):
    return samples.STARTED + timedelta(hours=hours)


def numbers(history):
    return [(one.findings, one.drift, one.opened, one.closed) for one in history.runs]


def test_an_episode_lasts_from_the_first_run_with_the_finding_to_the_first_without(store):
    for report in (run(0), run(1, CHANGED), run(2, CHANGED, MISSING), run(5, MISSING)):
        store.record(report)
    known = store.load("production", 10)
    assert numbers(known) == [(0, 0, 0, 0), (1, 1, 1, 0), (2, 2, 1, 0), (1, 1, 0, 1)]
    assert known.repaired == 1
    assert known.mean_time_to_repair == timedelta(hours=4)
    (still,) = known.open
    assert (still.subject, still.first_seen, still.last_seen) == ("oidc-app console", at(2), at(5))


def test_a_recurring_finding_is_a_new_episode(store):
    for report in (run(0, CHANGED), run(2), run(10, CHANGED), run(14)):
        store.record(report)
    known = store.load("production", 10)
    assert (known.repaired, known.mean_time_to_repair, known.open) == (2, timedelta(hours=3), [])


def test_a_pending_finding_is_not_counted_as_repaired(store):
    store.record(run(0, PENDING))
    store.record(run(9))
    known = store.load("production", 10)
    assert (known.repaired, known.mean_time_to_repair) == (0, None)
    assert numbers(known) == [(1, 0, 1, 0), (0, 0, 0, 1)]


@pytest.mark.parametrize(
    ("unreadable", "stays"),
    [("access-policy-rule", True), ("access-policy", True), ("authorization-server", True), ("group", False)],
)
def test_findings_of_unreadable_kinds_stay_open(store, unreadable, stays):
    """Neither when it could not be read itself, nor when what owns it could not."""
    gap = Finding(Verdict.UNREADABLE, unreadable, "", "", detail="403")
    store.record(run(0, RULE))
    store.record(run(1, gap))
    known = store.load("production", 10)
    assert (RULE.id in {episode.finding for episode in known.open}) is stays


def test_without_a_state_findings_stay_open(store):
    store.record(run(0, CHANGED))
    store.record(replace(run(1), state_found=False))
    known = store.load("production", 10)
    assert (known.repaired, [episode.finding for episode in known.open]) == (0, [CHANGED.id])


def test_an_ignored_finding_is_neither_repaired_nor_new(store):
    entry = samples.entry("It is moved.", 1)
    for report in (
        run(0, CHANGED),
        replace(run(1), ignored={entry: [CHANGED, MISSING]}),
        replace(run(2), ignored={entry: [CHANGED]}),
        run(3, CHANGED),
    ):
        store.record(report)
    known = store.load("production", 10)
    assert numbers(known) == [(1, 1, 1, 0), (0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0)]
    assert (known.repaired, known.mean_time_to_repair) == (0, None)
    (still,) = known.open
    assert (still.finding, still.first_seen, still.last_seen) == (CHANGED.id, at(0), at(3))


def test_a_finding_repaired_while_an_entry_covers_it_is_repaired(store):
    store.record(run(0, CHANGED))
    store.record(replace(run(2), ignored={samples.entry("It is moved.", 1): []}))
    assert store.load("production", 10).mean_time_to_repair == timedelta(hours=2)


def test_environments_are_separate(store):
    store.record(run(0, CHANGED))
    store.record(run(1, environment="staging"))
    assert len(store.load("production", 10).open) == 1
    assert numbers(store.load("staging", 10)) == [(0, 0, 0, 0)]


def test_the_latest_runs_are_shown_and_the_others_counted(store):
    for hours in range(7):
        store.record(run(hours))
    known = store.load("production", 3)
    assert [one.started for one in known.runs] == [at(4), at(5), at(6)]
    assert known.earlier == 4


def test_a_run_that_started_earlier_and_ends_later_closes_nothing(store):
    store.record(run(5, CHANGED))
    store.record(run(4))
    (still,) = store.load("production", 10).open
    assert still.last_seen == at(5)


def test_an_episode_shows_the_latest_finding(store):
    store.record(run(0, CHANGED))
    store.record(run(1, replace(CHANGED, severity=Severity.HIGH, verdict=Verdict.CONFLICT)))
    (still,) = store.load("production", 10).open
    assert (still.severity, still.verdict, still.first_seen) == (Severity.HIGH, Verdict.CONFLICT, at(0))


def test_the_most_severe_is_shown_first(store):
    store.record(run(0, PENDING, CHANGED, MISSING))
    known = store.load("production", 10)
    assert [episode.finding for episode in known.open] == [MISSING.id, CHANGED.id, PENDING.id]
    assert (known.runs[0].critical, known.runs[0].high) == (1, 0)


def test_concurrent_runs_are_all_recorded_and_share_an_episode(tmp_path):
    location = str(tmp_path / "history.sqlite")
    stores = [Store(location) for _ in range(8)]  # each with connections of its own, as processes have
    together = threading.Barrier(len(stores))
    failures = []

    def record(store, number):
        together.wait()
        try:
            for turn in range(5):
                store.record(run(turn + number / 100, CHANGED))
        except ReconcilerError as error:
            failures.append(error)

    threads = [threading.Thread(target=record, args=(store, number)) for number, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    known = stores[0].load("production", 100)
    assert failures == []
    assert len(known.runs) == 40
    assert len(known.open) == 1
    assert sum(one.opened for one in known.runs) == 1


def test_no_value_is_stored(tmp_path):
    location = tmp_path / "history.sqlite"
    canary = "CANARY-0123"
    secret = replace(CHANGED, expected=canary, applied=canary, actual=canary, detail=canary)
    Store(str(location)).record(run(0, secret))
    with closing(sqlite3.connect(location)) as database:
        assert "admins" in "\n".join(database.iterdump())
    assert canary.encode() not in location.read_bytes()


@pytest.mark.parametrize(
    "location",
    ["{folder}/file/history.sqlite", "{folder}", "nonsense://x", "postgresql+nothing://u:CANARY@h/d", "sqlite://a b"],
)
def test_an_unusable_location_is_an_error(tmp_path, location):
    (tmp_path / "file").touch()
    with pytest.raises(ReconcilerError, match=r"the history at .+ cannot be") as caught:
        Store(location.format(folder=tmp_path)).record(run(0))
    assert "CANARY" not in str(caught.value)
    assert "RECONCILER_HISTORY" in caught.value.hint


def test_a_file_that_is_no_database_is_an_error_and_is_not_changed(tmp_path):
    location = tmp_path / "history.sqlite"
    location.write_bytes(b"something else entirely, and long enough to be a page\n" * 100)
    before = location.read_bytes()
    with pytest.raises(ReconcilerError, match="cannot be written"):
        Store(str(location)).record(run(0))
    assert location.read_bytes() == before


def test_the_location_of_the_history(tmp_path, monkeypatch):
    monkeypatch.delenv("RECONCILER_HISTORY", raising=False)
    assert history_location(tmp_path) == str(tmp_path / ".state/history.sqlite")
    monkeypatch.setenv("RECONCILER_HISTORY", "postgresql://db/drift")
    assert history_location(tmp_path) == "postgresql://db/drift"
