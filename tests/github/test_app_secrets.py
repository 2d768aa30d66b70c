"""Secrets that definitions need and no workflow sets are found before the merge."""

import textwrap

import pytest
import yaml

from tests.github.test_scripts import module
from tests.github.workflows import WORKFLOWS

app_secrets = module("app_secrets")

UP = {"name": "Up", "uses": "./action", "with": {"command": "up", "environment": "${{ inputs.environment }}"}}
WIKI = {"WIKI": "${{ secrets.WIKI }}"}
CHECKOUT = {"uses": "actions/checkout@v6"}
VAULT = {"uses": "aws-actions/aws-secretsmanager-get-secrets@v2"}


def needs(*names, variable="WIKI"):
    secret = {"variable": variable, "object": "oidc-app wiki", "file": "definitions/wiki.yaml", "line": 9}
    return [{"name": name, "secrets": [secret]} for name in names]


def found(folder, *steps, environments=("production",), workflow=None, job=None):
    body = {"on": "push", "jobs": {"apply": {**(job or {}), "steps": list(steps)}}, **(workflow or {})}
    (folder / "apply.yml").write_text(yaml.safe_dump(body))
    return list(app_secrets.lines(app_secrets.places(folder), needs(*environments)))


def test_a_missing_secret_is_an_error_beside_its_definition_that_says_what_to_add(tmp_path):
    (line,) = found(tmp_path, CHECKOUT, UP, environments=("staging", "production"))
    assert line.startswith("::error file=definitions/wiki.yaml,line=9::definitions/wiki.yaml:9: WIKI is not set for ")
    assert f"the step `Up` of {tmp_path}/apply.yml: add `WIKI: ${{{{ secrets.WIKI }}}}` to its env" in line
    assert line.endswith("the secret WIKI to the GitHub environment staging-up and production-up")


@pytest.mark.parametrize(
    ("step", "job", "workflow"), [(WIKI, {}, {}), ({}, WIKI, {}), ({}, {}, WIKI)], ids=["step", "job", "workflow"]
)
def test_a_secret_may_be_set_for_the_step_the_job_or_the_workflow(tmp_path, step, job, workflow):
    assert found(tmp_path, UP | {"env": step}, job={"env": job}, workflow={"env": workflow}) == []


@pytest.mark.parametrize("earlier", [VAULT, {"run": 'echo "WIKI=x" >> "$GITHUB_ENV"'}])
def test_where_an_earlier_step_may_set_it_this_is_a_warning(tmp_path, earlier):
    (line,) = found(tmp_path, earlier, UP)
    assert line.startswith("::warning ")
    assert "unless an earlier step sets it" in line
    (line,) = found(tmp_path, UP, earlier)
    assert line.startswith("::error "), "a later step is too late"


def test_a_sign_in_to_a_cloud_sets_no_secret(tmp_path):
    (line,) = found(tmp_path, {"uses": "azure/login@v2"}, UP)
    assert line.startswith("::error ")


def test_a_repository_that_runs_up_elsewhere_gets_a_warning(tmp_path):
    (line,) = found(tmp_path, CHECKOUT)
    assert line.startswith("::warning ")
    assert "no workflow here runs `up`" in line


@pytest.mark.parametrize("uses", ["acme/reconciler/action@v1", "acme/reconciler/action@0123abc"])
def test_the_caller_of_a_company_is_found_too(tmp_path, uses):
    assert found(tmp_path, UP | {"uses": uses})[0].startswith("::error ")
    assert found(tmp_path, {"run": "reconciler up production --yes"})[0].startswith("::error ")


def test_a_step_for_one_environment_is_not_about_others(tmp_path):
    staging = UP | {"with": {"command": "up", "environment": "staging"}}
    production = UP | {"with": {"command": "up", "environment": "production"}, "env": WIKI}
    assert found(tmp_path, staging, production) == []
    assert found(tmp_path, staging, production, environments=("staging",))[0].startswith("::error ")


def test_what_is_no_workflow_is_said_and_skipped(tmp_path, capsys):
    for number, text in enumerate(("a: [", "- a list", "jobs: {a: text}", "on: push")):
        (tmp_path / f"{number}.yml").write_text(textwrap.dedent(text))
    assert app_secrets.places(tmp_path) == []
    assert capsys.readouterr().out.count("::warning file=") == 4


def test_our_own_workflow_is_read_completely():
    (place,) = app_secrets.places(WORKFLOWS)
    assert (place.step, place.environment, place.complete) == ("Up", "", True)
    assert "PAYMENTS_CONSOLE_CLIENT_SECRET" in place.variables
