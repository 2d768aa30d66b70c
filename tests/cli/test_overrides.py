"""`--allow RULE:OBJECT --reason "..."`."""

from __future__ import annotations

from collections.abc import Sequence

import click
import pytest
from click.testing import CliRunner

from reconciler.cli.overrides import overrides_option
from reconciler.plan import Override


def run(*arguments: str) -> tuple[Sequence[Override], str, int]:
    seen: list[Override] = []

    @click.command()
    @click.argument("environment")
    @overrides_option
    def command(environment: str, overrides: tuple[Override, ...]) -> None:
        seen.extend(overrides)

    result = CliRunner().invoke(command, ["test", *arguments])
    return seen, result.output, result.exit_code


def test_nothing_is_overridden_without_the_options():
    assert run()[0] == []


def test_an_override_has_reason_author_and_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "ada")
    options = ["--allow", "too-many-deleted:group", "--allow", "too-many-deleted:*", "--reason", " Moved. "]
    first, second = run(*options)[0]
    assert (first.rule, first.object, first.reason, first.by) == ("too-many-deleted", "group", "Moved.", "ada")
    assert (second.object, second.at) == ("*", first.at)
    assert first.at.tzinfo


def test_the_same_override_twice_counts_once():
    assert len(run("--allow", "too-many-deleted:*", "--allow", "too-many-deleted:*", "--reason", "Moved.")[0]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--allow", "too-many-deleted:*"], "--allow needs --reason"),
        (["--allow", "too-many-deleted:*", "--reason", "  "], "--allow needs --reason"),
        (["--reason", "Moved."], "--reason explains --allow"),
        (["--allow", "too-many:*", "--reason", "x"], "unknown guard 'too-many'; the guards are "),
        (["--allow", "too-many-deleted", "--reason", "x"], "names no object"),
    ],
)
def test_misuse(options: list[str], message: str):
    _, output, code = run(*options)
    assert message in output
    assert code == 2  # of click; the command line makes it 64


def test_older_commits_have_an_option_of_their_own():
    (override,) = run("--allow-older", "--reason", "Main is broken.")[0]
    assert (override.rule, override.object, override.reason) == ("older-commit", "test", "Main is broken.")
    assert "--allow needs --reason" in run("--allow-older")[1]
