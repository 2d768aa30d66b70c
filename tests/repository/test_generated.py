"""Generated files are what their tools take, and our own workflows come from the same templates."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.repository.workflows import workflows
from tests.github.rules import problems
from tests.github.workflows import ROOT, parse

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


def test_the_workflows_keep_every_rule(repository):
    files = (repository / ".github/workflows").glob("*.yml")
    assert problems({file.stem: parse(file.read_text()) for file in files}) == []


def test_zizmor_finds_nothing_even_as_an_auditor(repository):
    check(repository, BIN / "zizmor", "--offline", "--no-progress", "--strict-collection", "--persona", "auditor", ".")


def test_actionlint_finds_nothing(repository):
    if not (BIN / "actionlint").exists():
        pytest.skip("actionlint is built by `make lint`, with Go")
    check(repository, "git", "init", "--quiet")
    check(repository, BIN / "actionlint")


def test_they_are_what_github_and_pre_commit_take(repository):
    schema = (BIN / "check-jsonschema", "--builtin-schema")
    check(repository, *schema, "vendor.github-workflows", *sorted((repository / ".github/workflows").glob("*.yml")))
    check(repository, *schema, "vendor.dependabot", ".github/dependabot.yml")


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
