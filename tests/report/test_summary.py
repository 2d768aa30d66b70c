"""The conclusion of a drift report."""

from dataclasses import replace

import pytest

from reconciler.drift.findings import Finding, Verdict
from reconciler.report import FORMATS, render_drift
from reconciler.report.summary import conclusion
from tests.report import samples


def found(*verdicts, ignored=False):
    report = samples.report([Finding(verdict, "group", verdict, "") for verdict in verdicts])
    return replace(report, ignored=samples.IGNORED) if ignored else report


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (found(), "No drift in 71 declared objects"),
        (found(ignored=True), "No drift in 71 declared objects; 2 ignored"),
        (found(Verdict.PENDING), "No drift; 1 pending"),
        (found(Verdict.PENDING, ignored=True), "No drift; 1 pending; 2 ignored"),
        (found(Verdict.UNREADABLE), "No drift in what could be read; 1 unreadable"),
        (found(Verdict.CHANGED, Verdict.PENDING), "Drift: 1 changed; also 1 pending"),
        (found(Verdict.CHANGED, ignored=True), "Drift: 1 changed; 2 ignored"),
    ],
)
def test_the_conclusion_counts_the_findings(report, said):
    assert conclusion(report) == said


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_ignored_findings(form):
    assert "ignored" in render_drift(found(ignored=True), form) or form == "sarif"


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_every_format_but_text_gives_the_reason_for_ignoring(form):
    text = render_drift(found(ignored=True), form)
    assert "The vendor moves to another site" in text
