"""`reconciler schema`: JSON Schemas for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.definitions.json_schema import document_schema, environment_schema


@click.command()
@click.option("--environment", is_flag=True, help="The schema of the environments' files instead.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it here and not to the terminal."
)
def schema(environment: bool, output: Path | None) -> None:
    """Print the JSON Schema of a document, from which editors complete and check definitions."""
    content = environment_schema() if environment else document_schema()
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
