"""`reconciler coverage`: the share of a tenant that is managed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from reconciler.adopt.coverage import Count, Coverage
from reconciler.adopt.coverage import coverage as coverage_of
from reconciler.adopt.run import read
from reconciler.cli.completion import environment_argument
from reconciler.cli.console import progress
from reconciler.cli.drift import UNREADABLE
from reconciler.cli.environment import reading
from reconciler.cli.formats import format_option
from reconciler.cli.messages import show
from reconciler.cli.output import redactor_of
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.strict_credentials import strict_option
from reconciler.printable import printable, printable_json
from reconciler.report.github import code, prose
from reconciler.watched import Watch, read_rows

_HEAD = ("kind", "managed", "unmanaged", "share", "made by Okta")


@click.command()
@environment_argument
@format_option("text", "json", "markdown")
@strict_option
@pass_settings
@click.pass_context
def coverage(context: click.Context, settings: Settings, environment: str, form: str, strict: bool | None) -> None:
    """Show which share of the objects in the tenant of ENVIRONMENT is managed. Changes nothing.

    An object is managed if it is declared and was applied. Objects made by Okta, and objects that no kind covers, do
    not count towards the share. Drift detection watches them: their collections are listed, and the collections that
    the credentials cannot read.

    Exits with 3 if something could not be read; it is missing from the counts.
    """
    with progress() as shown:
        reconciler = reading(settings, environment, shown, stateless=True, strict=strict)
        live = read(reconciler, Watch(read_rows()))
        found = redactor_of(reconciler).redact(coverage_of(reconciler.in_state(), live))
    forms = {"text": as_text, "json": as_json, "markdown": as_markdown}
    show(forms[form](found))
    context.exit(UNREADABLE if found.unreadable else 0)


def as_text(found: Coverage) -> str:
    """A table that ends with the totals."""
    table = [_HEAD, *_rows(found)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [f"Coverage of {printable(found.environment)}  {printable(found.url)}"]
    for first, *others in table:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells))
    return "\n".join([*lines, *_beside(found)]) + "\n"


def as_markdown(found: Coverage) -> str:
    """The same table in Markdown."""
    lines = [
        f"**Coverage of {code(found.environment)}** {code(found.url)}\n",
        f"| {' | '.join(_HEAD)} |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [f"| {' | '.join(row)} |" for row in _rows(found)]
    return "\n".join([*lines, *(f"\n{prose(line)}" for line in _beside(found))]) + "\n"


def as_json(found: Coverage) -> str:
    """The coverage as JSON; `share` is from 0 to 1, or null if there is nothing to manage."""
    document = {
        "environment": found.environment,
        "url": found.url,
        "total": _as_dict(found.total),
        "kinds": {kind: _as_dict(count) for kind, count in found.counts.items()},
        "outside": found.outside,
        "watched": dict(found.watched),
        "not_visible": dict(found.not_visible),
        "unreadable": found.unreadable,
    }
    return printable_json(document)


def _as_dict(count: Count) -> dict[str, int | float | None]:
    return {**asdict(count), "share": None if count.share is None else round(count.share, 4)}


def _rows(found: Coverage) -> Iterator[tuple[str, ...]]:
    for kind, count in (*found.counts.items(), ("all", found.total)):
        share = "-" if count.share is None else f"{count.share:.0%}"
        yield kind, str(count.managed), str(count.unmanaged), share, str(count.made_by_okta)


def _beside(found: Coverage) -> Iterator[str]:
    if found.outside:
        counted = ", ".join(f"{number} {family}" for family, number in found.outside.items())
        yield printable(f"not covered by any kind: {counted}")
    if found.watched:
        counted = ", ".join(f"{number} {word}" for word, number in found.watched.items())
        yield printable(f"watched, not declared: {counted}")
    if found.not_visible:
        yield printable(f"not visible to these credentials: {', '.join(sorted(found.not_visible))}")
    for gap in found.unreadable:
        yield printable(f"could not be read: {gap}")
