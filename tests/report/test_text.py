import re

import pytest

from reconciler.drift.findings import Finding, Verdict
from reconciler.report import render_plan
from reconciler.report.terminal import WIDEST, Terminal
from reconciler.report.text import STYLES, render
from tests.report import samples


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_fit_the_terminal_and_use_its_width(width):
    short = [finding for finding in samples.everything() if finding.field != "jwks" and finding.source]
    assert len(short) == 9
    longest = max(map(len, render(samples.report(short), Terminal(width=width)).splitlines()))
    assert width - 20 < longest <= width


def test_a_very_wide_terminal_is_not_filled():
    assert Terminal.of_width(400, color=False).width == WIDEST


def test_colour_changes_nothing_but_colour():
    plain, coloured = render(samples.report()), render(samples.report(), Terminal(color=True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    assert "\x1b[33mchanged" in coloured


def test_every_verdict_has_a_colour():
    assert set(STYLES) == set(Verdict)


def test_each_finding_has_its_location_in_the_definitions():
    text = render(samples.report())
    for finding in samples.everything():
        assert not finding.source or str(finding.source) in text


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("kind", ["drift", "plan"])
def test_nothing_in_a_tenant_can_write_to_the_terminal(color, kind):
    terminal = Terminal(color)
    if kind == "drift":
        text = render(samples.hostile(), terminal)
    else:
        text = render_plan(samples.hostile_plan(), terminal=terminal)
    assert re.sub(r"\x1b\[(\d+)m|\n", "", text).isprintable()
    assert "\x1b[31mred" not in text


@pytest.mark.parametrize(
    ("verdicts", "last"),
    [
        ([], "No drift in 71 declared objects"),
        ([Verdict.PENDING], "No drift; 1 pending"),
        ([Verdict.UNREADABLE, Verdict.PENDING], "No drift in what could be read; 1 pending, 1 unreadable"),
        ([Verdict.MISSING, Verdict.MISSING], "Drift: 2 missing"),
        ([Verdict.UNREADABLE, Verdict.CHANGED], "Drift: 1 changed; also 1 unreadable"),
    ],
)
def test_the_last_line_is_the_summary(verdicts, last):
    found = [Finding(verdict, "group", f"group-{number}", "") for number, verdict in enumerate(verdicts)]
    assert render(samples.report(found)).splitlines()[-1] == last


def test_a_long_value_has_its_own_line():
    long = Finding(
        Verdict.CHANGED, "group", "a", "A", field="description", expected="x" * 60, actual="y" * 60, inherited=True
    )
    lines = render(samples.report([long])).splitlines()
    assert f'                "{"x" * 60}"' in lines
    assert f'             -> "{"y" * 60}"' in lines
    assert "  changed    description (inherited)" in lines
