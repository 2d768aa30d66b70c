"""What the workflows may do, and that what they call exists."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from reconciler.cli import reconciler
from tests.github.workflows import FILES, ROOT, commands, jobs, load, steps

BIN = Path(sys.executable).parent
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
ENVIRONMENTS = sorted(file.stem for file in (ROOT / "definitions/environments").glob("*.yaml"))
WRITES = {("preview", "comment"): {"pull-requests"}, ("drift", "drift"): {"issues"}}
"""All that may be written, by job."""

PROGRAM = ".venv/bin/reconciler"


def check(*command: str | Path) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_zizmor_finds_nothing_even_as_an_auditor():
    check(BIN / "zizmor", "--offline", "--no-progress", "--strict-collection", "--persona", "auditor", ".github")


def test_workflows_are_what_github_takes():
    assert {file.stem for file in FILES} == {"ci", "drift", "preview", "up"}
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *FILES)


def test_the_dependabot_file_is_what_github_takes():
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", ROOT / ".github/dependabot.yml")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_permitted_unless_a_job_asks(file):
    assert load(file)["permissions"] == {}


def test_jobs_ask_for_no_more_than_they_are_known_for():
    for workflow, name, job in jobs():
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        assert writes == WRITES.get((workflow, name), set()), (workflow, name)


def test_every_job_ends():
    assert all(int(job["timeout-minutes"]) <= 120 for _, _, job in jobs())


def test_actions_are_pinned_with_their_version():
    text = "\n".join(file.read_text() for file in FILES)
    used = re.findall(r"uses: *(.+)", text)
    assert len(used) == sum("uses" in step.body for step in steps()) > 0
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in used), used


def test_an_action_has_one_version():
    pins = {tuple(step.body["uses"].split("@")) for step in steps() if "uses" in step.body}
    assert len(pins) == len({action for action, _ in pins})


def test_no_credentials_stay_in_a_checkout():
    checkouts = [step for step in steps() if step.body.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == sum("make setup" in step.script for step in steps()) > 0
    assert all(step.body["with"]["persist-credentials"] == "false" for step in checkouts)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_pull_requests_run_without_the_rights_of_the_target(file):
    assert not {"pull_request_target", "workflow_run"} & set(load(file)["on"])


def test_forks_get_no_secrets():
    """A job of a pull request that uses a secret runs only for branches of this repository."""
    for workflow, name, job in jobs():
        on = load(ROOT / f".github/workflows/{workflow}.yml")["on"]
        if "pull_request" in on and "secrets." in str(job):
            assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository", name


def test_the_job_that_comments_runs_no_code_of_the_pull_request():
    (job,) = (job for workflow, name, job in jobs() if (workflow, name) == ("preview", "comment"))
    assert all("uses" not in step for step in job["steps"])
    assert "reconciler" not in str(job["steps"])
    assert "make " not in str(job["steps"])


def test_every_secret_belongs_to_an_environment():
    for workflow, name, job in jobs():
        if "secrets." in str(job):
            assert job["environment"], (workflow, name)


def test_pull_requests_and_nightly_runs_use_credentials_that_can_only_read():
    for workflow, _, job in jobs():
        if "environment" in job and workflow != "up":
            assert job["environment"] == "${{ matrix.environment }}-read"
            assert job["strategy"]["matrix"]["environment"] == ["staging", "production"]


def test_a_tenant_is_changed_by_one_run_at_a_time_and_never_half():
    changing = [
        (step, job) for step in steps() for _, name, job in jobs() if step.workflow == "up" and name == step.job
    ]
    changed = set()
    for step, job in changing:
        for arguments in commands(step.script, ".venv/bin/reconciler"):
            if arguments[0] in {"up", "repair"}:
                assert job["environment"] == arguments[1]
                assert job["concurrency"] == {"group": f"tenant-{arguments[1]}", "cancel-in-progress": "false"}
                changed.add(arguments[1])
    assert changed == {"staging", "production"}
    assert not any(
        "reconciler up" in step.script or "repair" in step.script for step in steps() if step.workflow != "up"
    )


def test_what_changes_a_tenant_gets_the_signals_of_a_cancelled_run():
    """They go to the first process of a step only, which is a shell unless the command replaces it."""
    scripts = [step.script for step in steps() if any(one[0] == "up" for one in commands(step.script, PROGRAM))]
    assert len(scripts) == 2
    assert all(script.startswith(f"exec {PROGRAM} up ") and len(script.splitlines()) == 1 for script in scripts)


def test_production_takes_what_staging_has_taken():
    up = load(ROOT / ".github/workflows/up.yml")
    assert up["jobs"]["production"]["needs"] == "staging"
    assert "pull_request" not in up["on"]
    assert up["on"]["push"] == {"branches": ["main"]}


CALLS = [(step, call) for step in steps() for call in commands(step.script, ".venv/bin/reconciler")]


@pytest.mark.parametrize(
    ("step", "call"), CALLS, ids=lambda value: str(value) if not isinstance(value, list) else shlex.join(value)
)
def test_the_command_exists_with_its_options(step, call):
    group = click.Context(reconciler)
    name, *arguments = call
    command = reconciler.get_command(group, name)
    assert command, f"{step}: there is no reconciler {name}"
    made = command.make_context(name, arguments, parent=group)
    assert made.params.get("environment") in {None, "$ENVIRONMENT", *ENVIRONMENTS}


def test_all_that_is_needed_is_called():
    called = {(step.workflow, call[0]) for step, call in CALLS}
    assert called == {
        ("preview", "validate"),
        ("preview", "preview"),
        ("up", "up"),
        ("up", "preview"),
        ("drift", "drift"),
    }


def test_make_has_the_targets():
    called = {call[0] for step in steps() for call in commands(step.script, "make")}
    assert {"setup", "test"} == called
    assert called <= TARGETS


def test_every_line_of_a_script_is_a_known_command():
    known = {
        "make",
        ".venv/bin/reconciler",
        ".venv/bin/python",
        "exec",
        "gh",
        "cat",
        "echo",
        "for",
        "do",
        "done",
        "code=0",
        "number=$(gh",
        "[",
        "--jq",
        "--output",
    }
    first = {line.split()[0] for step in steps() for line in step.script.splitlines() if line.strip()}
    assert first <= known


def test_definitions_find_their_secrets():
    """Every environment variable that definitions refer to is set where they are previewed and applied."""
    files = [file for file in (ROOT / "definitions").rglob("*.yaml") if file.name != "pins.yaml"]
    text = "\n".join(file.read_text() for file in files)
    stated = "\n".join(line.partition("#")[0] for line in text.splitlines())
    needed = set(re.findall(r"\benv:(\w+)", stated))
    assert needed
    for workflow, job in (("preview", "preview"), ("up", "staging"), ("up", "production")):
        (body,) = (body for file, name, body in jobs() if (file, name) == (workflow, job))
        given = set(body.get("env", {})).union(*(step.get("env", {}) for step in body["steps"]))
        other = {f"OKTA_{name.upper()}_TOKEN" for name in ENVIRONMENTS if workflow == "up" and name != job}
        assert needed - other <= given, (workflow, job)
