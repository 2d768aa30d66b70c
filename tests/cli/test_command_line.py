"""The command line as a whole: help, exit codes, and no traceback for anything that a user can cause."""

import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import click
import pytest

from reconciler.cli import COMMANDS, reconciler, run
from reconciler.version import DISTRIBUTION
from tests.definitions.folder import group

HEAVY = (
    "pulumi",
    "pulumi_okta",
    "pydantic",
    "yaml",
    "rich",
    "httpx",
    "falcon",
    "uvicorn",
    "jinja2",
    "deepdiff",
    "grpc",
)


def process(*arguments, **options):
    command = [sys.executable, "-m", "reconciler", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_is_correct(name):
    location, summary = COMMANDS[name]
    module, _, attribute = location.partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help
    assert summary.endswith(".")
    assert len(summary) <= 70


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_argument_is_explained(name):
    def commands(command, context):
        yield command, context
        if isinstance(command, click.Group):
            for inner in command.commands.values():
                yield from commands(inner, click.Context(inner, parent=context))

    command = reconciler.get_command(click.Context(reconciler), name)
    assert command
    for one, context in commands(command, click.Context(command)):
        assert one.help, one.name
        for parameter in one.get_params(context):
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{one.name} {parameter.opts}"
            else:
                assert parameter.human_readable_name.strip("[].") in one.get_help(context)


def test_help_imports_no_slow_module():
    code = (
        "import sys; from reconciler.cli import run; code = run(['--help']); "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), code, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == "[] 0\n"
    assert all(f"  {name} " in ran.stdout for name in COMMANDS)


def test_the_version(capsys):
    assert run(["--version"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [re.split("[,:]", line)[0] for line in shown] == ["reconciler", "Pulumi", "Okta provider plugin"]
    assert shown[0] == f"reconciler, version {version(DISTRIBUTION)}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Usage: reconciler"),
        (["validat"], "No such command 'validat'. Did you mean validate?"),
        (["qwertz"], "No such command 'qwertz'."),
        (["--nonsense"], "No such option"),
        (["validate", "--nonsense"], "No such option"),
        (["validate", "a", "b"], "unexpected extra argument"),
        (["kinds", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_misuse(arguments, message, capsys):
    assert run(arguments) == 64
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


def test_problems_are_shown_with_their_location_and_hint(folder, capsys):
    folder.write(group("a").replace("owner", "ownr"))
    assert run(["--definitions", str(folder.path), "validate"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        f"{folder.path}/a.yaml:2:1: the document needs owner\n"
        f"{folder.path}/a.yaml:4:1: the document has no field ownr\n    did you mean owner?\n"
    )


@pytest.mark.parametrize("output", ["/proc/nowhere/schema.json", "/proc/schema.json"])
def test_a_file_that_cannot_be_written(output, capsys):
    assert run(["schema", "--output", output]) == 1
    assert capsys.readouterr().err.startswith(f"{output} cannot be written: No such file or directory\n")


@click.command()
def interrupted():
    """A command interrupted by Ctrl-C."""
    raise KeyboardInterrupt


def test_an_interrupt_ends_quietly(monkeypatch, capsys):
    monkeypatch.setitem(COMMANDS, "interrupted", ("tests.cli.test_command_line:interrupted", ""))
    assert run(["interrupted"]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_the_module_runs_as_a_process(folder):
    folder.write(group("a"))
    ran = process("--definitions", folder.path, "validate", "staging")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1].split() == ["all", "1"]


def test_without_a_terminal_there_are_no_colours(folder):
    folder.write("a: [")
    ran = process("--definitions", folder.path, "validate")
    assert ran.returncode == 1
    assert "\x1b" not in ran.stderr


def test_a_closed_pipe_causes_no_error_message():
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "reconciler", "kinds"], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_a_full_disk_is_reported():
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "reconciler", "kinds"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr == "cannot write: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "code", "message"),
    [(">&-", 1, "cannot write: Bad file descriptor\n"), (">&- 2>&-", 1, ""), ("2>&-", 0, ""), ("<&-", 0, "")],
)
def test_closed_streams_cause_no_traceback(folder, closed, code, message):
    folder.write(group("a"))
    command = f'"$0" -m reconciler --definitions "$1" validate {closed}'
    ran = subprocess.run(
        ["sh", "-c", command, sys.executable, folder.path], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (code, message)


@pytest.mark.parametrize(("verb", "purpose"), [("up", "change the tenant"), ("accept", "edit the definitions")])
def test_without_a_terminal_it_says_what_yes_would_do(verb, purpose):
    ran = process(verb, "staging", stdin=subprocess.DEVNULL)
    assert ran.returncode == 64
    assert f"no terminal to ask on: pass --yes to {purpose}\n" in ran.stderr
