"""Upgrades of a repository."""

import io
import json
import shutil
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.repository import MANIFEST
from reconciler.repository.manifest import FORMAT
from reconciler.version import tool_version

EARLIER = Path(__file__).parent / "format-1"
"""A repository that an earlier version created, with a manifest of format 1."""
UP, PREVIEW = ".github/workflows/up.yml", ".github/workflows/preview.yml"


@pytest.fixture
def earlier(tmp_path):
    return Path(shutil.copytree(EARLIER, tmp_path / "okta"))


def texts(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def upgraded(folder, *arguments):
    assert run(["upgrade", str(folder), "--yes", *arguments]) == 0
    return texts(folder)


def manifest(folder, **changes):
    content = json.loads((folder / MANIFEST).read_text()) | changes
    (folder / MANIFEST).write_text(json.dumps(content))
    return content


def test_across_a_format(earlier, capsys):
    before = texts(earlier)
    after = upgraded(earlier)

    assert json.loads(after[MANIFEST])["format"] == FORMAT
    assert "schemas/definition.schema.json" in after
    assert ".vscode/definition.schema.json" not in after, "it moved"
    assert f"okta-reconciler=={tool_version()}" in after["requirements.txt"]
    assert f"uses: acme/okta-reconciler/action@v{tool_version()}" in after[PREVIEW]
    assert "WIKI_CLIENT_SECRET: ${{ secrets.WIKI_CLIENT_SECRET }}" in after[".github/workflows/apply.yml"]
    own = ("Pulumi.yaml", "definitions/environments/staging.yaml", "definitions/sign-in.yaml")
    assert {path: after[path] for path in own} == {path: before[path] for path in own}
    assert not [path for path in after if path.endswith(".new")]

    shown = capsys.readouterr().out
    assert "--- a/requirements.txt\n+++ b/requirements.txt\n" in shown
    assert "--- a/.vscode/definition.schema.json\n+++ /dev/null\n" in shown
    assert "schemas/definition.schema.json changes (not shown)\n" in shown

    assert run(["upgrade", str(earlier)]) == 0
    assert capsys.readouterr().out == f"{earlier} is up to date with version {tool_version()}\n"


def test_an_edited_file_keeps_its_edits_across_a_format(earlier, capsys):
    edited = (earlier / PREVIEW).read_text() + "      - run: echo ours\n"
    (earlier / PREVIEW).write_text(edited)
    after = upgraded(earlier)
    assert after[PREVIEW] == edited.replace("action@v0.0.9", f"action@v{tool_version()}")
    assert "merge_group" in after[f"{PREVIEW}.new"]
    assert f"{PREVIEW}: edited by you: merge the new version" in capsys.readouterr().err


def test_a_new_repository_is_up_to_date(repository, capsys):
    before = texts(repository)
    assert upgraded(repository) == before
    assert "is up to date" in capsys.readouterr().out


def test_an_edited_file_of_which_there_is_no_new_version_stays(repository):
    edited = (repository / UP).read_text().replace("timeout-minutes: 15", "timeout-minutes: 20")
    (repository / UP).write_text(edited)
    before = texts(repository)
    assert upgraded(repository) == before


def test_secrets_of_definitions_reach_the_workflow(repository):
    shutil.copy(EARLIER / "definitions/sign-in.yaml", repository / "definitions")
    assert "WIKI_CLIENT_SECRET" in upgraded(repository)[".github/workflows/apply.yml"]
    (repository / "definitions/sign-in.yaml").write_text("kind: [")
    assert "WIKI_CLIENT_SECRET" in upgraded(repository)[".github/workflows/apply.yml"], "as before"


def test_the_stores_of_definitions_are_signed_in_to(repository):
    document = (EARLIER / "definitions/sign-in.yaml").read_text()
    (repository / "definitions/sign-in.yaml").write_text(
        document.replace("env:WIKI_CLIENT_SECRET", "vault:secret/wiki#client_secret")
    )
    pins = repository / "definitions/pins.yaml"
    allow = "    secrets: [{allow: vault:secret/*, owner: identity}]\n"
    pins.write_text(
        "".join(f"{line}\n{allow if line.startswith('    hosts:') else ''}" for line in pins.read_text().splitlines())
    )
    after = upgraded(repository)
    assert json.loads(after[MANIFEST])["stores"] == ["vault"]
    assert "extras: vault\n" in after[".github/workflows/apply.yml"]
    (repository / "definitions/sign-in.yaml").unlink()
    assert "extras: vault\n" in upgraded(repository)[".github/workflows/apply.yml"], "until the manifest drops it"


def test_pins_of_dependabot_stay(repository):
    file = repository / UP
    file.write_text(file.read_text().replace(" # v6.0.2", " # v9.9.9").replace("checkout@de0f", "checkout@ffff"))
    manifest(repository, version="0.0.9")
    text = upgraded(repository)[UP]
    assert "checkout@ffff" in text


def test_another_action(repository):
    after = upgraded(repository, "--action", "platform/reconciler@v7")
    used = {line.strip() for line in after[UP].splitlines() if "/action@" in line}
    assert used == {"uses: platform/reconciler/action@v7"}
    assert json.loads(after[MANIFEST])["action"] == "platform/reconciler@v7"


def test_a_commit_is_kept_until_another_one_is_given(repository, capsys):
    commit = "0123456789abcdef0123456789abcdef01234567"
    upgraded(repository, "--action", f"acme/okta-reconciler@{commit}")
    assert "unpinned-uses" not in (repository / ".github/zizmor.yml").read_text()
    manifest(repository, version="0.0.9")
    after = upgraded(repository)
    assert f"acme/okta-reconciler/action@{commit}" in after[UP]
    assert "--action acme/okta-reconciler@COMMIT" in capsys.readouterr().err


def test_what_was_deleted_stays_deleted(repository, capsys):
    (repository / ".github/dependabot.yml").unlink()
    assert ".github/dependabot.yml" not in upgraded(repository)
    assert ".github/dependabot.yml: deleted by you: it stays deleted" in capsys.readouterr().err


def test_a_file_of_the_company_at_a_new_path_stays(earlier):
    (earlier / ".github/dependabot.yml").write_text("version: 2\n")
    after = upgraded(earlier)
    assert after[".github/dependabot.yml"] == "version: 2\n"
    assert "github-actions" in after[".github/dependabot.yml.new"]


def test_an_edited_file_that_is_no_longer_generated_stays(earlier, capsys):
    (earlier / ".vscode/definition.schema.json").write_text('{"title": "ours"}\n')
    assert ".vscode/definition.schema.json" in upgraded(earlier)
    assert "it stays, and is yours now" in capsys.readouterr().err
    upgraded(earlier)
    assert capsys.readouterr().err == ""


def test_a_dry_run_changes_nothing(earlier, capsys):
    before = texts(earlier)
    assert run(["upgrade", str(earlier), "--dry-run"]) == 0
    assert "+++ b/requirements.txt" in capsys.readouterr().out
    assert texts(earlier) == before


def test_without_a_terminal_it_shows_the_diff_and_asks_for_yes(earlier, capsys, monkeypatch):
    before = texts(earlier)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(["upgrade", str(earlier)]) == 64
    shown = capsys.readouterr()
    assert "+++ b/requirements.txt" in shown.out
    assert "pass --yes to write the files" in shown.err
    assert texts(earlier) == before


def test_a_newer_format_is_refused(repository, capsys):
    manifest(repository, format=FORMAT + 1, version="99.0")
    before = texts(repository)
    assert run(["upgrade", str(repository), "--yes"]) == 1
    assert f"version 99.0 of the reconciler wrote {repository / MANIFEST}, in format 3" in capsys.readouterr().err
    assert texts(repository) == before


def test_a_newer_version_is_refused(repository, capsys):
    manifest(repository, version="99.0")
    before = texts(repository)
    assert run(["upgrade", str(repository), "--yes"]) == 1
    assert f"; this is version {tool_version()}\n    install that version" in capsys.readouterr().err
    assert texts(repository) == before


def test_a_tool_without_a_version_is_refused(repository, capsys, monkeypatch):
    monkeypatch.setattr("reconciler.cli.repositories.tool_version", lambda: "")
    assert run(["upgrade", str(repository), "--yes"]) == 1
    assert "its version cannot be pinned" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', '{"format": "x"}', '{"format": 1, "files": [1]}'])
def test_a_damaged_manifest_is_refused(repository, content, capsys):
    (repository / MANIFEST).write_text(content)
    assert run(["upgrade", str(repository), "--yes"]) == 1
    assert f"{MANIFEST} cannot be read" in capsys.readouterr().err


def test_another_folder_is_refused(tmp_path, capsys):
    assert run(["upgrade", str(tmp_path), "--yes"]) == 1
    assert "`reconciler init` did not create it" in capsys.readouterr().err
