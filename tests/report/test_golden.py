"""Every format of every report, byte for byte."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from reconciler.engine.changes import Changes
from reconciler.report import FORMATS, PLAN_FORMATS, SUFFIXES, PlanReport, Terminal, render_drift, render_plan
from tests.report import samples

SUFFIX = {form: suffix.removeprefix(".") for suffix, form in SUFFIXES.items()}

REPORTS = {
    "drift": samples.report(),
    "clean": samples.report([]),
    "ignored": replace(samples.report([]), ignored=samples.IGNORED),
    "hostile": samples.hostile(),
}
PLANS = {
    "preview": samples.plan(),
    "preview-failed": samples.plan(failures=("error: group interns: 403\nE0000006: no permission",)),
    "up": samples.plan(applied=True),
    "interrupted": samples.account(),
    "reviewed": samples.reviewed(),
    "reviewed-up": samples.reviewed(applied=True),
    "no-changes": PlanReport("staging", "https://lumenpay.okta.com", Changes(unchanged=72)),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_drift_report(golden, name, form):
    golden(f"{name}.{SUFFIX[form]}", render_drift(REPORTS[name], form))


@pytest.mark.parametrize("form", PLAN_FORMATS)
@pytest.mark.parametrize("name", PLANS)
def test_a_plan(golden, name, form):
    golden(f"{name}.{SUFFIX[form]}", render_plan(PLANS[name], form))


def test_colours(golden):
    golden("drift.ansi", render_drift(REPORTS["drift"], terminal=Terminal(color=True)))
    golden("reviewed.ansi", render_plan(PLANS["reviewed"], terminal=Terminal(color=True)))
    golden("preview.ansi", render_plan(PLANS["preview"], terminal=Terminal(color=True)))


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_is_the_same_bytes(form):
    """Neither the order in which objects were counted nor the time zone of the machine shows."""
    report = REPORTS["drift"]
    objects = dict(reversed(list(report.objects.items())))
    started = report.started.astimezone(timezone(timedelta(hours=9)))
    assert render_drift(replace(report, objects=objects, started=started), form) == render_drift(report, form)


def test_only_text_has_colours():
    assert render_drift(REPORTS["drift"], "json", terminal=Terminal(color=True)) == render_drift(
        REPORTS["drift"], "json"
    )
