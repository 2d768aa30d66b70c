"""The commit of the definitions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.commit import Commit, commit_of


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A definitions folder in a repository with one commit."""
    folder = tmp_path / "repository" / "definitions"
    folder.mkdir(parents=True)
    (folder / "groups.yaml").write_text("kind: group\n")
    git(folder, "init", "--quiet", "..")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "Begin")
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_definitions_as_committed(definitions: Path):
    commit = commit_of(definitions)
    assert commit == Commit(git(definitions, "rev-parse", "HEAD").strip(), dirty=False)


@pytest.mark.parametrize("change", ["edited", "added", "removed"])
def test_uncommitted_changes_are_reported(definitions: Path, change: str):
    if change == "removed":
        (definitions / "groups.yaml").unlink()
    else:
        (definitions / {"edited": "groups.yaml", "added": "more.yaml"}[change]).write_text("kind: network-zone\n")
    commit = commit_of(definitions)
    assert commit == Commit(git(definitions, "rev-parse", "HEAD").strip(), dirty=True)


def test_files_outside_the_definitions_do_not_count(definitions: Path):
    (definitions.parent / "README.md").write_text("Hello.")
    assert not commit_of(definitions).dirty


def test_there_is_no_commit_outside_a_repository(tmp_path: Path):
    assert commit_of(tmp_path) == commit_of(tmp_path / "nowhere") == Commit()


def test_git_gets_no_secrets(definitions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Hooks and configured commands would see them."""
    seen = tmp_path / "seen"
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "git"
    fake.write_text(f"#!/bin/sh\nenv >> {seen}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("OKTA_STAGING_TOKEN", "canary")
    commit_of(definitions)
    assert "PATH=" in seen.read_text()
    assert "canary" not in seen.read_text()
