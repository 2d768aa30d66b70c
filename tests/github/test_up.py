"""The workflow `up`: plan, approval, exactly this plan, the account, and everything that must not happen."""

import json

import pytest

from tests.github.company import environment_file, groups

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", autouse=True)
def pinned(company):
    """Staging needs no approval, as in docs/ci.md."""
    pins = "environments:\n  staging: {approval: false}\n  production: {approval: true}\n"
    company.commit({"definitions/pins.yaml": pins})


KEY = {"RECONCILER_PLAN_KEY": "a random key of the tests"}
"""With which the plans of production are signed."""


@pytest.fixture(scope="module")
def begun(company):
    """A merged pull request, whose plan for production waits for its approval."""
    for name in ("production-read", "production-up"):
        company.hub.environments[name].secrets = {**company.hub.environments[name].secrets, **KEY}
    audit = {"RECONCILER_AUDIT": str(company.clone.parent / "audit")}
    company.hub.environments["production-up"].variables = {
        **company.hub.environments["production-up"].variables,
        **audit,
    }
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal")}, branch="legal")
    number = company.hub.add_issue("Add legal", pull=True)
    company.merge(number, "legal")
    return number, company.push()


def test_from_a_merge_to_the_account(company, begun):
    number, run = begun
    assert run.waiting() == ["production"], run.log
    assert company.names("staging") == {"engineering", "sales", "legal"}
    assert company.names("production") == set()
    assert "| `+` create | group | `legal` |" in run.job("plan", "production-read").summary

    run.review("production")
    assert run.conclusion == "success", run.log
    assert company.names("production") == {"engineering", "sales", "legal"}
    for name in ("staging", "production"):
        assert f"## Update of `{name}`" in run.job("apply", f"{name}-up").summary
    comments = [comment["body"] for comment in company.hub.comments[number]]
    assert [f"Update of `{name}`" in body for name, body in zip(("staging", "production"), comments, strict=True)] == [
        True,
        True,
    ]


def test_the_plan_that_is_applied_is_signed_and_the_audit_outlives_the_job(company, begun):
    """Staging has no key and no place for its audit: both are optional."""
    _, run = begun
    if run.waiting():
        run.review("production")
    signatures = {
        name: json.loads((run.artifacts[f"plan-{name}"] / "plan.json").read_text())["signature"]
        for name in ("staging", "production")
    }
    assert (bool(signatures["production"]), signatures["staging"]) == (True, "")
    lines = [json.loads(line) for line in (company.clone.parent / "audit/production.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["begin", "end"]
    seen = {(job.environment, name) for job in run.all_jobs() for name, given in job.given if "PLAN_KEY" in str(given)}
    assert {("production-read", "plan"), ("production-up", "up")} <= seen
    assert {name for _, name in seen} == {"plan", "up"}
    assert KEY["RECONCILER_PLAN_KEY"] not in run.log


def test_credentials_are_given_to_what_needs_them(company, begun):
    _, run = begun
    secrets = {tenant.token for tenant in company.tenants.values()}
    seen = {(job.name, name) for job in run.all_jobs() for name, given in job.given if secrets & set(given.values())}
    assert seen == {("plan", "doctor"), ("plan", "plan"), ("apply", "doctor"), ("apply", "up")}


def test_jobs_of_a_tenant_share_a_queue_and_approvals_have_none(begun):
    _, run = begun
    if run.waiting():
        run.review("production")
    queues = {job.environment: job.concurrency.get("group") for job in run.all_jobs() if job.environment}
    assert queues == {
        "staging-read": "tenant-staging",
        "staging-up": "tenant-staging",
        "staging": None,
        "production-read": "tenant-production",
        "production-up": "tenant-production",
        "production": None,
    }


@pytest.fixture(scope="module")
def alone(company, begun):
    """From here on production is the only environment, which is enough and takes half as long."""
    _, run = begun
    if run.waiting():
        run.review("production")
    text = environment_file(company.tenants["production"], "production")
    company.commit(
        {"definitions/environments/staging.yaml": None, "definitions/environments/production.yaml": text},
    )


def test_without_changes_nobody_is_asked(company, alone):
    company.commit({"Pulumi.yaml": (company.clone / "Pulumi.yaml").read_text() + "# a comment\n"})
    run = company.push()
    assert run.conclusion == "success", run.log
    assert {job.result for job in run.all_jobs() if job.name in {"approve", "apply"}} == {"skipped"}


def test_a_rejected_change_waits_for_the_next_approval_which_shows_it(company, alone):
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal", "rejected")})
    first = company.push()
    first.review("production", "rejected")
    assert first.conclusion == "failure"
    assert "rejected" not in company.names("production")

    # a merge that touches no definitions starts no run; one of definitions shows what was rejected
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal", "rejected", "next")})
    second = company.push()
    shown = second.job("plan", "production-read").summary
    assert "`rejected`" in shown
    assert "`next`" in shown
    assert second.waiting() == ["production"]

    # the older run is approved after all, and then run again: it is not the newest commit
    sha = first.github["sha"]
    again = company.machine.start("up", "push", sha=sha)
    assert again.conclusion == "failure"
    assert "main has moved on to" in again.log
    assert {"rejected", "next"} & company.names("production") == set()

    second.review("production")
    assert second.conclusion == "success", second.log
    assert {"rejected", "next"} <= company.names("production")


def test_an_approval_is_worth_nothing_once_main_has_moved_on(company, alone):
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal", "rejected", "next", "late")})
    run = company.push()
    assert run.waiting() == ["production"], run.log
    company.commit({"README.md": "Nothing that up depends on\n", "definitions/groups.yaml": groups("engineering")})
    run.review("production")
    assert run.conclusion == "failure"
    assert "main has moved on to" in run.job("apply", "production-up").log
    assert "late" not in company.names("production")
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "legal", "rejected", "next")})


def test_a_tenant_that_changes_while_a_plan_waits_makes_it_stale(company, alone):
    names = ("engineering", "sales", "legal", "rejected", "next", "stale")
    company.commit({"definitions/groups.yaml": groups(*names)})
    run = company.push()
    assert run.waiting() == ["production"], run.log
    company.tenants["production"].request("POST", "/api/v1/groups", {"profile": {"name": "stale"}})
    run.review("production")
    apply = run.job("apply", "production-up")
    assert apply.result == "failure"
    assert "exit code 4" in apply.log
    before = company.hub.comments
    assert before  # the account says so, too


def test_production_without_protection_is_refused(company, alone):
    settings = company.hub.environments["production"]
    reviewers, settings.reviewers = settings.reviewers, ()
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "unprotected")})
    try:
        run = company.push()
    finally:
        settings.reviewers = reviewers
    assert run.conclusion == "failure"
    assert "production has no required reviewers" in run.log
    assert "unprotected" not in company.names("production")


def test_credentials_that_every_branch_may_use_are_refused(company, alone):
    settings = company.hub.environments["production-up"]
    branches, settings.branches = settings.branches, ()
    try:
        run = company.push()
    finally:
        settings.branches = branches
    assert run.conclusion == "failure"
    assert "every branch may use the GitHub environment production-up" in run.log


def test_another_branch_gets_no_credentials_and_is_refused(company, alone):
    company.commit({"definitions/groups.yaml": groups("engineering")}, branch="own")
    run = company.machine.start("up", "workflow_dispatch", branch="own")
    assert run.conclusion == "failure"
    assert not [given for job in run.all_jobs() for name, given in job.given if name in {"plan", "up"}]


@pytest.fixture(scope="module")
def elsewhere(company, alone):
    """From here on the tenant of production is not local."""
    name = "definitions/environments/production.yaml"
    text = (company.clone / name).read_text()
    company.commit({name: text.replace(company.tenants["production"].url, "https://acme.okta.com")})


def test_a_tenant_that_is_not_local_needs_the_official_plugin(company, elsewhere):
    """The installation asks for it, and fails here, where it cannot be downloaded."""
    run = company.push()
    assert run.conclusion == "failure"
    log = run.job("plan", "production-read").log
    assert "plugin" in log[log.index("--- Install") :], log
    assert "--- Plan" not in log


def test_a_tenant_that_is_not_local_needs_a_place_for_its_state(company, elsewhere, plugin):
    """Otherwise the state would end with the job. Without a credential, nothing asks the tenant."""
    reading = company.hub.environments["production-read"]
    before, reading.variables, reading.secrets = (reading.variables, reading.secrets), {}, {}
    try:
        run = company.push()
    finally:
        reading.variables, reading.secrets = before
    log = run.job("plan", "production-read").log
    assert run.conclusion == "failure"
    assert "PULUMI_BACKEND_URL is not set" in log, log
    assert "set it to a bucket (s3://, gs://, azblob://) or to Pulumi Cloud" in log
    assert "--- Plan" not in log
