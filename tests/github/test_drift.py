"""The workflow `drift`: the life of an issue, code scanning, owners, and where it may ran."""

import pytest

from reconciler.cli import run
from tests.e2e.workspace import SandboxTenant
from tests.github.company import environment_file, groups

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", autouse=True)
def only_production(company):
    """One environment, applied as an engineer would at a terminal, is enough and takes half as long."""
    tenant = company.tenants["production"]
    company.commit(
        {
            "definitions/environments/staging.yaml": None,
            "definitions/environments/production.yaml": environment_file(tenant, "production", after=""),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(company.clone)
        patch.setenv("PULUMI_BACKEND_URL", company.hub.environments["production-up"].variables["PULUMI_BACKEND_URL"])
        patch.setenv("OKTA_PRODUCTION_TOKEN", tenant.token)
        assert run(["up", "production", "--yes"]) == 0


def issues(company):
    return {
        issue["title"]: (issue["state"], issue["body"])
        for issue in company.hub.issues.values()
        if "pull_request" not in issue
    }


def group_of(tenant: SandboxTenant, name: str) -> str:
    return next(each.id for each in tenant.read().objects["group"] if each.label == name)


def test_the_life_of_an_issue(company):
    tenant = company.tenants["production"]
    path = f"/api/v1/groups/{group_of(tenant, 'sales')}"
    tenant.request("PUT", path, {"profile": {"name": "sales", "description": "Changed by hand"}})
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal")})  # waits for its approval

    ran = company.machine.start("drift", "schedule")
    assert ran.conclusion == "success", ran.log
    found = issues(company)
    assert set(found) == {"Drift of production"}
    state, body = found["Drift of production"]
    assert state == "open"
    assert "Changed by hand" in body
    assert "@acme/identity" in body
    assert "/actions/runs/" in body
    assert {"report.json", "report.html", "report.md", "report.sarif"} <= {
        file.name for file in ran.artifacts["drift-production"].iterdir()
    }

    tenant.request("PUT", path, {"profile": {"name": "sales", "description": "Changed again"}})
    company.hub.variables["DRIFT_PULL_REQUESTS"] = "true"
    ran = company.machine.start("drift", "schedule")
    assert ran.conclusion == "success", ran.log
    assert "Changed again" in issues(company)["Drift of production"][1]
    assert len(issues(company)) == 1
    (pull,) = (issue for issue in company.hub.issues.values() if "pull_request" in issue)
    assert (pull["title"], pull["head"], pull["base"]) == ("Accept the drift of production", "drift/production", "main")
    assert company.machine.git("diff", "--name-only", "main", "drift/production") == "definitions/groups.yaml"
    assert "Changed again" in company.machine.git("show", "drift/production:definitions/groups.yaml")

    tenant.request("PUT", path, {"profile": {"name": "sales"}})
    ran = company.machine.start("drift", "schedule")
    assert ran.conclusion == "success", ran.log
    assert {each["category"] for each in company.hub.sarif} == {"drift-production"}
    assert "1 pending" in ran.job("drift", "production").summary  # pending is not drift: the issue is closed
    assert issues(company)["Drift of production"][0] == "closed"


def test_a_tenant_that_cannot_be_reached_fails_the_run_and_changes_no_issue(company):
    before, uploaded = issues(company), len(company.hub.sarif)
    secrets = company.hub.environments["production-read"].secrets
    company.hub.environments["production-read"].secrets = {"OKTA_CREDENTIAL": "expired"}
    try:
        ran = company.machine.start("drift", "schedule")
    finally:
        company.hub.environments["production-read"].secrets = secrets
    assert ran.job("drift").result == "failure", ran.log
    assert (issues(company), len(company.hub.sarif)) == (before, uploaded)


def test_other_branches_are_refused_before_any_credentials(company):
    company.commit({"README.md": "Code of a branch\n"}, branch="curious")
    ran = company.machine.start("drift", "workflow_dispatch", branch="curious")
    assert ran.conclusion == "failure"
    assert "drift runs on the default branch only" in ran.log
    assert not [job.environment for job in ran.all_jobs() if job.environment]


def test_a_state_without_a_place_fails_the_run_before_the_tenant_is_asked(company, plugin):
    """For a tenant that is not local: its state would be empty, so that everything would be drift."""
    name = "definitions/environments/production.yaml"
    text = (company.clone / name).read_text()
    company.commit({name: text.replace(company.tenants["production"].url, "https://acme.okta.com")})
    before, reading = issues(company), company.hub.environments["production-read"]
    variables, reading.variables = reading.variables, {}
    try:
        ran = company.machine.start("drift", "schedule")
    finally:
        reading.variables = variables
        company.commit({name: text})
    log = ran.job("drift").log
    assert ran.conclusion == "failure"
    assert "PULUMI_BACKEND_URL is not set" in log, log
    assert "set it to a bucket (s3://, gs://, azblob://) or to Pulumi Cloud" in log
    assert issues(company) == before
