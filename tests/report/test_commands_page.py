"""docs/commands.md is the help of every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from reconciler.cli import COMMANDS, reconciler

PAGE = Path(__file__).parents[2] / "docs/commands.md"
HEAD = """\
<!-- Made by tests/report/test_commands_page.py: run `make docs` after a change of a command. -->
# Commands

What `reconciler COMMAND --help` says, for every command. [Exit codes](exit-codes.md) lists how each of them ends.

"""


def test_the_page_is_the_help_of_every_command(golden):
    golden(PAGE, HEAD + "\n".join(page()))


def test_every_command_and_option_has_help():
    for command, context in commands(reconciler, click.Context(reconciler, info_name="reconciler")):
        assert command.help, context.command_path
        for option in options(command):
            assert option.help, f"{context.command_path} {option.name}"


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """The command and those below it, in the order of the help, each with the context that its usage is made in."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            if not below.hidden:
                yield from commands(below, click.Context(below, info_name=name, parent=context))


def options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option) and not each.hidden]


def page() -> Iterator[str]:
    """A section for each command: its usage, its help, its options, and those of the group its commands."""
    for command, context in commands(reconciler, click.Context(reconciler, info_name="reconciler")):
        name = context.command_path.partition(" ")[2]
        yield f"{'###' if ' ' in name else '##'} {name or 'reconciler'}\n"
        yield f"```text\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```\n"
        yield from (f"{prose(paragraph)}\n" for paragraph in cleandoc(command.help or "").split("\n\n"))
        if shown := options(command):
            yield "| option | meaning |\n| --- | --- |"
            yield from (row(option, context) for option in shown)
            yield ""
        if command is reconciler:
            yield "| command | what it does |\n| --- | --- |"
            yield from (f"| [`{name}`](#{name}) | {cell(prose(summary))} |" for name, (_, summary) in COMMANDS.items())
            yield ""


def row(option: click.Option, context: click.Context) -> str:
    """The line of an option, as `--help` has it."""
    record = option.get_help_record(context)
    assert record
    names, meaning = record
    return f"| `{cell(names)}` | {cell(prose(meaning))} |"


def prose(text: str) -> str:
    """A paragraph on one line, with options and defaults as code where they are not yet."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else _as_code(part) for part in parts)


def _as_code(text: str) -> str:
    options = re.sub(r"(?<![\w-])(--[\w-]+)", r"`\1`", text)
    return re.sub(r"(?<=\s)(\[(?:default|env var|required)[^\]]*\]|\[\S+\])", r"`\1`", options)


def cell(text: str) -> str:
    return text.replace("|", "\\|")
