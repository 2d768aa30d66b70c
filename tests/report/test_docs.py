"""The page about reports shows real ones."""

import re
from pathlib import Path

import pytest

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.severity import RULES, rate
from reconciler.known_secrets import SHORTEST
from reconciler.report import FORMATS, PLAN_FORMATS, SUFFIXES, render_drift, render_plan
from reconciler.report.github import LIMIT
from reconciler.report.summary import MEANING
from tests.report import samples
from tests.report.conftest import GOLDEN

SEVERITY = Path(__file__).parents[2] / "docs/severity.md"
PAGE = (Path(__file__).parents[2] / "docs/reports.md").read_text()
REAL = render_drift(samples.report()) + render_plan(samples.plan()) + (GOLDEN / "history.txt").read_text()


@pytest.mark.parametrize("excerpt", re.findall(r"```text\n(.+?)```", PAGE, re.DOTALL))
def test_what_is_shown_is_real(excerpt):
    assert excerpt in REAL


def test_every_format_is_in_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (yes)? ?\| (yes)? ?\| `(\.\w+)` \|", PAGE, re.MULTILINE)
    assert {name for name, drift, _, _ in rows if drift} == set(FORMATS)
    assert {name for name, _, plan, _ in rows if plan} == set(PLAN_FORMATS)
    assert {suffix: name for name, _, _, suffix in rows} == SUFFIXES


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_explained(verdict):
    assert f"| {verdict} | {'yes ' if verdict in DRIFT else ''}| {MEANING[verdict]} |" in PAGE


def test_numbers_are_those_of_the_code():
    assert f"at most {LIMIT:,} characters" in PAGE
    assert f"shorter than {SHORTEST} characters" in PAGE


def test_severities_are_those_of_the_code(golden):
    """Every rule stands in the page with its id, its severity and its meaning, and every verdict with its severity."""
    rules = [f"| `{rule.id}` | {rule.severity.word} | {rule.meaning} |" for rule in RULES]
    verdicts = [f"| {verdict} | {rate(Finding(verdict, 'group', 'a', 'A')).severity.word} |" for verdict in Verdict]
    tables = [
        "\n".join(("| rule | severity | what it says |", "| --- | --- | --- |", *rules)),
        "\n".join(("| verdict | severity |", "| --- | --- |", *verdicts)),
    ]
    before, _, between, _, after = re.split(
        r"(<!-- made by \S+ -->\n).*?(?=<!-- end -->)", SEVERITY.read_text(), flags=re.S
    )
    mark = "<!-- made by tests/report/test_docs.py -->\n"
    text = f"{before}{mark}\n{tables[0]}\n\n{between}{mark}\n{tables[1]}\n\n{after}"
    golden(SEVERITY, text)
