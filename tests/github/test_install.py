"""The action installs the reconciler on a bare runner: locked packages, no test tools, and nothing twice."""

import os
import subprocess

import pytest

from tests.github.workflows import ACTION

pytestmark = pytest.mark.e2e


def script(name, home, **given):
    """Run a script of the action with the variables of this machine, as far as package clients need them."""
    environment = {
        **os.environ,
        "HOME": str(home),
        "RUNNER_TEMP": str(home / "temp"),
        "GITHUB_ACTION_PATH": str(ACTION),
    }
    ran = subprocess.run(
        [ACTION / "scripts" / name], env=environment | given, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_bare_runner_gets_the_reconciler_and_no_test_tools(tmp_path):
    output = tmp_path / "output"
    script("software", tmp_path, GITHUB_OUTPUT=str(output))
    version = output.read_text().strip().partition("=")[2]
    given = {"COMMAND": "install", "ENGINE": "false", "VERSION": version}
    script("install", tmp_path, **given)
    software = tmp_path / ".cache/okta-reconciler/python"
    shown = subprocess.run([software / "bin/reconciler", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("reconciler, version ")
    assert not {"pytest", "mypy", "ruff", "gh"} & set(os.listdir(software / "bin"))

    before = (software / "bin/reconciler").stat().st_mtime_ns
    script("install", tmp_path, **given)
    assert (software / "bin/reconciler").stat().st_mtime_ns == before, "it was installed again"

    script("software", tmp_path, GITHUB_OUTPUT=str(output), EXTRAS="aws, vault")
    other = output.read_text().splitlines()[-1].partition("=")[2]
    assert other != version
    script("install", tmp_path, **given | {"VERSION": other, "EXTRAS": "aws, vault"})
    imports = [software / "bin/python", "-c", "import boto3, hvac, reconciler"]
    assert subprocess.run(imports, check=False).returncode == 0


@pytest.mark.parametrize("extras", ["history", "vault,../x", "*", "vault;id"])
def test_an_extra_that_is_not_known_is_refused_before_anything_is_installed(tmp_path, extras):
    with pytest.raises(AssertionError, match="extras has a name that is not known; allowed: aws, azure, gcp"):
        script("install", tmp_path, COMMAND="install", ENGINE="false", VERSION="1", EXTRAS=extras)
    assert not (tmp_path / ".cache").exists()
