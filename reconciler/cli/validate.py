"""`reconciler validate`: check the definitions, and count their objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import click

from reconciler.cli.annotations import annotation
from reconciler.cli.completion import environments as complete_environments
from reconciler.cli.console import show_warning
from reconciler.cli.formats import format_option
from reconciler.cli.loading import know_referred
from reconciler.cli.messages import command, say
from reconciler.cli.settings import Settings, pass_settings
from reconciler.commit import Commit
from reconciler.definitions import DefinitionsError, Desired, load, load_all
from reconciler.definitions.errors import Problem, by_template
from reconciler.definitions.files import GUARDS
from reconciler.definitions.owners import Owners, read_owners, unknown_owners
from reconciler.definitions.warnings import warnings
from reconciler.kinds import kinds


@click.command()
@click.argument("environment", required=False, shell_complete=complete_environments)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@format_option(
    "text",
    "github",
    description="The format: with github, problems are also printed as annotations for GitHub Actions.",
)
@pass_settings
def validate(settings: Settings, environment: str | None, strict: bool, form: str) -> None:
    """Check the definitions.

    Checks all documents for ENVIRONMENT or, without it, for every environment. Does not contact any tenant. Prints the
    number of objects of each kind, or every problem with its file, line and column. Valid but suspicious values, such
    as a function that Okta does not document or an unknown owner, are warnings.
    """
    directory = settings.definitions
    know_referred(settings)
    try:
        desired = (
            {environment: load(directory, environment, settings.policy)}
            if environment
            else load_all(directory, settings.policy)
        )
        owners = _checked_policy(settings, desired)
        found = by_template([*warnings(desired.values()), *unknown_owners(desired.values(), owners)])
        if found and strict:
            raise DefinitionsError(found)
    except DefinitionsError as error:
        if form == "github":
            for problem in error.problems:
                command(annotation("error", problem))
        raise
    for warning in found:
        show_warning(str(warning))
        if form == "github":
            command(annotation("warning", warning))
    for line in summary(desired):
        say(line)


def _checked_policy(settings: Settings, environments: Iterable[str]) -> Owners:
    """The owners. Raises `DefinitionsError` if `guards.yaml` or `owners.yaml` are invalid."""
    if any((settings.policy / name).is_file() for name in GUARDS):
        from reconciler.cli.overrides import guard_settings  # takes half a second

        for name in environments:
            guard_settings(settings, name, Commit())
    problems: list[Problem] = []
    owners = read_owners(settings.policy, problems)
    if problems:
        raise DefinitionsError(problems)
    return owners


def summary(environments: Mapping[str, Desired]) -> list[str]:
    """A table of the number of objects by kind and environment."""
    counts = {name: Counter(address.kind for address in desired.declarations) for name, desired in environments.items()}
    names = [kind.name for kind in kinds() if any(count[kind.name] for count in counts.values())]
    rows = [[name, *(str(count[name]) for count in counts.values())] for name in names]
    total = ["all", *(str(count.total()) for count in counts.values())]
    table = [["kind", *counts], *rows, total]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(_aligned(row, widths)) for row in table]


def _aligned(row: list[str], widths: list[int]) -> list[str]:
    first, *others = zip(row, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
