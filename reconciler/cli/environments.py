"""`reconciler environments`: list the environments that the definitions name."""

from __future__ import annotations

import click

from reconciler.cli.messages import say, show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.definitions import environment_names
from reconciler.printable import printable_json


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The output format.",
)
@pass_settings
def environments(settings: Settings, form: str) -> None:
    """List the environments. A pipeline computes its jobs from this list.

    Reads only the names of the files in the folder `environments`; `validate` checks them.
    """
    names = environment_names(settings.definitions)
    if form == "json":
        show(printable_json([{"name": name} for name in names]))
        return
    for name in names:
        say(name)
