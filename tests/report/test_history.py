import json
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.drift.findings import Severity, Verdict
from reconciler.history import Episode, History, Run
from reconciler.report.github import LIMIT
from reconciler.report.history import HISTORY_FORMATS, MOST_OPEN, duration
from tests.report import samples

DRIFT = [0, 4, 6, 6, 2, 0, 1]
SUFFIX = {"text": "txt", "json": "json", "markdown": "md"}


def history():
    runs = [
        Run(
            samples.STARTED + timedelta(days=day),
            samples.COMMIT,
            drift,
            drift + 1,
            drift // 3,
            drift // 2,
            max(0, drift - before),
            max(0, before - drift),
        )
        for day, (before, drift) in enumerate(zip([0, *DRIFT], DRIFT, strict=False))
    ]
    since = samples.STARTED + timedelta(days=6)
    still = [Episode("0" * 12, "group tmp-admins", Verdict.UNMANAGED, Severity.HIGH, since, since, None)]
    return History("production", runs, 12, still, 6, timedelta(days=2, hours=4, minutes=30))


@pytest.mark.parametrize("form", HISTORY_FORMATS)
def test_a_history(golden, form):
    golden(f"history.{SUFFIX[form]}", HISTORY_FORMATS[form](history()))


@pytest.mark.parametrize("form", HISTORY_FORMATS)
def test_before_the_first_run(form):
    said = HISTORY_FORMATS[form](History("production", [], 0, [], 0, None))
    assert "No runs yet" in said if form != "json" else json.loads(said)["runs"] == []


def test_the_longest_bar_is_the_most_drift():
    bars = [line.count("█") for line in HISTORY_FORMATS["text"](history()).splitlines()[4:11]]
    assert [bar > 0 for bar in bars] == [drift > 0 for drift in DRIFT]
    assert max(bars) == bars[2] == bars[3] == 20


def test_eighty_columns_are_enough():
    assert max(map(len, HISTORY_FORMATS["text"](history()).splitlines())) <= 80


@pytest.mark.parametrize("name", samples.HOSTILE)
@pytest.mark.parametrize("form", HISTORY_FORMATS)
def test_names_do_nothing(form, name):
    episode = replace(history().open[0], subject=f"group {name}")
    said = HISTORY_FORMATS[form](replace(history(), open=[episode]))
    assert said.replace("\n", "").isprintable()


def test_a_long_history_is_cut():
    many = [replace(history().open[0], subject=f"group {number:04}") for number in range(3_000)]
    long = replace(history(), open=many)
    assert len(HISTORY_FORMATS["markdown"](long)) <= LIMIT
    assert "Truncated" in HISTORY_FORMATS["markdown"](long)
    assert f"and {3_000 - MOST_OPEN:,} more findings" in HISTORY_FORMATS["text"](long)
    assert len(json.loads(HISTORY_FORMATS["json"](long))["open"]) == 3_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (40, "40 s"), (3_599, "59 min 59 s"), (3_600, "1 h"), (12_000, "3 h 20 min"), (187_300, "2 d 4 h")],
)
def test_a_duration_has_two_units(seconds, said):
    assert duration(timedelta(seconds=seconds)) == said
