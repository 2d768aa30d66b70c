"""The commit of the definitions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.commit import Ancestry, Commit, ancestry, commit_named, commit_of, log_since


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


def commit(folder: Path, subject: str, file: str = "groups.yaml") -> str:
    """Change a file and commit it. Returns the commit."""
    (folder / file).write_text(subject)
    git(folder, "add", ".")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", subject)
    return git(folder, "rev-parse", "HEAD").strip()


def test_how_commits_are_related(definitions: Path, tmp_path: Path):
    first = git(definitions, "rev-parse", "HEAD").strip()
    second = commit(definitions, "Second")
    git(definitions, "checkout", "--quiet", "-b", "branch", first)
    branch = commit(definitions, "Branch")

    assert ancestry(definitions, second, second) is Ancestry.SAME
    assert ancestry(definitions, first, second) is Ancestry.NEWER
    assert ancestry(definitions, second, first) is Ancestry.OLDER
    assert ancestry(definitions, second, branch) is Ancestry.DIVERGED
    assert ancestry(definitions, "0" * 40, second) is Ancestry.UNRELATED
    assert ancestry(definitions, "--help", second) is Ancestry.UNRELATED
    assert ancestry(definitions, "", second) is ancestry(definitions, second, "") is Ancestry.UNKNOWN
    assert ancestry(tmp_path, first, second) is not Ancestry.NEWER


def test_a_shallow_clone_does_not_know_how_they_are_related(definitions: Path, tmp_path: Path):
    first = git(definitions, "rev-parse", "HEAD").strip()
    second = commit(definitions, "Second")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{definitions.parent}", "shallow")
    shallow = tmp_path / "shallow" / "definitions"
    assert ancestry(shallow, first, second) is Ancestry.SHALLOW
    assert log_since(shallow, first) is None
    git(shallow, "fetch", "--quiet", "--unshallow")
    assert ancestry(shallow, first, second) is Ancestry.NEWER


def test_the_log_has_the_commits_that_change_the_definitions(definitions: Path):
    first = git(definitions, "rev-parse", "HEAD").strip()
    commit(definitions.parent, "Unrelated", "README.md")
    second, third = commit(definitions, "Second: a\tb"), commit(definitions, "Third")
    found = log_since(definitions, first)
    assert found
    assert [(one.id, one.author, one.subject) for one in found] == [
        (third, "t", "Third"),
        (second, "t", "Second: a\tb"),
    ]
    assert log_since(definitions, first, second) == found[1:]
    assert log_since(definitions, third) == []
    assert log_since(definitions, "") is log_since(definitions, "0" * 40) is log_since(definitions, first, "no") is None


def test_a_name_of_a_commit(definitions: Path):
    assert commit_named(definitions, "HEAD") == git(definitions, "rev-parse", "HEAD").strip()
    assert commit_named(definitions, "nowhere") == commit_named(definitions, "--help") == ""


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
