"""Hostile words in definitions, file names and command lines: every message about them is harmless."""

from __future__ import annotations

import json
from typing import cast

import click
import pytest
from rich.progress import Progress

from reconciler.cli import COMMANDS, run
from reconciler.cli.console import TerminalProgress
from reconciler.errors import EngineError, ReconcilerError
from tests.canary import EVIL, TOKEN, assert_harmless
from tests.definitions.folder import group

ENVIRONMENT = "tenant: {url: http://127.0.0.1:1, credentials: {token: env:CANARY_TOKEN}}\n"
QUOTED = json.dumps(f"x{EVIL}{TOKEN}").replace("\\u0000", "").replace("/", "\\/")
"""As a double-quoted text of YAML."""


@pytest.fixture(autouse=True)
def canary(monkeypatch):
    monkeypatch.setenv("CANARY_TOKEN", TOKEN)


def said(capsys, *arguments):
    """The output of a command line, which must be harmless."""
    code = run(list(map(str, arguments)))
    shown = capsys.readouterr()
    assert_harmless(shown.out)
    assert_harmless(shown.err)
    assert "Traceback" not in shown.err
    return code, shown.out, shown.err


HOSTILE = {
    "kind": f"kind: {QUOTED}\nname: a\nowner: o\npurpose: p\nspec: {{}}\n",
    "name": f"kind: group\nname: {QUOTED}\nowner: o\npurpose: p\nspec: {{name: A}}\n",
    "key": group("a") + f"{QUOTED}: 1\n",
    "field": f"kind: group\nname: a\nowner: o\npurpose: p\nspec: {{name: A, {QUOTED}: 1}}\n",
    "value": f"kind: group\nname: a\nowner: o\npurpose: p\nspec: {{name: [{QUOTED}]}}\n",
    "reference": f"kind: group-rule\nname: a\nowner: o\npurpose: p\nspec: {{name: A, groups: [{QUOTED}]}}\n",
    "environments": group("a") + f"environments: [{QUOTED}]\n",
    "raw": f"kind: group\nname: a\x1b[2J{TOKEN}\n",
    "broken": f"kind: [{TOKEN}\n::error::x\n##[error]x\n",
    "twice": group("a") + group("a").replace("owner: ", f"owner: {TOKEN} # "),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_definitions(folder, text, capsys):
    folder.write(ENVIRONMENT, "environments/staging.yaml")
    folder.write(text)
    for command in (["validate"], ["validate", "staging"], ["preview", "staging"], ["doctor"], ["history", "staging"]):
        code, out, err = said(capsys, "--definitions", folder.path, *command)
        assert code == 1
        assert out + err


@pytest.mark.parametrize("name", [f"x{EVIL}", f"{TOKEN}", "\n::error::x", "##[error]x"])
def test_names_of_files(folder, name, capsys):
    folder.write(ENVIRONMENT, "environments/staging.yaml")
    folder.write("kind: group\n", f"{name.replace(chr(0), '').replace('/', '_')}.yaml")
    assert said(capsys, "--definitions", folder.path, "validate")[0] == 1


@pytest.mark.parametrize("word", [f"x{EVIL}{TOKEN}", f"--{TOKEN}\n::error::x", f"\n::error::{TOKEN}"])
@pytest.mark.parametrize("command", COMMANDS)
def test_command_lines(folder, command, word, capsys):
    folder.write(ENVIRONMENT, "environments/staging.yaml")
    words = [word] if command == "sandbox" else [word, word]
    code, _, err = said(capsys, "--definitions", folder.path, command, *words)
    assert code in (1, 64)
    assert err


@click.command()
@click.pass_context
def fails(context):
    """A command that fails with `error`."""
    raise context.find_root().meta["error"]


def failing(monkeypatch, error):
    @click.command()
    def command():
        """Fail."""
        raise error

    monkeypatch.setattr("tests.cli.test_hostile_words.fails", command)
    monkeypatch.setitem(COMMANDS, "fails", ("tests.cli.test_hostile_words:fails", ""))


@pytest.mark.parametrize("known", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "OKTA_API_TOKEN"])
@pytest.mark.parametrize("error", [ReconcilerError, EngineError, OSError, ValueError, click.ClickException])
def test_failures_show_no_secret_of_the_settings(known, error, monkeypatch, capsys):
    monkeypatch.setenv(known, TOKEN)
    text = f"it was {TOKEN}{EVIL}\nand {TOKEN}"
    failing(monkeypatch, error(5, text, text) if error is OSError else error(text))
    assert run(["fails"]) == 1
    shown = capsys.readouterr()
    assert_harmless(shown.err)
    assert shown.out == ""


def test_a_bug_is_reported_without_secrets(monkeypatch, capsys):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", TOKEN)
    failing(monkeypatch, ZeroDivisionError(f"{TOKEN}\n::error::x"))
    assert run(["fails"]) == 1
    err = capsys.readouterr().err
    assert_harmless(err)
    assert "  | ZeroDivisionError: [redacted]\n  | ::error::x\n" in err
    assert err.endswith("internal error\n    this is a bug: please report it with the lines above\n")


def test_lines_of_the_engine_stay_lines(monkeypatch, capsys):
    failing(monkeypatch, EngineError("the engine failed: one\ntwo", "do this"))
    assert run(["fails"]) == 1
    assert capsys.readouterr().err == "the engine failed: one\n  | two\n    do this\n"


@pytest.mark.parametrize("place", ["PULUMI_BACKEND_URL", "RECONCILER_HISTORY"])
@pytest.mark.parametrize("url", ["s3://AKIAIOSFODNN7:{}@bucket/x", "nosuch://kim:{}@db.example/history?x=1"])
def test_an_address_is_shown_without_its_password(folder, place, url, monkeypatch, capsys):
    folder.write(ENVIRONMENT, "environments/staging.yaml")
    (folder.path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    monkeypatch.setenv(place, url.format("short"))
    _, out, err = said(capsys, "--definitions", folder.path, "history", "staging")
    assert "short" not in out + err


def test_steps_and_waits_are_harmless():
    class Bars:
        console = property(lambda self: self)

        def __init__(self):
            self.texts = []

        def add_task(self, text, **options):
            self.texts.append(text)

        def print(self, text, **options):
            self.texts.append(text)

    bars = Bars()
    shown = TerminalProgress(cast(Progress, bars))
    shown.say(f"reading {EVIL}")
    shown.waiting(f"GET {EVIL}")
    for text in bars.texts:
        assert text.isprintable()
