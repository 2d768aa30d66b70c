"""The options of `reconciler drift`: output files, formats and `--since`."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from reconciler.cli.drift import drift, exit_code
from reconciler.cli.duration import DURATION
from reconciler.cli.output import formats_of, record
from reconciler.detect import LOOK_BACK
from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.errors import ReconcilerError
from reconciler.history.store import Store
from reconciler.known_secrets import KnownSecrets
from reconciler.report import FORMATS, PLAN_FORMATS, SUFFIXES
from reconciler.report.summary import conclusion
from tests.report import samples


@pytest.mark.parametrize(("suffix", "form"), SUFFIXES.items())
def test_the_suffix_sets_the_format(suffix, form):
    assert formats_of([Path(f"build/drift{suffix}")], None) == [(Path(f"build/drift{suffix}"), form)]


def test_every_format_has_a_suffix():
    assert set(SUFFIXES.values()) == set(FORMATS)


def test_one_run_makes_several_reports():
    files = [Path("a.json"), Path("b.html"), Path("c.json")]
    assert formats_of(files, None) == list(zip(files, ["json", "html", "json"], strict=True))


def test_without_a_file_the_terminal_gets_text():
    assert formats_of([], None) == [(None, "text")]
    assert formats_of([], "sarif") == [(None, "sarif")]


def test_standard_output_beside_files():
    assert formats_of([Path("-"), Path("a.json")], None) == [(None, "text"), (Path("a.json"), "json")]
    assert formats_of([Path("-")], "markdown") == [(None, "markdown")]


def test_the_option_overrides_the_suffix():
    assert formats_of([Path("report.txt")], "json") == [(Path("report.txt"), "json")]
    assert formats_of([Path("report")], "json") == [(Path("report"), "json")]


@pytest.mark.parametrize(
    ("names", "form", "said"),
    [
        (["a.json", "b.html"], "json", "--format applies to one report"),
        (["report"], None, r"no format has the suffix \(none\)"),
        (["report.pdf", "a.json"], None, r"no format has the suffix \.pdf\. Use \.txt, \.json"),
    ],
)
def test_an_unclear_format_is_refused(names, form, said):
    with pytest.raises(click.UsageError, match=said):
        formats_of([Path(name) for name in names], form)


def test_a_plan_has_fewer_formats():
    assert formats_of([Path("p.json"), Path("p.md")], None, PLAN_FORMATS) == [
        (Path("p.json"), "json"),
        (Path("p.md"), "markdown"),
    ]
    with pytest.raises(click.UsageError, match=r"no format has the suffix \.sarif\. Use \.txt, \.json, \.md,"):
        formats_of([Path("p.sarif")], None, PLAN_FORMATS)


@pytest.mark.parametrize(
    ("verdicts", "state_found", "code"),
    [
        ([], True, 0),
        ([Verdict.PENDING], True, 0),
        ([Verdict.PENDING, Verdict.EXPIRED], True, 0),
        ([Verdict.PENDING, Verdict.CHANGED], True, 2),
        ([Verdict.UNREADABLE, Verdict.CHANGED], True, 2),
        ([Verdict.UNREADABLE, Verdict.PENDING], True, 3),
        ([Verdict.PENDING], False, 3),
        ([Verdict.CHANGED], False, 2),
    ],
)
def test_the_exit_code_says_what_the_summary_says(verdicts, state_found, code):
    report = samples.report([Finding(verdict, "group", verdict, "") for verdict in verdicts])
    report = replace(report, state_found=state_found)
    assert exit_code(report) == code
    said = conclusion(report)
    assert said.startswith("Drift: ") is (code == 2)
    assert said.startswith(("No drift in what could be read; ", "No drift found, but there is no state; ")) is (
        code == 3
    )


@pytest.fixture
def reconciler(tmp_path):
    tenant = SimpleNamespace(known=KnownSecrets(["CANARY-0123"]))
    return SimpleNamespace(stack=SimpleNamespace(root=tmp_path), tenant=tenant)


def test_a_run_is_recorded_without_secrets(reconciler, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("RECONCILER_HISTORY", raising=False)
    secret = Finding(Verdict.UNMANAGED, "group", "", "named CANARY-0123", okta_id="00g1")
    record(reconciler, samples.report([secret]))
    (known,) = Store(str(tmp_path / ".state/history.sqlite")).load("production", 10).open
    assert known.subject == "group named [redacted]"
    assert capsys.readouterr().err == ""


def test_a_history_that_cannot_be_written_is_an_error(reconciler, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_HISTORY", str(tmp_path))
    with pytest.raises(ReconcilerError, match=f"the history at sqlite:///{tmp_path} cannot be written") as caught:
        record(reconciler, samples.report())
    assert "pass --no-history" in caught.value.hint


def test_a_history_is_imported_only_where_it_is_used():
    script = "import sys, reconciler.cli.drift; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


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


def test_the_default_is_a_week():
    (since,) = (option for option in drift.params if option.name == "since")
    assert DURATION.convert(since.default, None, None) == LOOK_BACK


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5h", "0m", "91d", "13w", "7 d", "7D", "9999999d", "٣d"])
def test_an_invalid_duration_is_refused(text):
    with pytest.raises(click.BadParameter):
        DURATION.convert(text, None, None)


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ((), 2),
        (("changed",), 2),
        (("missing",), 0),
        (("missing", "pending"), 2),
        (("medium",), 2),
        (("high",), 0),
        (("changed", "high"), 0),
        (("pending", "info"), 2),
        (("low", "critical"), 2),
    ],
)
def test_fail_on_chooses_the_verdicts_and_the_least_severity(fail_on, code):
    changed = Finding(Verdict.CHANGED, "group", "a", "", severity=Severity.MEDIUM)
    report = samples.report([changed, Finding(Verdict.PENDING, "group", "b", "")])
    assert exit_code(report, fail_on) == code
