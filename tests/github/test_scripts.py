"""The longer scripts of the workflows, run in bash as GitHub does, with stand-ins for what they call."""

import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from reconciler.drift import Finding, Verdict
from reconciler.report import render_drift
from tests.github.workflows import step
from tests.report import samples


@pytest.fixture
def run(tmp_path):
    """Run a step's script in an empty folder; programs are scripts that are put into it first."""
    output = tmp_path / "github-output"
    output.touch()

    def execute(path, **environ):
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step(path).script],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "GITHUB_OUTPUT": str(output), **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, dict(line.split("=", 1) for line in output.read_text().splitlines())

    return execute


@pytest.fixture
def program(tmp_path):
    def written(name, script):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/bash\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IEXEC)

    return written


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (2, 0), (3, 1), (1, 1)])
def test_drift_makes_every_report_and_fails_only_without_an_answer(run, program, tmp_path, code, ends):
    program(".venv/bin/reconciler", f'echo "$@" >> called; exit {code}')
    ended, outputs = run("drift/drift/Detect drift", ENVIRONMENT="staging")
    assert ended == ends
    assert outputs == {"code": str(code)}
    files = " ".join(f"--output build/drift.{suffix}" for suffix in ("json", "html", "md", "sarif"))
    assert (tmp_path / "called").read_text() == f"drift staging {files}\n"


@pytest.mark.parametrize(("unreadable", "ends"), [(0, 0), (1, 1), (300, 1)])
def test_a_part_that_could_not_be_read_fails_the_run(run, program, tmp_path, unreadable, ends):
    program(".venv/bin/python", f'exec {sys.executable} "$@"')
    report = tmp_path / "build/drift.json"
    report.parent.mkdir()
    found = [Finding(Verdict.UNREADABLE, "group", "", "") for _ in range(unreadable)]
    report.write_text(render_drift(replace(samples.report(), findings=found), "json"))
    assert run("drift/drift/Fail if a part could not be read")[0] == ends


def test_the_issue_is_found_by_its_title(run, program, tmp_path):
    program("bin/gh", 'printf "%s\\n" "$@" > called; echo 12')
    ended, outputs = run("drift/drift/Find the issue", TITLE="Drift of staging")
    assert (ended, outputs) == (0, {"number": "12"})
    assert 'map(select(.title == "Drift of staging"))[0].number // empty' in (tmp_path / "called").read_text()


def test_without_an_issue_there_is_no_number(run, program):
    program("bin/gh", "true")
    assert run("drift/drift/Find the issue", TITLE="Drift of staging") == (0, {"number": ""})


@pytest.mark.parametrize("there", [["staging", "production"], ["production"], []])
def test_the_comment_has_every_preview_or_says_that_it_is_missing(run, tmp_path, there):
    for name in there:
        (tmp_path / f"previews/preview-{name}").mkdir(parents=True)
        (tmp_path / f"previews/preview-{name}/preview.md").write_text(f"## Preview of {name}\n")
    ended, _ = run("preview/comment/Combine the previews, staging first", RUN="https://example.org/run")
    said = (tmp_path / "comment.md").read_text()
    assert ended == 0
    for name in ("staging", "production"):
        assert (f"## Preview of {name}" in said) is (name in there)
        assert (f"**There is no preview of {name}.**" in said) is (name not in there)
    assert said.endswith("\n\n[Run and logs](https://example.org/run)\n")
