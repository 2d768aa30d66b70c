"""The command line. Commands are imported when they are used: `reconciler --help` has to come at once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import click

from reconciler import interrupts
from reconciler.cli.console import show_defect, show_error, show_failure, show_misuse
from reconciler.cli.lazy import LazyGroup
from reconciler.cli.settings import Settings
from reconciler.edge import guarded
from reconciler.errors import ReconcilerError
from reconciler.known_secrets import KnownSecrets

MISUSE: Final = 64

COMMANDS: Final = {
    "validate": ("reconciler.cli.validate:validate", "Check the definitions."),
    "preview": ("reconciler.cli.preview:preview", "Show what up would change."),
    "up": ("reconciler.cli.up:up", "Make the tenant as declared."),
    "drift": ("reconciler.cli.drift:drift", "Show what in the tenant is not as declared."),
    "history": ("reconciler.cli.history:history", "Show how drift went over time."),
    "repair": ("reconciler.cli.repair:repair", "Bring the tenant back to what is declared."),
    "accept": ("reconciler.cli.accept:accept", "Edit the definitions to say what the tenant has."),
    "adopt": ("reconciler.cli.adopt:adopt", "Write definitions for what a tenant has already."),
    "coverage": ("reconciler.cli.coverage:coverage", "Count what share of a tenant is managed."),
    "kinds": ("reconciler.cli.kinds:kinds", "List the kinds of objects that can be declared."),
    "schema": ("reconciler.cli.schema:schema", "Print the JSON Schema of definitions, for editors."),
    "sandbox": ("reconciler.cli.sandbox:sandbox", "Run a local tenant that behaves like Okta's Management API."),
    "doctor": ("reconciler.cli.doctor:doctor", "Check what this machine and the tenants need."),
    "demo": ("reconciler.cli.demo:demo", "Run the main job on two local tenants."),
}
"""Where each command is, and its short help; in the order in which they are listed."""


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--definitions",
    type=click.Path(path_type=Path),
    default=Path("definitions"),
    show_default=True,
    metavar="DIR",
    help="The folder with the definitions.",
)
@click.version_option(package_name="reconciler")
@click.pass_context
def reconciler(context: click.Context, definitions: Path) -> None:
    """Keep Okta tenants as their definitions say."""
    context.obj = Settings(definitions, context.find_object(KnownSecrets) or KnownSecrets())


def main() -> NoReturn:
    """The entry point of the console script."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code; whatever a user can cause ends in a message.

    The secrets of the run are known out here, so that messages about what failed half-way do not show them either.
    """
    _replace_closed_streams()
    known = KnownSecrets.of_settings(os.environ)
    with interrupts.handled(_tell), guarded(known):
        return _run(arguments, known)


def _run(arguments: Sequence[str] | None, known: KnownSecrets) -> int:
    try:
        result = reconciler.main(arguments, prog_name="reconciler", standalone_mode=False, obj=known)
        sys.stdout.flush()
    except click.ClickException as error:
        _know_referred(error, known)
        show_misuse(error)
        return MISUSE if isinstance(error, click.UsageError) else error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        return _interrupted(error.__cause__ if isinstance(error, click.Abort) else error)
    except ReconcilerError as error:
        show_error(error)
        return error.exit_code
    except BrokenPipeError:
        _forget_output()
        return 1
    except OSError as error:
        reason = error.strerror or str(error)
        show_failure(f"{error.filename}: {reason}" if error.filename else f"cannot write: {reason}")
        if not error.filename:
            _forget_output()
        return 1
    except Exception:
        show_defect()
        return 1
    return result if isinstance(result, int) else 0


def _know_referred(error: click.ClickException, known: KnownSecrets) -> None:
    """Know the secrets of all environments, none of which has been loaded: a message may quote the command line."""
    from reconciler.cli.loading import know_referred

    parameters = error.ctx.find_root().params if isinstance(error, click.UsageError) and error.ctx else {}
    know_referred(Settings(parameters.get("definitions") or Path("definitions"), known))


def _interrupted(cause: BaseException | None) -> int:
    """The exit code of a run that a signal ended, or whoever was asked."""
    if not isinstance(cause, interrupts.Interrupted):
        return interrupts.interrupted().exit_code
    show_failure(str(cause), cause.hint)
    return cause.exit_code


def _tell(text: str) -> None:
    """Say something from a signal handler, in which buffered streams must not be used."""
    with contextlib.suppress(OSError):
        os.write(2, f"\n{text}\n".encode())


def _replace_closed_streams() -> None:
    """Open what the shell closed (`>&-`), for which Python has None: nothing is read, and errors go nowhere.

    Output fails when it is written, as it does on a full disk.
    """
    for name, access, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))


def _forget_output() -> None:
    """Let what is left of the output go nowhere: it cannot be written, or whoever read it has had enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
