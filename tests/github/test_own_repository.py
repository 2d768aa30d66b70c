"""A repository that has only definitions uses the action of a released version, as docs/ci.md says."""

import re

import pytest

from tests.github.company import CODE, groups
from tests.github.rules import problems
from tests.github.workflows import ROOT, parse

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def converted(company):
    """The company's repository without code, with the command of the documentation applied to its workflows."""
    documentation = (ROOT / "docs/ci.md").read_text()
    (pattern, to) = re.findall(r"^sed -i 's\|(.+?)\|(.+?)\|' ", documentation, re.MULTILINE)[0]
    project = re.findall(r"^```yaml\n(name: .+?)^```", documentation, re.MULTILINE | re.DOTALL)[0]
    workflows = {file: file.read_text() for file in (company.clone / ".github/workflows").glob("*.yml")}
    company.git("checkout", "--quiet", "main")
    company.git("rm", "-r", "--quiet", *(name for name in CODE if name not in {".github", "Pulumi.yaml"}))
    company.commit(
        {
            file.relative_to(company.clone).as_posix(): re.sub(pattern, to, text, flags=re.MULTILINE)
            for file, text in workflows.items()
        }
        | {"Pulumi.yaml": project}
    )
    company.machine.actions = {to.removeprefix("uses: "): ROOT / "action"}
    return company


def test_its_workflows_keep_every_rule(converted):
    files = (converted.clone / ".github/workflows").glob("*.yml")
    assert problems({file.stem: parse(file.read_text()) for file in files if file.stem != "ci"}) == []


def test_its_pull_requests_are_previewed(converted):
    assert not (converted.clone / "action").exists()
    converted.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal")}, branch="legal")
    number, run = converted.pull_request("legal")
    assert run.conclusion == "success", run.log
    assert "| `+` create | group | `legal` |" in converted.comment(number)
