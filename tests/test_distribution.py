"""The files with which others use this project: container, pre-commit hook, GitLab CI and package."""

import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml

from reconciler.version import DISTRIBUTION

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def check(*line: str | Path) -> None:
    result = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def gitlab(**inputs: str) -> str:
    """The jobs of the template, as GitLab makes them from the inputs."""
    _, text = (ROOT / "ci/gitlab.yml").read_text().split("\n---\n")
    defaults = {"after": "", "approval": "true", "audience": "okta-reconciler", "image": "reconciler:1"}
    for name, value in {**defaults, **inputs}.items():
        text = text.replace(f"$[[ inputs.{name} ]]", value)
    assert "$[[" not in text
    return text


def test_the_image_keeps_the_rules_for_dockerfiles():
    check(BIN / "hadolint", "Dockerfile")


def test_the_image_runs_without_root_and_copies_what_the_build_needs():
    text = (ROOT / "Dockerfile").read_text()
    assert [line for line in text.splitlines() if line.startswith("USER ")] == ["USER 10001:10001"]
    copied = [word for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line
              for word in line.split()[1:-1]]  # fmt: skip
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == kept
    assert all(any(ROOT.glob(name)) for name in copied)


@pytest.mark.parametrize("approval", ["true", "false"])
def test_the_jobs_are_what_gitlab_takes(approval, tmp_path):
    file = tmp_path / "gitlab.yml"
    file.write_text(gitlab(environment="production", after="staging", approval=approval))
    check(BIN / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", file)


def test_the_inputs_are_those_that_the_jobs_use():
    header, text = (ROOT / "ci/gitlab.yml").read_text().split("\n---\n")
    for name in yaml.safe_load(header)["spec"]["inputs"]:
        assert f"inputs.{name} ]]" in text, name


def test_jobs_of_gitlab_change_a_tenant_only_after_the_approval_and_only_on_the_default_branch():
    jobs = yaml.safe_load(gitlab(environment="production", after="staging"))
    up = jobs["production: up"]
    assert "production: approve" in up["needs"]
    assert {"if": '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"'} in up["rules"]
    assert {"job": "staging: up", "optional": True} in jobs["production: plan"]["needs"]
    changing = [name for name, job in jobs.items() if job.get("environment", {}).get("name", "").endswith("/up")]
    assert changing == ["production: up"]
    assert "resource_group" not in jobs["production: approve"], "a job that waits would hold the queue"


def test_only_the_job_of_gitlab_that_reads_secrets_of_apps_has_a_token():
    jobs = yaml.safe_load(gitlab(environment="production"))
    assert [name for name, job in jobs.items() if "id_tokens" in job] == ["production: up"]
    up = jobs["production: up"]
    assert up["id_tokens"] == {"JOB_IDENTITY": {"aud": "okta-reconciler"}}
    write, unset, run = up["script"]
    assert write.startswith("(umask 077 ") and unset == "unset JOB_IDENTITY" and run.startswith("exec reconciler up ")


def test_the_hook_is_the_one_of_new_repositories(tmp_path):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    template = ROOT / "reconciler/repository/templates/pre-commit-config.yaml"
    created = yaml.safe_load(template.read_text().replace("<< requirement >>", "okta-reconciler"))
    (ours,) = created["repos"][0]["hooks"]
    assert {**hook, **ours} == {**ours, "description": hook["description"]}


def test_the_package_says_what_it_is():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION
    found = metadata(DISTRIBUTION)
    assert found["License-Expression"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()
