"""`reconciler completion`, and what the shell completes: environments, kinds and names.

Completion reads files only. Files that are not valid complete nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class

from reconciler.cli.messages import show

SHELLS: Final = ("bash", "zsh", "fish")
_PROGRAM: Final = "reconciler"
VARIABLE: Final = "_RECONCILER_COMPLETE"
"""The environment variable by which the script of a shell asks for completions, such as `bash_complete`."""


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete commands, options, environments, kinds and names.

    For bash, add this line to ~/.bashrc: eval "$(reconciler completion bash)"
    """
    script = get_completion_class(shell)
    assert script is not None
    show(script(context.find_root().command, {}, _PROGRAM, VARIABLE).source())


def complete(command: click.Command, asked: str) -> int:
    """Print the completions that the script of a shell asks for, and return the exit code.

    Click would write bytes, which the guards of the output do not take.
    """
    shell, _, instruction = asked.partition("_")
    script = get_completion_class(shell)
    if script is None or instruction != "complete":
        return 1
    show(script(command, {}, _PROGRAM, VARIABLE).complete() + "\n")
    return 0


def environments(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the environments."""
    from reconciler.definitions.files import environment_files

    with contextlib.suppress(OSError):
        return _beginning_with(incomplete, environment_files(_definitions(context)))
    return []


def findings(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """After a kind, the names of its documents; otherwise the kinds."""
    from reconciler.kinds import kinds

    words = context.params.get(parameter.name or "") or ()
    known = [kind.name for kind in kinds()]
    if words and words[-1] in known:
        return _beginning_with(incomplete, _names(_definitions(context), words[-1]))
    return _beginning_with(incomplete, known)


def rotatable(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the apps whose credentials can be rotated."""
    from reconciler.kinds import kinds

    clients = [kind.name for kind in kinds() if kind.client_credentials]
    return _beginning_with(incomplete, {name for kind in clients for name in _names(_definitions(context), kind)})


environment_argument = click.argument("environment", shell_complete=environments)
findings_argument = click.argument("finding", nargs=-1, shell_complete=findings)


def _names(definitions: Path, kind: str) -> set[str]:
    from reconciler.definitions.documents import read_documents
    from reconciler.definitions.errors import Problem
    from reconciler.definitions.files import document_files

    problems: list[Problem] = []
    documents = (one for path in document_files(definitions, problems) for one in read_documents(path, problems)[0])
    return {one.address.name for one in documents if one.address.kind == kind}


def _definitions(context: click.Context) -> Path:
    given = context.find_root().params.get("definitions")
    return given if isinstance(given, Path) else Path("definitions")


def _beginning_with(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in sorted(words) if word.startswith(incomplete)]
