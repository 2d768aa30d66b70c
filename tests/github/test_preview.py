"""The workflow `preview` on pull requests: the comment, failures, forks, code, and the check to require."""

import os

import pytest

from tests.github.company import environment_file, groups

pytestmark = pytest.mark.e2e

INVALID = "kind: group\nname: finance\nowner: a\npurpose: b\nspec: {name: Finance, colour: red}\n"


@pytest.fixture(scope="module")
def first(company):
    """A pull request that changes definitions and code, and its first run."""
    head = company.commit(
        {
            "definitions/groups.yaml": groups("engineering", "sales", "legal"),
            "action/scripts/preview": "#!/usr/bin/env bash\necho code of the pull request ran; env\n",
            "action/scripts/validate": "#!/usr/bin/env bash\necho code of the pull request ran; env\n",
            ".github/workflows/preview.yml": "name: preview\non: pull_request_target\njobs: {}\n",
        },
        branch="legal",
    )
    number, run = company.pull_request("legal")
    return head, number, run, company.comment(number)


def test_the_comment_shows_the_plan_of_each_environment_in_order(first):
    head, _, run, comment = first
    assert run.conclusion == "success", run.log
    assert f"Commit {head}" in comment
    assert comment.index("## Preview of `staging`") < comment.index("## Preview of `production`")
    assert comment.count("| `+` create | group | `legal` |") == 2
    assert "/actions/runs/" in comment


def test_the_whole_plan_is_an_artifact(first):
    *_, run, _ = first
    for name in ("staging", "production"):
        assert {"report.md", "report.json", "report.txt", "report.html"} <= set(
            os.listdir(run.artifacts[f"preview-{name}"])
        )
        assert "## Preview" in run.job("preview", name).summary


def test_code_of_the_pull_request_never_runs_and_the_comment_says_so(first):
    *_, run, comment = first
    assert "code of the pull request ran" not in run.log
    assert "also changes 3 other files" in comment


def test_only_the_preview_itself_gets_credentials(company, first):
    *_, run, _ = first
    secrets = {tenant.token for tenant in company.tenants.values()}
    seen = {name for job in run.all_jobs() for name, given in job.given if secrets & set(given.values())}
    assert seen == {"preview"}
    assert {job.environment for job in run.all_jobs() if job.environment} == {"staging-read", "production-read"}


def test_nothing_is_written_but_the_comment(company, first):
    writes = [request for request in company.hub.requests if not request.startswith("GET")]
    assert writes
    assert all("/comments" in request for request in writes)


def test_a_preview_that_fails_says_why(company):
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "risk")}, branch="risk")
    secrets = company.hub.environments["production-read"].secrets
    company.hub.environments["production-read"].secrets = {"OKTA_CREDENTIAL": "expired"}
    try:
        number, run = company.pull_request("risk")
    finally:
        company.hub.environments["production-read"].secrets = secrets
    comment = company.comment(number)
    assert run.job("reconciler").result == "failure"
    assert "**The preview of `production` failed (exit code 3).**" in comment
    assert "refused the credentials" in comment or "401" in comment, comment
    assert "## Preview of `staging`" in comment


def test_a_fork_is_validated_without_credentials(company):
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "fork")}, branch="fork")
    number, run = company.pull_request("fork", fork=True)
    assert run.job("preview").result == "skipped"
    assert run.job("reconciler").result == "success", run.log
    assert "from forks are not previewed" in company.comment(number)
    assert not [job.environment for job in run.all_jobs() if job.environment]


def test_without_definitions_there_is_nothing_to_preview_and_the_check_reports(company):
    company.commit({"README.md": "Another text\n"}, branch="readme")
    number, run = company.pull_request("readme")
    assert (run.job("preview").result, run.job("reconciler").result) == ("skipped", "success"), run.log
    assert not company.hub.comments[number]


def test_the_merge_queue_gets_the_same_check(company):
    run = company.machine.start("preview", "merge_group", {"merge_group": {"head_sha": company.machine.head()}})
    assert (run.job("validate").result, run.job("reconciler").result) == ("success", "success"), run.log
    assert {run.job(name).result for name in ("preview", "comment")} == {"skipped"}


def test_a_pull_request_cannot_lift_its_own_limits(company):
    tenant = company.tenants["staging"]
    hosts = "environments: {'*': {hosts: [evil.example, 127.0.0.1]}}\n"
    text = environment_file(tenant, "staging").replace(tenant.url, "https://evil.example")
    company.commit({"definitions/pins.yaml": hosts, "definitions/environments/staging.yaml": text}, branch="evil")
    number, run = company.pull_request("evil")
    assert run.job("validate").result == "failure", run.log
    assert run.job("preview").result == "skipped"
    assert "evil.example" in company.comment(number)


def test_limits_that_would_break_up_after_the_merge_are_refused(company):
    """They are not used for the pull request itself."""
    company.commit({"definitions/guards.yaml": "too-many-deleted: {percnt: 5}\n"}, branch="guards")
    number, run = company.pull_request("guards")
    assert run.job("validate").result == "failure", run.log
    assert "too-many-deleted has no field percnt" in company.comment(number)


APP = """
kind: oidc-app
name: wiki
owner: "@acme/identity"
purpose: For a test.
spec:
  label: Wiki
  type: web
  redirect_uris: [https://wiki.acme.example/callback]
  client_secret: env:WIKI_SECRET
"""


def test_a_secret_that_no_workflow_sets_is_found_before_the_merge(company):
    company.commit({"definitions/wiki.yaml": APP.lstrip()}, branch="wiki")
    number, run = company.pull_request("wiki", fork=True)
    log = run.job("validate").log
    assert run.job("reconciler").result == "failure"
    assert "::error file=definitions/wiki.yaml,line=9::" in log, log
    comment = company.comment(number)
    assert "**`up` would not get every secret.**" in comment
    assert "WIKI_SECRET is not set for the step `Up` of .github/workflows/apply.yml" in comment
    assert "the GitHub environment production-up and staging-up" in comment

    # the same pull request may add it
    workflow = (company.clone / ".github/workflows/apply.yml").read_text()
    line = "PAYMENTS_CONSOLE_CLIENT_SECRET: ${{ secrets.PAYMENTS_CONSOLE_CLIENT_SECRET }}\n"
    added = workflow.replace(line, line + "          WIKI_SECRET: ${{ secrets.WIKI_SECRET }}\n")
    company.commit({".github/workflows/apply.yml": added}, branch="wiki")
    _, run = company.pull_request("wiki", number, fork=True)
    assert run.job("reconciler").result == "success", run.log


def test_links_in_definitions_lead_nowhere(company):
    (company.clone / "secret.yaml").write_text("the secret of a runner\n")
    company.git("checkout", "--quiet", "-b", "link", "main")
    (company.clone / "definitions/link.yaml").symlink_to(company.clone / "secret.yaml")
    company.commit({}, branch="link")
    number, run = company.pull_request("link")
    assert run.job("validate").result == "failure"
    assert "the secret of a runner" not in run.log + company.comment(number)


def test_a_branch_that_moved_on_is_left_to_its_own_run(company):
    company.commit({"definitions/groups.yaml": groups("engineering", "sales", "late")}, branch="late")
    number, _ = company.pull_request("late", fork=True)  # only for the merge commit of the first head
    head = company.commit({"definitions/groups.yaml": groups("engineering", "later")}, branch="late")
    payload = {"pull_request": {"number": number, "head": {"sha": head, "repo": {"full_name": "acme/okta"}}}}
    run = company.machine.start("preview", "pull_request_target", payload)
    assert run.conclusion == "failure"
    assert "or the branch has a newer commit by now" in run.job("validate").log
    assert "were not checked" in company.comment(number)
    assert head in company.comment(number)


@pytest.fixture(scope="module")
def alone(company, first):
    """From here on production is the only environment, which is enough and takes half as long."""
    text = environment_file(company.tenants["production"], "production")
    company.commit(
        {"definitions/environments/staging.yaml": None, "definitions/environments/production.yaml": text},
    )


def test_a_failure_replaces_the_comment_and_the_next_push_replaces_it_again(company, first, alone):
    _, number, _, before = first
    head = company.commit({"definitions/legal.yaml": INVALID}, branch="legal")
    _, run = company.pull_request("legal", number)
    comment = company.comment(number)
    assert run.conclusion == run.job("reconciler").result == "failure"
    assert "::error file=definitions/legal.yaml,line=5,col=" in run.job("validate").log
    assert "**The definitions are not valid.** Nothing was previewed." in comment
    assert "definitions/legal.yaml:5" in comment
    assert head in comment
    assert "## Preview" in before
    assert "## Preview" not in comment

    head = company.commit({"definitions/legal.yaml": None}, branch="legal")
    _, run = company.pull_request("legal", number)
    comment = company.comment(number)
    assert run.conclusion == "success", run.log
    assert head in comment
    assert "not valid" not in comment
    assert "## Preview of `production`" in comment


def test_an_override_counts_for_the_preview_of_one_pull_request(company, alone):
    """A guard refuses an owner whom nobody knows; the description says why it is right here."""
    company.commit({"definitions/more.yaml": groups("override", owner="nobody yet")}, branch="override")
    number, run = company.pull_request("override")
    assert run.conclusion == "failure", run.log
    assert "`production` was refused (exit code 4)" in company.comment(number)
    company.hub.issues[number]["body"] = "Why\r\nOverride owner-unknown:group override: OPS-7: a new team\r\nMore"
    _, run = company.pull_request("override", number)
    assert run.conclusion == "success", run.log
    assert "a new team" in company.comment(number)
