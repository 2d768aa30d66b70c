"""`reconciler schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler import files
from reconciler.cli.messages import show
from reconciler.definitions.json_schema import SCHEMAS
from reconciler.printable import printable_json


@click.command()
@click.argument("what", type=click.Choice(list(SCHEMAS)), default="document")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
def schema(what: str, output: Path | None) -> None:
    """Print the JSON Schema of WHAT, for completion and checks in editors.

    WHAT is `document` (the default), `environment`, `ignore` or `pins`: the files that people write.
    """
    text = printable_json(SCHEMAS[what]())
    if output:
        files.write(output, text)
    else:
        show(text)
