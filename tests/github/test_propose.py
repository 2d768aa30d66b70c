"""The script `propose`: what a pull request can do to the definitions that are previewed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.github.workflows import ACTION

GROUP = "kind: group\nname: finance\nowner: a\npurpose: b\nspec: {name: Finance}\n"


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.protectNTFS=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository with `definitions/groups.yaml` on main, in which the branch `change` is checked out."""
    folder = tmp_path / "acme/okta"
    (folder / "definitions").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "definitions/groups.yaml").write_text(GROUP)
    (folder / "README.md").write_text("A text\n")
    (folder / "CODEOWNERS").write_text("* @acme/identity\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin")
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder


def propose(repository: Path) -> tuple[subprocess.CompletedProcess[str], Mapping[str, str], Path]:
    """The end of the script for the committed change, its outputs, and the workspace."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "Change")
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "--detach", "main")
    git(repository, "merge", "--quiet", "--no-ff", "-m", "Merge", head)
    git(repository, "update-ref", "refs/pull/1/merge", "HEAD")
    workspace, outputs = repository.parent.parent / "workspace", repository.parent / "outputs"
    workspace.mkdir()
    outputs.touch()
    given = {
        "GITHUB_SERVER_URL": str(repository.parent.parent),
        "GITHUB_REPOSITORY": "acme/okta",
        "GITHUB_OUTPUT": str(outputs),
        "PULL_REQUEST": "1",
        "COMMIT": head,
    }
    ended = subprocess.run(
        [ACTION / "scripts/propose"], cwd=workspace, env={**os.environ, **given}, capture_output=True, text=True
    )
    return ended, dict(line.split("=") for line in outputs.read_text().splitlines()), workspace / "proposed"


def test_changes_are_counted(repository):
    (repository / "definitions/more.yaml").write_text(GROUP.replace("finance", "legal"))
    (repository / "README.md").write_text("Another text\n")
    (repository / "tool.py").write_text("\n")
    ended, outputs, proposed = propose(repository)
    assert ended.returncode == 0, ended.stderr
    assert outputs == {"definitions": "true", "other-files": "2"}
    files = {path.name for path in proposed.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert files == {"groups.yaml", "more.yaml", "CODEOWNERS"}


def test_without_definitions_nothing_is_previewed(repository):
    (repository / "README.md").write_text("Another text\n")
    assert propose(repository)[1] == {"definitions": "false", "other-files": "1"}


@pytest.mark.parametrize("name", ["caf\N{LATIN SMALL LETTER E WITH ACUTE}.yaml", "two\nlines.yaml", 'a"b.yaml'])
def test_no_name_hides_a_change_of_definitions(repository, name):
    (repository / "definitions" / name).write_text(GROUP.replace("finance", "legal"))
    assert propose(repository)[1] == {"definitions": "true", "other-files": "0"}


def test_moving_definitions_elsewhere_is_a_change_of_definitions(repository):
    (repository / "kept").mkdir()
    (repository / "definitions/groups.yaml").rename(repository / "kept/groups.yaml")
    assert propose(repository)[1] == {"definitions": "true", "other-files": "1"}


@pytest.mark.parametrize("where", ["definitions/teams", "definitions/more/teams.yaml"])
def test_links_are_refused(repository, where):
    """`up` would read the documents of a hidden folder through a link, and the preview would not show them."""
    (repository / "definitions/.hidden").mkdir()
    (repository / "definitions/.hidden/legal.yaml").write_text(GROUP.replace("finance", "legal"))
    (repository / where).parent.mkdir(exist_ok=True)
    (repository / where).symlink_to(repository / "definitions/.hidden")
    ended, outputs, _ = propose(repository)
    assert ended.returncode == 1
    assert f"replace {where} with copies" in ended.stdout
    assert not outputs


def test_the_folder_itself_as_a_link_is_refused(repository):
    (repository / "definitions").rename(repository / "elsewhere")
    (repository / "definitions").symlink_to("elsewhere")
    ended, _, _ = propose(repository)
    assert ended.returncode == 1
    assert "replace definitions with copies" in ended.stdout


def test_submodules_are_refused(repository):
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},definitions/teams")
    (repository / "definitions/teams").mkdir()
    git(repository / "definitions/teams", "clone", "--quiet", str(repository), ".")
    ended, _, _ = propose(repository)
    assert ended.returncode == 1
    assert "replace definitions/teams with copies" in ended.stdout
