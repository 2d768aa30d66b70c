"""`reconciler adopt`: write definitions for existing objects."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from reconciler.adopt import Adopted, Selection
from reconciler.adopt import adopt as adopt_tenant
from reconciler.adopt.not_adopted import Reason
from reconciler.adopt.summary import lines
from reconciler.cli.completion import environment_argument
from reconciler.cli.console import progress
from reconciler.cli.drift import UNREADABLE
from reconciler.cli.environment import reading
from reconciler.cli.messages import say
from reconciler.cli.output import redactor_of
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.strict_credentials import strict_option
from reconciler.definitions import environment_names
from reconciler.kinds import kinds


@click.command()
@environment_argument
@click.option(
    "--kind",
    "kinds_",
    multiple=True,
    type=click.Choice([kind.name for kind in kinds() if not kind.parents]),
    metavar="KIND",
    help="Adopt only objects of this kind. May be repeated.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="GLOB",
    help="Adopt only objects whose name in Okta or logical name matches. May be repeated.",
)
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into: a new one, or one that holds definitions.",
)
@click.option("--force", is_flag=True, help="Overwrite files that adopt did not write or that were edited.")
@strict_option
@pass_settings
@click.pass_context
def adopt(
    context: click.Context,
    settings: Settings,
    environment: str,
    kinds_: tuple[str, ...],
    names: tuple[str, ...],
    into: Path,
    force: bool,
    strict: bool | None,
) -> None:
    """Write definitions for the unmanaged objects in the tenant of ENVIRONMENT. Does not change the tenant.

    The new definitions refer to objects that are declared already. The next `up` imports the objects unchanged.
    Objects that cannot be adopted are listed with the reason, and in DIRECTORY/imports.

    Exits with 3 if something could not be read; definitions of everything else are written.
    """
    policy = into if settings.policy == settings.definitions else settings.policy
    source = replace(settings, definitions=into, policy=policy) if environment_names(into) else settings
    adopted = adopted_into(source, environment, into, Selection(kinds_, names), force=force, strict=strict)
    context.exit(exit_code(adopted))


def adopted_into(
    source: Settings,
    environment: str,
    into: Path,
    selection: Selection | None = None,
    *,
    force: bool = False,
    shown_as: Path | None = None,
    strict: bool | None = None,
) -> Adopted:
    """Adopt the objects of an environment into a folder, and print what was adopted and what was not.

    `source` has the definitions that name the environment. Messages call the folder `shown_as`.
    """
    with progress() as shown:
        reconciler = reading(source, environment, shown, stateless=True, strict=strict)
        redactor = redactor_of(reconciler)
        adopted = adopt_tenant(
            reconciler, into, selection, redact=redactor.redact, holds_secret=redactor.finds, force=force
        )
    for line in lines(adopted.adoption.not_adopted):
        say(line, err=True)
    for line in summary(adopted, environment, shown_as or into):
        say(line)
    return adopted


def exit_code(adopted: Adopted) -> int:
    """3 if something could not be read, otherwise 0."""
    return UNREADABLE if any(one.reason is Reason.UNREADABLE for one in adopted.adoption.not_adopted) else 0


def summary(adopted: Adopted, environment: str, into: Path) -> list[str]:
    """The number of documents written, by kind, and the next step."""
    counts = Counter(draft.kind.name for draft in adopted.adoption.drafts)
    by_kind = [f"  {counts[kind.name]:5} {kind.name}" for kind in kinds() if counts[kind.name]]
    documents = sum(counts.values())
    head = (
        f"{environment}: {documents} documents for {adopted.objects} objects, in {len(adopted.files)} files in "
        f"{into}; {adopted.requests} requests"
    )
    if not documents:
        return [head]
    options = "" if into.name == "definitions" else f" --definitions {into}"
    return [head, *by_kind, f"next: set their owners, then run `reconciler{options} preview {environment}`"]
