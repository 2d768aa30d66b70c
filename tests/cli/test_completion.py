"""Completion in shells."""

import shutil
import subprocess

import pytest

from reconciler.cli import run
from reconciler.cli.completion import SHELLS, VARIABLE
from tests.definitions.folder import group


@pytest.fixture
def completed(folder, monkeypatch, capsys):
    """The words that complete a command line, of which the last one may be unfinished."""
    folder.write(group("engineering"))

    def complete(*words):
        monkeypatch.setenv(VARIABLE, "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(["reconciler", "--definitions", str(folder.path), *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words) + 2))
        assert run([]) == 0
        return [line.removeprefix("plain,") for line in capsys.readouterr().out.split()]

    return complete


@pytest.mark.parametrize("command", ["preview", "up", "drift", "repair", "accept", "adopt", "validate", "status"])
def test_environments(completed, command):
    assert completed(command, "") == ["staging"]
    assert completed(command, "prod") == []


def test_environments_of_an_option(completed):
    assert completed("doctor", "--ci", "s") == ["staging"]


@pytest.mark.parametrize("command", ["repair", "accept"])
def test_kinds_and_then_names(completed, command):
    assert completed(command, "staging", "group-ru") == ["group-rule"]
    assert completed(command, "staging", "group", "eng") == ["engineering"]


def test_commands_and_options(completed):
    assert completed("valid") == ["validate"]
    assert "--remove-unmanaged" in completed("repair", "--rem")


def test_invalid_files_complete_nothing(completed, folder):
    folder.write("a: [", "broken.yaml")
    assert completed("repair", "staging", "group", "") == ["engineering"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell(shell, capsys, tmp_path):
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script
    if program := shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(script)
        subprocess.run([program, "-n", str(file)], check=True)


def test_another_instruction_is_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "bash_source")
    assert run([]) == 1
