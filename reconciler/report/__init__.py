"""Reports: findings and plans as text. A format is a module with a `render` function and a line in a table here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.drift.run import DriftReport
from reconciler.report import html, json, junit, markdown, plan_html, plan_json, plan_markdown, plan_text, sarif, text
from reconciler.report.plan import ComparedWith, PlanReport
from reconciler.report.redaction import Redactor
from reconciler.report.terminal import PLAIN, Terminal

__all__ = [
    "FORMATS",
    "PLAIN",
    "PLAN_FORMATS",
    "SUFFIXES",
    "ComparedWith",
    "PlanReport",
    "Redactor",
    "Terminal",
    "render_drift",
    "render_plan",
]

FORMATS: Mapping[str, Callable[[DriftReport], str]] = {
    "text": text.render,
    "json": json.render,
    "markdown": markdown.render,
    "html": html.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""The formats of a drift report, by the name that `--format` takes."""

SUFFIXES: Mapping[str, str] = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".sarif": "sarif",
    ".xml": "junit",
}
"""The format of a file, by its suffix."""

PLAN_FORMATS: Mapping[str, Callable[[PlanReport], str]] = {
    "text": plan_text.render,
    "markdown": plan_markdown.render,
    "json": plan_json.render,
    "html": plan_html.render,
}
"""The formats of a preview and of the report of a run."""


def render_drift(
    report: DriftReport, form: str = "text", redactor: Redactor | None = None, *, terminal: Terminal = PLAIN
) -> str:
    """The report in this format, without known secrets. Only the text format uses `terminal`."""
    redactor = redactor or Redactor()
    safe = redactor.redact(report)
    return redactor.redact(text.render(safe, terminal) if form == "text" else FORMATS[form](safe))


def render_plan(
    plan: PlanReport, form: str = "text", redactor: Redactor | None = None, *, terminal: Terminal = PLAIN
) -> str:
    """The plan in this format, without known secrets. Only the text format uses `terminal`."""
    redactor = redactor or Redactor()
    safe = redactor.redact(plan)
    return redactor.redact(plan_text.render(safe, terminal) if form == "text" else PLAN_FORMATS[form](safe))
