"""The options of `reconciler drift`: which reports it makes, and how far back it looks."""

from datetime import timedelta
from pathlib import Path

import click
import pytest

from reconciler.apply import LOOK_BACK
from reconciler.cli.drift import drift
from reconciler.cli.duration import DURATION
from reconciler.cli.output import formats_of
from reconciler.report import FORMATS, SUFFIXES


@pytest.mark.parametrize(("suffix", "form"), SUFFIXES.items())
def test_the_end_of_a_name_says_the_format(suffix, form):
    assert formats_of([Path(f"build/drift{suffix}")], None) == [(Path(f"build/drift{suffix}"), form)]


def test_every_format_has_an_end():
    assert set(SUFFIXES.values()) == set(FORMATS)


def test_one_run_makes_several_reports():
    files = [Path("a.json"), Path("b.html"), Path("c.json")]
    assert formats_of(files, None) == list(zip(files, ["json", "html", "json"], strict=True))


def test_without_a_file_the_terminal_gets_text():
    assert formats_of([], None) == [(None, "text")]
    assert formats_of([], "sarif") == [(None, "sarif")]


def test_what_is_asked_for_counts_more_than_a_name():
    assert formats_of([Path("report.txt")], "json") == [(Path("report.txt"), "json")]
    assert formats_of([Path("report")], "json") == [(Path("report"), "json")]


@pytest.mark.parametrize(
    ("names", "form", "said"),
    [
        (["a.json", "b.html"], "json", "--format is for one report"),
        (["report"], None, "ends in nothing"),
        (["report.pdf", "a.json"], None, r"ends in \.pdf .* Known are \.txt, \.json"),
    ],
)
def test_what_does_not_say_a_format_is_refused(names, form, said):
    with pytest.raises(click.UsageError, match=said):
        formats_of([Path(name) for name in names], form)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("90d", timedelta(days=90)),
    ],
)
def test_a_duration(text, duration):
    assert DURATION.convert(text, None, None) == duration


def test_a_week_is_looked_back_by_itself():
    (since,) = (option for option in drift.params if option.name == "since")
    assert DURATION.convert(since.default, None, None) == LOOK_BACK


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5h", "0m", "91d", "13w", "7 d", "7D", "9999999d", "٣d"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(click.BadParameter):
        DURATION.convert(text, None, None)
