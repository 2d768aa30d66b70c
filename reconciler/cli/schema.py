"""`reconciler schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from reconciler import files
from reconciler.cli.messages import show
from reconciler.definitions import json_schema
from reconciler.printable import printable_json


def _guards_schema() -> json_schema.JsonSchema:
    from reconciler.guard import guards_schema  # takes half a second

    return guards_schema()


SCHEMAS: Final = json_schema.SCHEMAS | {"guards": _guards_schema}
"""The schemas of all files that people write, by the name of the file type."""


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

    WHAT is `document` (the default), or another of the files that people write: `environment`, `variables`, `ignore`,
    `owners`, `pins` or `guards`.
    """
    text = printable_json(SCHEMAS[what]())
    if output:
        files.write(output, text)
    else:
        show(text)
