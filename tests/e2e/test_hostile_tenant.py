"""Canaries: a tenant that echoes secrets and has hostile names cannot get anything harmful into the output."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.report import SUFFIXES
from tests.canary import TOKEN, assert_harmless
from tests.e2e.hostile_tenant import (
    assert_harmless_run,
    has_odd_items,
    has_odd_names,
    hostile,
    links_elsewhere,
    refuses,
    talks_nonsense,
)
from tests.e2e.sign_in import ByServiceApp
from tests.e2e.workspace import SandboxTenant, Workspace

pytestmark = pytest.mark.only_by_token("the token is the canary")


GROUP = {
    "kind": "group",
    "name": "engineering",
    "owner": "platform",
    "purpose": "People who build things.",
    "spec": {"name": "Engineering"},
}


def workspace_of(url: str, folder: Path) -> Workspace:
    workspace = Workspace(folder, SandboxTenant(url, TOKEN))
    workspace.declare([GROUP])
    return workspace


COMMANDS = [
    ("doctor",),
    ("coverage",),
    ("drift",),
    ("adopt", "--into", "{root}/definitions"),
    ("preview",),
    ("up", "--yes"),
    ("repair", "--yes"),
    ("accept", "--dry-run"),
]


@pytest.mark.parametrize(
    ("behaviour", "commands"),
    [
        (refuses, COMMANDS),
        (links_elsewhere, COMMANDS[:2]),
        (talks_nonsense, COMMANDS[:1]),
        (has_odd_items, COMMANDS[:3]),
    ],
)
def test_errors_show_nothing_harmful(behaviour, commands, tmp_path):
    with hostile(behaviour) as url:
        workspace = workspace_of(url, tmp_path)
        for command, *options in commands:
            arguments = [option.format(root=tmp_path) for option in options]
            outcome = workspace.run(command, *arguments, environment=None if command == "doctor" else "test")
            assert outcome.code or command == "doctor", f"{command}: {outcome}"
            assert "[redacted]" in outcome.out + outcome.err or behaviour is not refuses
            assert "traceback" not in outcome.err.lower(), outcome
            assert_harmless_run(outcome, tmp_path)


def test_every_report_of_hostile_names_is_harmless(tmp_path):
    with hostile(has_odd_names) as url:
        workspace = workspace_of(url, tmp_path)
        outputs = [word for suffix in SUFFIXES for word in ("--output", str(tmp_path / f"report{suffix}"))]
        assert_harmless_run(workspace.expect(2, "drift", "--output", "-", *outputs), tmp_path)
        assert "[redacted]" in (tmp_path / "report.json").read_text()
        assert "00g2" in (tmp_path / "report.html").read_text()
        for command, *options in (
            ("history",),
            ("history", "--format", "markdown"),
            ("history", "--format", "json"),
            ("coverage", "--format", "markdown"),
            ("accept", "--dry-run"),
            ("preview", "--format", "markdown", "--output", str(tmp_path / "preview.md")),
            ("repair",),
        ):
            assert_harmless_run(workspace.run(command, *options), tmp_path)
        outcome = workspace.run("adopt", "--into", str(tmp_path / "adopted"))
        assert outcome.code == 0, outcome
        assert_harmless(outcome.out)
        assert_harmless(outcome.err)


def test_secrets_issued_at_sign_in_are_not_shown(tmp_path, monkeypatch):
    said: list[str] = []

    def signs_in_and_refuses(method: str, path: str, secret: str):
        if path.startswith("/oauth2/v1/token"):
            said.append(secret)
            return 200, {}, {"access_token": TOKEN, "expires_in": 3600, "scope": "okta.groups.read"}
        return refuses(method, path, secret)

    for behaviour in (signs_in_and_refuses, refuses):
        with hostile(behaviour) as url:
            workspace = Workspace(tmp_path, SandboxTenant(url, "", ByServiceApp("0oaOfTheTests")))
            outcome = workspace.run("doctor", environment=None)
            assert outcome.code == 1
            assert "[redacted]" in outcome.out
            for secret in (TOKEN, *said):
                assert_harmless_run(outcome, tmp_path, secret)


def test_engine_errors_are_harmless(tmp_path):
    with hostile(has_odd_names) as url:
        workspace = workspace_of(url, tmp_path)
        outcome = workspace.run("up", "--yes", "--provider", "stand-in")
        assert outcome.code == 1
        assert "failed" in outcome.out
        assert "[redacted]" in outcome.out
        assert_harmless_run(outcome, tmp_path)
