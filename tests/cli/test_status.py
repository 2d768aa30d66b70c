"""`reconciler status` without an engine and without a tenant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.actor import Actor
from reconciler.commit import Commit
from reconciler.definitions import load
from reconciler.engine.state import STACK
from reconciler.history.store import Store
from reconciler.last_up import LastUp
from tests.test_commit import commit, git
from tests.test_history import CHANGED, run

LOCAL = "tenant: {url: http://127.0.0.1:1, credentials: {token: env:T}}\n"
GROUP = "kind: group\nname: staff\nowner: tests\npurpose: Is there.\nspec: {name: Staff}\n"


@pytest.fixture(autouse=True)
def project(folder, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PULUMI_BACKEND_URL", "RECONCILER_HISTORY"):
        monkeypatch.delenv(name, raising=False)
    folder.write(LOCAL, "environments/staging.yaml")
    folder.write(LOCAL + "promotion: {after: staging}\n", "environments/production.yaml")
    folder.write(GROUP, "groups.yaml")
    root: Path = folder.path.parent
    (root / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    return root


def repository(root: Path) -> str:
    git(root, "init", "--quiet", ".")
    (root / ".gitignore").write_text(".state\n")
    return commit(root, "First", "README.md")


def applied(root: Path, name: str, commit_id: str = "", **different: Any) -> LastUp:
    """Write a state as if the definitions had been applied now."""
    last = LastUp.now(load(root / "definitions", name), Commit(commit_id), Actor("alice"))
    last = replace(last, **{"clean": True, **different})
    outputs = {"definitions": last.definitions, **last.outputs, "clean": last.clean}
    resources = [{"urn": "urn:pulumi:a::okta::x::y", "type": STACK, "outputs": outputs}]
    file = root / ".state" / ".pulumi" / "stacks" / "okta" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    return last


def environments(invoke, *arguments: str, code: int = 0) -> dict[str, Any]:
    result = invoke("status", *arguments, "--format", "json")
    assert result.exit_code == code, result.output
    return {one["name"]: one for one in json.loads(result.stdout)["environments"]}


def test_nothing_was_applied_and_there_is_no_repository(invoke, project: Path):
    found = environments(invoke)
    assert list(found) == ["production", "staging"]
    assert found["staging"] | {"url": ""} == {
        "name": "staging",
        "url": "",
        "problem": "",
        "applied": None,
        "pending": None,
        "beyond": None,
        "drift": None,
        "promotion": None,
    }
    assert found["production"]["promotion"]["state"] == "not ready"
    assert not (project / ".state").exists(), "nothing is created"


def test_what_waits_for_promotion(invoke, project: Path):
    first = repository(project)
    applied(project, "production", first)
    changed = commit(project / "definitions", GROUP.replace("Staff", "People"), "groups.yaml")
    applied(project, "staging", changed)

    found = environments(invoke)
    assert (found["staging"]["pending"], found["staging"]["beyond"]) == (False, [])
    assert (found["staging"]["applied"]["by"], found["staging"]["applied"]["commit"]) == ("alice", changed)
    assert found["production"]["pending"] is True
    assert [one["id"] for one in found["production"]["beyond"]] == [changed]
    promotion = found["production"]["promotion"]
    assert (promotion["after"], promotion["state"]) == ("staging", "waiting")
    assert [one["id"] for one in promotion["commits"]] == [changed]
    assert environments(invoke, "staging", "--ref", "HEAD~1")["staging"]["beyond"] == []

    applied(project, "production", changed)
    assert environments(invoke)["production"]["promotion"]["state"] == "taken"
    applied(project, "staging", changed, clean=False)
    assert environments(invoke)["production"]["promotion"]["state"] == "not ready"


def test_the_drift_at_the_last_check(invoke, project: Path):
    assert environments(invoke)["staging"]["drift"] is None
    Store(str(project / ".state" / "history.sqlite")).record(run(0, CHANGED, environment="staging"))
    found = environments(invoke)["staging"]["drift"]
    assert (found["drift"], found["critical"]) == (1, 0)


def test_a_history_that_cannot_be_read(invoke, project: Path):
    (project / ".state").mkdir()
    (project / ".state" / "history.sqlite").write_text("no database, but a long text that is none")
    assert "not known: the history" in invoke("status", "staging").stdout


def test_a_state_that_cannot_be_read_is_an_error(invoke, project: Path):
    applied(project, "staging")
    file = project / ".state" / ".pulumi" / "stacks" / "okta" / "staging.json"
    file.write_text("{")
    found = environments(invoke, code=1)
    assert found["staging"]["problem"].startswith("the state cannot be read: the state of staging is damaged")
    assert found["production"]["promotion"]["state"] == "not ready"
    assert found["production"]["problem"] == ""


def test_definitions_with_problems(invoke, folder, project: Path):
    applied(project, "staging")
    folder.write("kind: grup\n", "groups.yaml")
    found = environments(invoke, "staging", code=1)["staging"]
    assert "the definitions have 5 problems" in found["problem"]
    assert found["applied"]["by"] == "alice"
    assert found["pending"] is None


def test_a_real_tenant_without_a_location(invoke, folder):
    folder.write(LOCAL.replace("http://127.0.0.1:1", "https://acme.okta.com"), "environments/staging.yaml")
    assert "PULUMI_BACKEND_URL is not set" in environments(invoke, "staging", code=1)["staging"]["problem"]


@pytest.mark.parametrize(
    ("arguments", "said"), [(["nowhere"], "unknown environment nowhere"), (["--ref", "no"], "--ref no")]
)
def test_misuse(invoke, arguments: list[str], said: str):
    result = invoke("status", *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_times_are_shown_in_utc(invoke, project: Path):
    applied(project, "staging", at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert "on 2026-01-02 03:04 UTC by alice" in invoke("status", "staging").stdout
