"""`reconciler init`."""

import io
import os

import pytest

from reconciler.cli import run
from reconciler.definitions import load_all
from reconciler.repository import MANIFEST, NO_OWNER

STAGING = ("--environment", "staging=https://acme-staging.oktapreview.com")
PRODUCTION = ("--environment", "production=https://acme.okta.com")


class Answers(io.StringIO):
    """A terminal at which somebody answers."""

    def isatty(self):
        return True


@pytest.fixture
def target(tmp_path):
    return tmp_path / "okta"


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("environments", [("--local",), STAGING, (*STAGING, *PRODUCTION), ("--local", *PRODUCTION)])
@pytest.mark.parametrize("team", [(), ("--team", "@acme/identity")])
def test_its_definitions_are_valid(target, environments, team, capsys):
    assert run(["init", str(target), *environments, *team]) == 0
    shown = capsys.readouterr().out
    assert f"created {target}: {len(names(target))} files\n" in shown
    assert run(["--definitions", str(target / "definitions"), "validate", "--strict"]) == 0
    assert ("definitions/example.yaml" in names(target)) is ("--local" in environments)


def test_environments_are_promoted_in_the_order_given(target):
    run(["init", str(target), *STAGING, *PRODUCTION])
    desired = load_all(target / "definitions")
    assert desired["staging"].environment.promotion is None
    promotion = desired["production"].environment.promotion
    assert promotion is not None and promotion.after == "staging"
    assert desired["production"].environment.pins.after == "staging"
    assert desired["production"].environment.pins.hosts == ("acme.okta.com",)


def test_existing_files_are_named_and_nothing_is_written(target, capsys):
    (target / "definitions").mkdir(parents=True)
    (target / "README.md").write_text("Ours.\n")
    (target / "definitions/pins.yaml").symlink_to("nowhere")
    assert run(["init", str(target), *STAGING]) == 1
    assert f"{target} already has these files: README.md, definitions/pins.yaml\n" in capsys.readouterr().err
    assert names(target) == ["README.md"]


def test_other_files_stay(target):
    target.mkdir()
    (target / "LICENSE").write_text("Ours.\n")
    assert run(["init", str(target), *STAGING]) == 0
    assert (target / "LICENSE").read_text() == "Ours.\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(target, capsys):
    target.mkdir(mode=0o500)
    assert run(["init", str(target), *STAGING]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_file_in_the_way_of_a_folder_leaves_nothing_behind(target, capsys):
    target.mkdir()
    (target / "stacks").write_text("Ours.\n")
    assert run(["init", str(target), *STAGING]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert names(target) == ["stacks"]


def test_an_interrupted_run_is_undone_by_the_next(target, monkeypatch):

    with monkeypatch.context() as patch:
        patch.setattr("reconciler.definitions.transaction._put_back", lambda root, steps: None)
        patch.setattr("pathlib.Path.replace", _fails_after(5))
        assert run(["init", str(target), *STAGING]) == 130
    assert names(target)
    assert run(["init", str(target), *STAGING]) == 0
    assert MANIFEST in names(target)


def _fails_after(count):
    from pathlib import Path

    replace, left = Path.replace, iter(range(count))

    def replaced(path, target):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return replace(path, target)

    return replaced


def test_a_terminal_is_asked(target, monkeypatch, capsys):
    answers = ["staging", "https://acme-admin.okta.com", "staging", "https://acme-staging.oktapreview.com", "", "", ""]
    monkeypatch.setattr("sys.stdin", Answers("".join(f"{each}\n" for each in answers)))
    assert run(["init", str(target)]) == 0
    assert "is the Admin Console" in capsys.readouterr().err
    assert list(load_all(target / "definitions")) == ["staging"]


def test_no_answers_make_a_local_tenant(target, monkeypatch):
    monkeypatch.setattr("sys.stdin", Answers("\n\n\n"))
    assert run(["init", str(target)]) == 0
    assert list(load_all(target / "definitions")) == ["local"]


def test_without_a_terminal_the_options_are_named(target, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(["init", str(target)]) == 64
    assert "pass --environment NAME=URL or --local" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--environment", "staging"), "must be the URL of a tenant"),
        ((*STAGING, *STAGING), "staging is given twice"),
        ((*STAGING, "--team", "identity"), "is not a GitHub team"),
        ((*STAGING, "--action", "somewhere"), "is not OWNER/REPOSITORY"),
        ((*STAGING, "--adopt", "production"), "production is none of the environments"),
    ],
)
def test_misuse(target, arguments, message, capsys):
    assert run(["init", str(target), *arguments]) == 64
    assert message in capsys.readouterr().err
    assert not target.exists()


def test_the_next_steps(target, capsys):
    run(["init", str(target), "--local"])
    shown = capsys.readouterr().out
    assert "reconciler sandbox serve --port 7700" in shown
    assert "reconciler upgrade --action OWNER/REPOSITORY" in shown
    assert f"uses: {NO_OWNER}/action@v" in (target / ".github/workflows/up.yml").read_text()
