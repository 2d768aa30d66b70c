"""Generated files are what their tools take, and our own workflows come from the same templates."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.repository.stores import STORES
from reconciler.repository.workflows import workflows
from tests.github.rules import problems
from tests.github.workflows import ROOT, command, jobs, parse

BIN = Path(sys.executable).parent
OWN_PATHS = (
    "definitions/",
    "reconciler/",
    "action/",
    ".github/workflows/",
    "requirements-runtime.lock",
    "Pulumi.yaml",
)
"""What `up` depends on in this repository, which has the code, too."""
OF_THE_WORKFLOWS = {"OKTA_CREDENTIAL", "PULUMI_CONFIG_PASSPHRASE", "RECONCILER_PLAN_KEY"}


def check(folder: Path, *line: str | Path) -> None:
    result = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_our_own_workflows_are_those_of_the_templates(request):
    """`pytest tests/repository --update-workflows` writes them anew."""
    apply = ROOT / ".github/workflows/apply.yml"
    secrets = set(re.findall(r"secrets\.(\w+) }}", apply.read_text())) - OF_THE_WORKFLOWS
    for path, text in workflows("./action", secrets, OWN_PATHS).items():
        if request.config.getoption("--update-workflows", default=False):
            (ROOT / path).write_text(text)
        assert (ROOT / path).read_text() == text, path


def test_the_program_of_a_plain_pulumi_up_is_our_own(repository):
    assert (repository / "stacks/__main__.py").read_text() == (ROOT / "stacks/__main__.py").read_text()


@pytest.fixture(params=["repository", "with_stores"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_workflows_keep_every_rule(either):
    files = (either / ".github/workflows").glob("*.yml")
    assert problems({file.stem: parse(file.read_text()) for file in files}) == []


def test_zizmor_finds_nothing_even_as_an_auditor(either):
    check(either, BIN / "zizmor", "--offline", "--no-progress", "--strict-collection", "--persona", "auditor", ".")


def test_actionlint_finds_nothing(either):
    if not (BIN / "actionlint").exists():
        pytest.skip("actionlint is built by `make lint`, with Go")
    check(either, "git", "init", "--quiet")
    check(either, BIN / "actionlint")


def test_they_are_what_github_and_pre_commit_take(either):
    schema = (BIN / "check-jsonschema", "--builtin-schema")
    check(either, *schema, "vendor.github-workflows", *sorted((either / ".github/workflows").glob("*.yml")))
    check(either, *schema, "vendor.dependabot", ".github/dependabot.yml")


SIGN_INS = ("aws-actions/configure-aws-credentials@", "azure/login@", "google-github-actions/auth@")


def test_only_the_job_that_runs_up_signs_in_to_the_stores(with_stores):
    workflows = {file.stem: parse(file.read_text()) for file in (with_stores / ".github/workflows").glob("*.yml")}
    for job in jobs(workflows):
        runs_up = any(command(step) == "up" for step in job.steps)
        calls = "apply.yml" in job.body.get("uses", "")
        assert ("id-token" in job.body.get("permissions", {})) is (runs_up or calls), job
        assert [one for one in SIGN_INS if any(step.get("uses", "").startswith(one) for step in job.steps)] == (
            [*SIGN_INS] if runs_up else []
        ), job
        for step in job.steps:
            extras = step.get("with", {}).get("extras", "")
            assert extras == ("aws,azure,gcp,vault" if runs_up and command(step) == "install" else ""), job
            to_vault = step.get("env", {}).get("VAULT_AUTH_METHOD") == "jwt"
            assert to_vault is (runs_up and command(step) in {"doctor", "up"}), job


def test_sign_ins_come_before_the_secrets_are_read(with_stores):
    steps = parse((with_stores / ".github/workflows/apply.yml").read_text())["jobs"]["apply"]["steps"]
    signs_in = [number for number, step in enumerate(steps) if step.get("uses", "").startswith(SIGN_INS)]
    assert max(signs_in) < min(number for number, step in enumerate(steps) if command(step) in {"doctor", "up"})


@pytest.mark.parametrize("store", STORES)
def test_a_sign_in_is_rendered_for_its_store_only(store):
    apply = workflows("./action", (), stores=[store])[".github/workflows/apply.yml"]
    named = {"aws": "configure-aws-credentials", "azure": "azure/login", "gcp": "google-github-actions", "vault": "jwt"}
    assert {one for one, words in named.items() if words in apply} == {store}
    assert f"extras: {store}\n" in apply


def test_every_setting_of_a_sign_in_is_documented(with_stores):
    text = (with_stores / ".github/workflows/apply.yml").read_text()
    settings = set(re.findall(r"vars\.((?:AWS|AZURE|GCP|VAULT)_\w+)", text))
    assert len(settings) > 6
    documented = (ROOT / "docs/ci.md").read_text()
    assert [one for one in settings if f"`{one}`" not in documented] == []


@pytest.mark.parametrize("name", ["environment", "guards", "owners", "pins"])
def test_schemas_accept_the_starting_files(repository, name):
    files = {"environment": sorted((repository / "definitions/environments").glob("*.yaml"))}
    (schema,) = (repository / "schemas").glob(f"{name}.schema.json")
    for file in files.get(name, [repository / f"definitions/{name}.yaml"]):
        modeline = file.read_text().partition("\n")[0]
        assert (file.parent / modeline.removeprefix("# yaml-language-server: $schema=")).resolve() == schema.resolve()
        check(repository, BIN / "check-jsonschema", "--schemafile", schema, file)


def test_the_example_is_a_definition_for_editors(repository):
    check(
        repository,
        BIN / "check-jsonschema",
        "--schemafile",
        "schemas/definition.schema.json",
        "definitions/example.yaml",
    )
