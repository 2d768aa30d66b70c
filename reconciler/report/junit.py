"""The drift report as JUnit XML: a test case for each declared or unmanaged object.

Drift is a failure; what could not be read is an error; pending and ignored findings are skipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.drift.run import DriftReport
from reconciler.printable import printable
from reconciler.report.attribution import severity_and_author
from reconciler.report.objects import by_object, changed_values
from reconciler.report.summary import MEANING
from reconciler.report.values import cut, shown


def render(report: DriftReport) -> str:
    """The report as XML: one suite per kind, in the order of the definitions."""
    found: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for item in by_object(report.findings):
        found[item.kind, item.name] += item.findings
    ignored = _ignored(report)
    names = list(dict.fromkeys([*report.names, *found, *ignored]))
    root = Element("testsuites", name=f"drift of {printable(report.environment)}")
    for kind in dict.fromkeys(kind for kind, _ in names):
        suite = SubElement(
            root, "testsuite", name=kind, timestamp=f"{report.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        )
        for name in [name for known, name in names if known == kind]:
            _case(suite, report.environment, kind, name, found[kind, name], ignored.get((kind, name), []))
        _count(suite)
    _count(root)
    root.set("time", f"{report.seconds:.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _ignored(report: DriftReport) -> dict[tuple[str, str], list[str]]:
    """The reasons for ignored findings, by kind and name."""
    reasons: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for entry, findings in report.ignored.items():
        for item in by_object(findings):
            reasons[item.kind, item.name].append(f"ignored until {entry.expires}: {entry.reason}")
    return reasons


def _case(suite: Element, environment: str, kind: str, name: str, findings: list[Finding], ignored: list[str]) -> None:
    source = next((finding.source for finding in findings if finding.source), None)
    case = SubElement(
        suite, "testcase", classname=f"{printable(environment)}.{kind}", name=printable(name) or "all of them"
    )
    if source:
        case.set("file", printable(source.file))
        case.set("line", str(source.line))
    for finding in findings:
        if finding.verdict is Verdict.PENDING:
            continue
        element = "failure" if finding.verdict in DRIFT else "error"
        field = f" {finding.field}" if finding.field else ""
        message = printable(f"{finding.severity.word}: {finding.verdict}{field}")
        SubElement(case, element, type=str(finding.verdict), message=message).text = "\n".join(_lines(finding))
    skipped = ignored + ([MEANING[Verdict.PENDING]] if findings else [])
    if skipped and not len(case):
        SubElement(case, "skipped", message=printable("; ".join(skipped)))


def _lines(finding: Finding) -> Iterator[str]:
    if finding.source:
        yield printable(str(finding.source))
    for value in changed_values(finding):
        path = f"{printable(value.path)}: " if value.path else ""
        yield f"{path}{shown(value.expected)} -> {shown(value.actual)}"
    if finding.detail:
        yield cut(finding.detail)
    yield from map(printable, severity_and_author(finding))


def _count(element: Element) -> None:
    """Set the counts of cases by outcome; each case counts once."""
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", str(sum(case.find("failure") is None and case.find("error") is not None for case in cases)))
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
