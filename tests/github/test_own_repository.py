"""A repository that has only definitions, as `reconciler init` creates it, uses the action of a released version."""

import pytest

from reconciler.repository import ActionPin, Choices, NewEnvironment, generated, starting
from reconciler.version import tool_version
from tests.github.company import CODE, groups
from tests.github.rules import problems
from tests.github.workflows import ROOT, parse

pytestmark = pytest.mark.e2e

ACTION = ActionPin.parse("acme/okta-reconciler", tool_version())


@pytest.fixture(scope="module")
def converted(company):
    """The company's repository without code, with the files of a new repository for the same environments."""
    company.git("checkout", "--quiet", "main")
    company.git("rm", "-r", "--quiet", *CODE)
    environments = [NewEnvironment(name, tenant.url) for name, tenant in company.tenants.items()]
    created = starting(Choices("okta", environments), ACTION) | generated(ACTION, (), {})
    company.commit({path: text for path, text in created.items() if not path.startswith("definitions/")})
    company.machine.actions = {ACTION.uses: ROOT / "action"}
    return company


def test_its_workflows_keep_every_rule(converted):
    files = (converted.clone / ".github/workflows").glob("*.yml")
    assert problems({file.stem: parse(file.read_text()) for file in files}) == []


def test_its_pull_requests_are_previewed(converted):
    assert not (converted.clone / "action").exists()
    converted.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal")}, branch="legal")
    number, run = converted.pull_request("legal")
    assert run.conclusion == "success", run.log
    assert "| `+` create | group | `legal` |" in converted.comment(number)
