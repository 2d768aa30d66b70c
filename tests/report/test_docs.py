"""docs/reports.md shows real reports."""

import re
from pathlib import Path

import pytest

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.severity import RULES, rate
from reconciler.kinds import kinds, risks_of
from reconciler.kinds.entries import models
from reconciler.kinds.risks import Occurrence
from reconciler.known_secrets import SHORTEST
from reconciler.report import FORMATS, PLAN_FORMATS, SUFFIXES, render_drift, render_plan
from reconciler.report.github import LIMIT
from reconciler.report.summary import MEANING
from tests.report import samples
from tests.report.conftest import GOLDEN

SEVERITY = Path(__file__).parents[2] / "docs/severity.md"
PAGE = (Path(__file__).parents[2] / "docs/reports.md").read_text()
REAL = (
    render_drift(samples.report())
    + render_plan(samples.plan())
    + render_plan(samples.account())
    + render_plan(samples.reviewed())
    + (GOLDEN / "history.txt").read_text()
)


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
    """The page lists every rule, the fields of each kind to which it applies, and the severity of every verdict."""
    rules = [f"| `{rule.id}` | {rule.severity.word} | {rule.meaning} | {rule.planned} |" for rule in RULES]
    verdicts = [
        f"| {verdict} | {rate(Finding(verdict, 'group', 'a', 'A', field='x')).severity.word} |" for verdict in Verdict
    ]
    tables = [
        ("| rule | severity | as drift | in a plan |", "| --- | --- | --- | --- |", *rules),
        ("| kind | fields | rules |", "| --- | --- | --- |", *_fields_with_rules()),
        ("| kind | fields | rules |", "| --- | --- | --- |", *_fields_with_rules(new=True)),
        ("| verdict | severity |", "| --- | --- |", *verdicts),
    ]
    mark = "<!-- made by tests/report/test_docs.py -->\n"
    parts = re.split(rf"{mark}.*?(?=<!-- end -->)", SEVERITY.read_text(), flags=re.S)
    assert len(parts) == len(tables) + 1
    made = ["\n".join((mark, *lines, "", "")) for lines in tables]
    golden(SEVERITY, "".join(part + table for part, table in zip(parts, [*made, ""], strict=True)))


def _fields_with_rules(new=False):
    """A line for the fields of each kind that share their rules; those of created objects only if `new`."""
    for kind in kinds():
        found: dict[str, list[str]] = {}
        for risk in [risk for model in models(kind) for risk in risks_of(model) if risk.new or not new]:
            for field in [f"`{name}`" for name in risk.fields] or ["any" if new else WHOLE[risk.of]]:
                rules = found.setdefault(field, [])
                rules += [] if risk.rule.id in rules else [risk.rule.id]
        together: dict[str, list[str]] = {}
        for field, rules in sorted(found.items()):
            together.setdefault(", ".join(f"`{rule}`" for rule in sorted(rules)), []).append(field)
        for names, fields in together.items():
            yield f"| `{kind.name}` | {', '.join(fields)} | {names} |"


WHOLE = {Occurrence.APPEARED: "the object is unmanaged", Occurrence.GONE: "the object is missing"}
