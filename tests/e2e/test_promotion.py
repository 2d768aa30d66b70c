"""Production takes what staging has taken, never an older commit, and goes back by a revert."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.documents import group
from tests.e2e.workspace import ENVIRONMENT, Workspace
from tests.test_commit import git

pytestmark = pytest.mark.e2e

STAGING = "staging"
FIRST = [group("staff", name="Staff ${suffix}"), group("people", name="People ${suffix}", description="All.")]
SECOND = [group("people", name="People ${suffix}", description="Nobody."), group("more", name="More ${suffix}")]
"""Without the first group, with a changed one and a new one."""


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """A repository with the environments `staging` and, after it, `test`, both in one tenant."""
    credentials = dict(workspace.tenant.sign_in.credentials)
    for name, promotion in ((STAGING, {}), (ENVIRONMENT, {"promotion": {"after": STAGING}})):
        file = {"tenant": {"url": workspace.tenant.url, "credentials": credentials}, "variables": {"suffix": name}}
        workspace.write(f"environments/{name}.yaml", [file | promotion])
    workspace.guard()
    (workspace.root / ".gitignore").write_text(".state\nPulumi.*.yaml\n")
    git(workspace.root, "init", "--quiet", "--initial-branch=main", ".")
    git(workspace.root, "config", "user.name", "t")
    git(workspace.root, "config", "user.email", "t@example.com")
    committed(workspace, FIRST)
    return workspace


def committed(workspace: Workspace, documents: list[dict[str, Any]]) -> str:
    workspace.declare(documents)
    git(workspace.root, "add", ".")
    git(workspace.root, "commit", "--quiet", "--message", "Change the groups")
    return git(workspace.root, "rev-parse", "HEAD").strip()


def objects(workspace: Workspace) -> Mapping[str, tuple[str, str]]:
    """Id and description of the groups of `test`, by name."""
    found = workspace.tenant.request("GET", "/api/v1/groups")
    profiles = [(one["id"], one["profile"]) for one in found]
    return {
        profile["name"].removesuffix(f" {ENVIRONMENT}"): (identity, profile.get("description") or "")
        for identity, profile in profiles
        if profile["name"].endswith(f" {ENVIRONMENT}")
    }


def audit(workspace: Workspace) -> dict[str, Any]:
    """The last line of the audit of `test`."""
    found: dict[str, Any] = json.loads((workspace.root / ".state/audit/test.jsonl").read_text().splitlines()[-1])
    return found


def up_both(workspace: Workspace) -> None:
    for name in (STAGING, ENVIRONMENT):
        workspace.expect(0, "up", "--yes", environment=name)


def test_production_takes_what_staging_has_taken(repository: Workspace):
    refused = repository.expect(4, "up", "--yes")
    assert "staging has never taken definitions" in refused.err
    assert "not-promoted:test" in refused.err
    assert "`up` would be refused: staging has never taken definitions" in repository.expect(0, "preview").out
    assert objects(repository) == {}
    assert (audit(repository)["end"], audit(repository)["exit"]) == ("refused", 4)
    up_both(repository)

    committed(repository, SECOND)
    assert "has not taken these definitions" in repository.expect(4, "up", "--yes").err
    repository.tenant.order_fault(method="POST", path="/api/v1/groups", status=403)
    repository.expect(1, "up", "--yes", environment=STAGING)
    repository.tenant.clear_faults()
    assert "without a failure" in repository.expect(4, "up", "--yes").err

    options = ["--allow", "not-promoted:test", "--reason", "Staging is down."]
    repository.expect(0, "up", "--yes", *options)
    assert set(objects(repository)) == {"People", "More"}
    (override,) = audit(repository)["overrides"]
    assert (override["rule"], override["object"], override["reason"]) == ("not-promoted", "test", "Staging is down.")


def test_a_workflow_that_runs_again_does_not_roll_back(repository: Workspace):
    first = git(repository.root, "rev-parse", "HEAD").strip()
    up_both(repository)
    second = committed(repository, SECOND)
    up_both(repository)
    after = objects(repository)

    git(repository.root, "checkout", "--quiet", first)
    refused = repository.expect(4, "up", "--yes", environment=STAGING)
    assert f"commit {first[:12]} is older than {second[:12]}" in refused.err
    assert "`up` would be refused: commit" in repository.expect(0, "preview", environment=STAGING).out
    assert objects(repository) == after
    repository.expect(0, "up", "--yes", "--allow-older", "--reason", "Main is broken.", environment=STAGING)


def test_a_revert_rolls_back(repository: Workspace):
    up_both(repository)
    first = objects(repository)
    committed(repository, SECOND)
    up_both(repository)
    git(repository.root, "revert", "--no-edit", "HEAD")

    plan = repository.expect(0, "preview").out
    assert f"group staff existed before with the id {first['Staff'][0]}: it is created again" in plan
    assert "not restored: " in plan
    assert "1 created, 1 updated, 1 deleted" in plan or "1 to create, 1 to update, 1 to delete" in plan
    up_both(repository)
    last = objects(repository)
    assert {name: said for name, (_, said) in last.items()} == {name: said for name, (_, said) in first.items()}
    assert last["People"] == first["People"], "it was changed, and is the same object"
    assert last["Staff"][0] != first["Staff"][0], "it was deleted, and is another object"
    repository.expect(0, "preview", "--expect-no-changes")
    assert "has what staging has taken" in repository.expect(0, "status", environment=None).out
