"""What must hold for the workflows, whatever secrets, sign-ins and steps a company adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.github.workflows import OURS, Job, Workflows, command, jobs

TENANT = {"preview", "plan", "doctor", "up", "drift", "accept"}
"""The commands that get credentials of a tenant."""
PLAN_KEY = "RECONCILER_PLAN_KEY"
SECRET = re.compile(r"\bsecrets\s*[.\[]")
WRITES = {
    ("preview", "comment"): {"pull-requests"},
    ("drift", "drift"): {"issues", "security-events"},
    ("drift", "pull-request"): {"contents", "pull-requests"},
    ("up", "first"): {"pull-requests"},
    ("up", "second"): {"pull-requests"},
    ("up", "third"): {"pull-requests"},
    ("apply", "apply"): {"pull-requests"},
    ("release", "attest"): {"attestations", "id-token"},
    ("release", "release"): {"contents"},
    ("site", "publish"): {"pages"},
}
"""What a job may write. A job with an environment may also get an OpenID Connect token (`id-token`)."""


PUBLISHING = {"release", "site"}
"""The workflows that publish the package and the documentation. They have no tenant; their environments sign in to the
package index and to Pages."""


def problems(workflows: Workflows) -> list[str]:
    """Every rule that does not hold, with its place."""
    return [f"{rule.__name__}: {place}" for rule in RULES for place in rule(workflows)]


def nothing_is_permitted_by_default(workflows: Workflows) -> Iterator[str]:
    yield from (name for name, body in workflows.items() if body.get("permissions") != {})


def jobs_write_what_they_are_known_for(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        permissions = job.body.get("permissions", {})
        writes = {scope for scope, level in permissions.items() if level == "write"}
        signs_in = {"id-token"} if job.environment or "apply.yml" in job.body.get("uses", "") else set()
        allowed = WRITES.get((job.workflow, job.name), set()) | signs_in
        if not writes <= allowed:
            yield f"{job}: {sorted(writes - allowed)}"


def jobs_end(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        if job.steps and int(job.body.get("timeout-minutes", 360)) > 120:
            yield str(job)


def checkouts_keep_no_credentials(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        for step in job.steps:
            checks_out = step.get("uses", "").startswith("actions/checkout@")
            if checks_out and step.get("with", {}).get("persist-credentials") != "false":
                yield str(job)


def code_comes_from_the_commit_of_the_run(workflows: Workflows) -> Iterator[str]:
    """No checkout of another commit: a pull request is only fetched as data, by the command `propose`."""
    for job in jobs(workflows):
        for step in job.steps:
            if step.get("uses", "").startswith("actions/checkout@") and {"ref", "repository"} & set(step["with"]):
                yield str(job)


def secrets_stand_on_the_steps_that_need_them(workflows: Workflows) -> Iterator[str]:
    """Not on a workflow or a job, and on no step that installs, checks or comments."""
    for name, body in workflows.items():
        if SECRET.search(str(body.get("env", ""))):
            yield name
    for job in jobs(workflows):
        if SECRET.search(str({key: value for key, value in job.body.items() if key != "steps"})):
            yield str(job)
        for step in job.steps:
            signs_in = step.get("uses", "").startswith(("aws-actions/", "azure/", "google-github-actions/"))
            if SECRET.search(str(step)) and command(step) not in TENANT and not signs_in:
                yield f"{job}: {step['name']}"


def plans_are_signed_by_the_jobs_of_a_plan_only(workflows: Workflows) -> Iterator[str]:
    """Whoever had the key could sign a plan of their own."""
    for job in jobs(workflows):
        for step in job.steps:
            if PLAN_KEY in str(step) and command(step) not in {"plan", "up"}:
                yield f"{job}: {step['name']}"


def secrets_belong_to_environments_of_the_default_branch(workflows: Workflows) -> Iterator[str]:
    """A job with secrets names an environment `-read` or, to change a tenant, `-up`."""
    for job in jobs(workflows):
        for step in job.steps:
            if command(step) in TENANT or SECRET.search(str(step)):
                wanted = {"up": ("-up",), "doctor": ("-read", "-up"), "": ("-read", "-up")}.get(
                    command(step), ("-read",)
                )
                if not job.environment.endswith(wanted):
                    yield f"{job}: {step['name']} in {job.environment or 'no environment'}"


def only_apply_changes_a_tenant(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        commands = [command(step) for step in job.steps]
        if "up" in commands and (job.workflow, job.name) != ("apply", "apply"):
            yield str(job)
        if job.environment.endswith("-up") and "up" not in commands:
            yield str(job)


def a_tenant_is_changed_after_a_check_and_an_approval(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        commands = [command(step) for step in job.steps]
        if "up" in commands:
            needed = set(_needs(job, workflows))
            approvals = [
                other
                for other in jobs(workflows)
                if other.workflow == job.workflow
                and other.name in needed
                and other.environment == "${{ inputs.environment }}"
            ]
            if "check" not in commands[: commands.index("up")] or not approvals:
                yield str(job)


def approvals_have_no_queue_and_no_secrets(workflows: Workflows) -> Iterator[str]:
    """A job that waits for reviewers would hold its queue."""
    for job in jobs(workflows):
        waits = job.environment and not job.environment.endswith(("-read", "-up")) and job.workflow not in PUBLISHING
        more = "concurrency" in job.body or SECRET.search(str(job.body)) or job.body.get("permissions") != {}
        if waits and more:
            yield str(job)


def tenants_have_queues_in_which_nothing_is_cancelled(workflows: Workflows) -> Iterator[str]:
    """Shared by everything that needs the tenant to stand still: plans, `up` and drift."""
    for job in jobs(workflows):
        if any(command(step) in {"plan", "up", "drift"} for step in job.steps):
            name = job.environment.removesuffix("-read").removesuffix("-up")
            wanted = {"group": f"tenant-{name}", "cancel-in-progress": "false", "queue": "max"}
            if job.body.get("concurrency") != wanted:
                yield str(job)


def tenants_are_changed_for_the_default_branch_only(workflows: Workflows) -> Iterator[str]:
    for name, workflow in workflows.items():
        if any("apply.yml" in job.body.get("uses", "") for job in jobs({name: workflow})):
            events = set(workflow["on"])
            if not events <= {"push", "workflow_dispatch"} or workflow["on"]["push"]["branches"] != ["main"]:
                yield name


def pull_requests_from_forks_get_no_secrets(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        triggers = set(workflows[job.workflow]["on"])
        own = "github.event.pull_request.head.repo.full_name == github.repository" in job.body.get("if", "")
        if {"pull_request", "pull_request_target"} & triggers and SECRET.search(str(job.body)) and not own:
            yield str(job)


def actions_are_pinned(workflows: Workflows) -> Iterator[str]:
    for job in jobs(workflows):
        for step in [*job.steps, job.body]:
            uses = step.get("uses", "./")
            released = OURS.fullmatch(uses) and re.search(r"@v[\d.]+$", uses)
            if not (uses.startswith("./") or released or re.fullmatch(r"[\w-]+/[\w/.-]+@[0-9a-f]{40}", uses)):
                yield f"{job}: {uses}"


def one_check_reports_always(workflows: Workflows) -> Iterator[str]:
    """The job `reconciler` of `preview`, which needs every other job."""
    others = set(workflows["preview"]["jobs"]) - {"reconciler"}
    last = workflows["preview"]["jobs"].get("reconciler", {})
    if set(last.get("needs", ())) != others or last.get("if") != "always()" or last.get("name") != "reconciler":
        yield "preview/reconciler"
    events = workflows["preview"]["on"]
    if not {"pull_request_target", "merge_group"} <= set(events):
        yield "preview"
    elif events["pull_request_target"].get("branches") != ["main"]:
        yield "preview: checks belong to a commit, so one against another branch would count for main too"


def _needs(job: Job, workflows: Workflows) -> Iterator[str]:
    """The jobs that a job needs, directly or indirectly."""
    needs = job.body.get("needs", [])
    for name in [needs] if isinstance(needs, str) else needs:
        yield name
        yield from _needs(Job(job.workflow, name, workflows[job.workflow]["jobs"][name]), workflows)


RULES: tuple[Callable[[Workflows], Iterator[str]], ...] = (
    nothing_is_permitted_by_default,
    jobs_write_what_they_are_known_for,
    jobs_end,
    checkouts_keep_no_credentials,
    code_comes_from_the_commit_of_the_run,
    secrets_stand_on_the_steps_that_need_them,
    plans_are_signed_by_the_jobs_of_a_plan_only,
    secrets_belong_to_environments_of_the_default_branch,
    only_apply_changes_a_tenant,
    a_tenant_is_changed_after_a_check_and_an_approval,
    approvals_have_no_queue_and_no_secrets,
    tenants_have_queues_in_which_nothing_is_cancelled,
    tenants_are_changed_for_the_default_branch_only,
    pull_requests_from_forks_get_no_secrets,
    actions_are_pinned,
    one_check_reports_always,
)
