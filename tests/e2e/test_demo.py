"""The demo: every sentence that it prints is true, and it fails otherwise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.demo.commands import Commands, Expected
from reconciler.cli.demo.console_changes import ADMINISTRATOR, CHANGES
from reconciler.errors import ReconcilerError
from tests.e2e.workspace import PROJECT

pytestmark = pytest.mark.e2e

STEPS = [
    ("validate", 0),
    ("preview staging", 0),
    ("up staging --yes", 0),
    ("preview production", 0),
    ("up production --yes", 0),
    ("preview production --expect-no-changes", 0),
    ("drift production", 0),
    ("drift production --output - --output {reports}/drift.json --output {reports}/drift.html", 2),
    ("repair production --yes --remove-unmanaged", 0),
    ("drift production", 0),
]


COMPANY = PROJECT / "tests/company/definitions"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(reports: Path) -> str:
    """The output of the demo. It runs once, and all tests check its results."""
    before = checkout()
    answer = subprocess.run(
        [sys.executable, "-m", "reconciler", "--definitions", COMPANY, "demo", "--reports", str(reports)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert checkout() == before, "the checkout did not stay as it was"
    return answer.stdout


def checkout() -> dict[Path, bytes]:
    files = [PROJECT / "Pulumi.yaml", *COMPANY.rglob("*"), *(PROJECT / ".state").rglob("*.json")]
    return {file: file.read_bytes() for file in files if file.is_file()}


def findings(reports: Path) -> dict[str, dict[str, Any]]:
    found = json.loads((reports / "drift.json").read_text())["findings"]
    return {finding["name"] or finding["label"]: finding for finding in found if finding["field"] != "groups"} | {
        "groups": next(finding for finding in found if finding["field"] == "groups")
    }


def test_each_step_is_a_command_with_its_time_and_its_exit_code(demo: str, reports: Path):
    shown = re.findall(r"^\$ reconciler (.+)$", demo, re.MULTILINE)
    ends = re.findall(r"^  \d+\.\d s, exit code (\d)$", demo, re.MULTILINE)
    folder = os.path.relpath(reports, PROJECT)
    assert list(zip(shown, map(int, ends), strict=True)) == [
        (command.format(reports=folder), code) for command, code in STEPS
    ]
    assert re.search(r"^Done in \d+ s\. ", demo, re.MULTILINE)


def test_both_tenants_become_what_is_declared(demo: str):
    created = re.findall(r"^  (\d+) to create, \d+ to import; 0 unchanged$", demo, re.MULTILINE)
    assert re.findall(r"^  (\d+) created, \d+ imported; 0 unchanged$", demo, re.MULTILINE) == created
    assert len(created) == 2 and all(int(count) >= 30 for count in created)
    assert "  No changes; " in demo


def test_exactly_the_console_changes_are_found(demo: str, reports: Path):
    found = findings(reports)
    assert len(json.loads((reports / "drift.json").read_text())["findings"]) == len(CHANGES) == len(found)

    (factors,) = found["phishing-resistant"]["differences"]
    assert (factors["path"], factors["expected"], factors["actual"]) == (
        "rules[Managed devices with a key].factor_mode",
        "2FA",
        "1FA",
    )
    console = found["payments-console"]
    (added,) = set(console["actual"]) - set(console["expected"])
    assert (console["field"], "evil" in added) == ("redirect_uris", True)
    assert len(found["groups"]["expected"]) - len(found["groups"]["actual"]) == 1
    anonymizer = found["workforce/Through an anonymizer"]
    assert (anonymizer["field"], anonymizer["expected"], anonymizer["actual"]) == ("status", "ACTIVE", "INACTIVE")
    assert found["status-page"]["verdict"] == "missing"
    assert found["Shadow CRM"]["verdict"] == "unmanaged"
    rogue = found["Staff login"]
    assert (rogue["verdict"], rogue["severity"], rogue["rules"]) == (
        "unmanaged",
        "critical",
        ["identity-provider-added", "sign-in-source-added"],
    )
    assert (found["employees"]["severity"], found["employees"]["rules"]) == ("high", ["enrolment-weakened"])
    assert {finding["attribution"]["actor"] for finding in found.values()} == {ADMINISTRATOR}
    assert all(change.description in demo for change in CHANGES)


def test_the_page_needs_no_other_file(demo: str, reports: Path):
    page = (reports / "drift.html").read_text()
    assert all((finding["name"] or finding["label"]) in page for finding in findings(reports).values())
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\((?!#)""", page)


def test_it_ends_as_declared(demo: str):
    assert "Drift: 5 changed, 1 missing, 2 unmanaged" in demo
    _, repaired = demo.split("$ reconciler repair")
    assert "2 created, 5 updated, 2 deleted" in repaired
    assert "No drift in " in repaired


def test_an_unexpected_exit_code_fails_the_demo(tmp_path: Path):
    commands = Commands(tmp_path, os.environ)
    with pytest.raises(ReconcilerError, match="exited with 1 instead of 0"):
        commands("Check the definitions", "validate")


def test_an_unexpected_report_fails_the_demo(tmp_path: Path):
    report = tmp_path / "drift.json"
    finding = {"verdict": "missing", "kind": "group", "name": "one", "label": "One", "field": ""}
    report.write_text(json.dumps({"findings": [finding]}))
    commands = Commands(tmp_path, {})
    commands.expect_findings(report, {Expected("missing", "group", "one", "")})
    for expected in ({Expected("missing", "group", "two", "")}, set()):
        with pytest.raises(ReconcilerError, match="the report does not match the changes"):
            commands.expect_findings(report, expected)
