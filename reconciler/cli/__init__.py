"""The command line. Commands are imported when they are used, so that `reconciler --help` stays fast."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import click

from reconciler import interrupts
from reconciler.cli.completion import VARIABLE, complete
from reconciler.cli.console import show_defect, show_error, show_failure, show_misuse, show_warning
from reconciler.cli.lazy import LazyGroup
from reconciler.cli.settings import Settings
from reconciler.cli.version import version_option
from reconciler.edge import guarded
from reconciler.errors import ReconcilerError
from reconciler.known_secrets import KnownSecrets

MISUSE: Final = 64

COMMANDS: Final = {
    "init": ("reconciler.cli.init:init", "Create a repository for definitions."),
    "upgrade": ("reconciler.cli.upgrade:upgrade", "Bring a repository to the version of this tool."),
    "validate": ("reconciler.cli.validate:validate", "Check the definitions."),
    "preview": ("reconciler.cli.preview:preview", "Show what `up` would change."),
    "up": ("reconciler.cli.up:up", "Apply the definitions to the tenant."),
    "drift": ("reconciler.cli.drift:drift", "Report where the tenant differs from the definitions."),
    "status": ("reconciler.cli.status:status", "Show what each environment has, and what it lacks."),
    "history": ("reconciler.cli.history:history", "Show drift over time."),
    "repair": ("reconciler.cli.repair:repair", "Restore declared values in the tenant."),
    "accept": ("reconciler.cli.accept:accept", "Edit the definitions to match the tenant."),
    "adopt": ("reconciler.cli.adopt:adopt", "Write definitions for existing objects."),
    "coverage": ("reconciler.cli.coverage:coverage", "Show which share of a tenant is managed."),
    "rotate": ("reconciler.cli.rotate:rotate", "Renew client secrets and key pairs."),
    "environments": ("reconciler.cli.environments:environments", "List the environments."),
    "kinds": ("reconciler.cli.kinds:kinds", "List the kinds of objects you can declare."),
    "scopes": ("reconciler.cli.scopes:scopes", "List the least scopes and admin role for a command."),
    "schema": ("reconciler.cli.schema:schema", "Print the JSON Schema of definitions for editors."),
    "sandbox": ("reconciler.cli.sandbox:sandbox", "Run a local tenant that behaves like Okta's Management API."),
    "doctor": ("reconciler.cli.doctor:doctor", "Check the setup of this machine and of the tenants."),
    "completion": ("reconciler.cli.completion:completion", "Print the script that completes command lines in a shell."),
    "demo": ("reconciler.cli.demo:demo", "Show the whole workflow on two local tenants."),
}
"""The module and the short help of each command, in the order in which they are listed."""


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
    help="The folder that holds the definitions.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="RECONCILER_POLICY",
    metavar="DIR",
    help="The folder that holds guards.yaml, owners.yaml and pins.yaml.  [default: the definitions]",
)
@version_option
@click.pass_context
def reconciler(context: click.Context, definitions: Path, policy: Path | None) -> None:
    """Manage Okta tenants by definitions in YAML, and detect drift."""
    known = context.find_object(KnownSecrets) or KnownSecrets()
    settings = context.obj = Settings(definitions, known, policy or definitions)

    @context.call_on_close
    def warn() -> None:
        for warning in settings.sign_ins.warnings:
            show_warning(warning)


def main() -> NoReturn:
    """The entry point of the console script."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code. Errors that a user can cause are printed as messages.

    The secrets of the run are kept here, so that error messages are redacted too.
    """
    _replace_closed_streams()
    known = KnownSecrets.of_settings(os.environ)
    with interrupts.handled(_notify), guarded(known):
        return _run(arguments, known)


def _run(arguments: Sequence[str] | None, known: KnownSecrets) -> int:
    try:
        if asked := os.environ.get(VARIABLE):
            return complete(reconciler, asked)
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
    """Learn the secrets of all environments before printing a message that may quote the command line."""
    from reconciler.cli.loading import know_referred

    parameters = error.ctx.find_root().params if isinstance(error, click.UsageError) and error.ctx else {}
    definitions = parameters.get("definitions") or Path("definitions")
    know_referred(Settings(definitions, known, parameters.get("policy") or definitions))


def _interrupted(cause: BaseException | None) -> int:
    """The exit code after a signal, or after a question was answered with no."""
    if not isinstance(cause, interrupts.Interrupted):
        return interrupts.interrupted().exit_code
    show_failure(str(cause), cause.hint)
    return cause.exit_code


def _notify(text: str) -> None:
    """Print from a signal handler, which must not use buffered streams."""
    with contextlib.suppress(OSError):
        os.write(2, f"\n{text}\n".encode())


def _replace_closed_streams() -> None:
    """Replace streams that the shell closed (`>&-`), which are None: input is empty, and errors are discarded.

    Standard output fails when it is written to, as on a full disk.
    """
    for name, access, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))


def _forget_output() -> None:
    """Discard the remaining output: it cannot be written, or its reader has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
