"""`reconciler kinds`: the kinds of objects you can declare, and how each field is treated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from reconciler.cli.columns import aligned
from reconciler.cli.formats import format_option
from reconciler.cli.messages import show
from reconciler.definitions.reference import FieldReference, KindReference, reference
from reconciler.files import write
from reconciler.least_privilege import of_all_commands
from reconciler.printable import printable_json

_MADE: Final = "<!-- Made by `reconciler kinds --format markdown`; the kinds are declared in reconciler/kinds/. -->"
_INTRODUCTION: Final = f"""\
{_MADE}
# Kinds

The kinds of objects that you can declare, by area. The page of an area has the fields of `spec` for each `kind`.
[Definitions](definitions.md) describes the rest of a document, and [absent fields](absent-fields.md) what it means to
leave a field out.

Most fields are *compared* with the tenant; a difference is drift. A *secret* field refers to a secret. Okta never
returns it, so it is not compared. An *owned* field holds objects of other kinds. Changing a field that *replaces*
deletes the object and creates a new one.
"""


@click.command()
@format_option(
    "text",
    "json",
    "markdown",
    "scopes",
    description="A table, all details as JSON, the reference pages, or the OAuth scopes of a service app, one a line.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="With `--format markdown`: write `kinds.md` and a page for each area into this folder.",
)
def kinds(form: str, into: Path | None) -> None:
    """List the kinds of objects you can declare.

    For each kind: its endpoint in the Management API, the OAuth scopes it needs, its secret fields, and the fields
    whose change replaces the object. All fields but secrets are compared with the tenant.
    """
    forms: dict[str, Callable[[list[KindReference]], str]] = {
        "text": as_text,
        "json": as_json,
        "markdown": as_markdown,
        "scopes": as_scopes,
    }
    if into is None:
        show(forms[form](reference()))
    elif form != "markdown":
        raise click.UsageError("--into is for --format markdown")
    else:
        for path, text in pages(reference()).items():
            write(into / path, text)


def as_text(references: list[KindReference]) -> str:
    """A table with a line for each kind."""
    head = ("area", "kind", "endpoint", "scopes", "secret", "replaced")
    rows = [
        (
            _slug(one.area),
            one.kind,
            one.endpoint,
            ", ".join(scope.removesuffix(".read") for scope in one.scopes.read),
            ", ".join(field.path for field in one.fields if field.treatment == "secret") or "-",
            ", ".join(field.path for field in one.fields if field.replaces) or "-",
        )
        for one in references
    ]
    return "".join(f"{line}\n" for line in aligned((head, *rows)))


def as_scopes(references: list[KindReference]) -> str:
    """The scopes that a service app needs; for previews and drift, those that end in `.read`."""
    return "".join(f"{scope}\n" for scope in sorted(of_all_commands()))


def as_json(references: list[KindReference]) -> str:
    """All details."""
    return printable_json([asdict(one) for one in references])


def as_markdown(references: list[KindReference]) -> str:
    """All reference pages, one after the other."""
    return "\n".join(pages(references).values())


def pages(references: list[KindReference]) -> dict[str, str]:
    """The reference pages by their path: an overview, and one for each area."""
    by_area: dict[str, list[KindReference]] = {}
    for one in references:
        by_area.setdefault(one.area, []).append(one)
    overview = "\n".join([_INTRODUCTION, *_contents(references)])
    return {"kinds.md": overview} | {_page(area): _of_area(area, found) for area, found in by_area.items()}


def _page(area: str) -> str:
    return f"kinds/{_slug(area)}.md"


def _slug(area: str) -> str:
    return area.replace(" ", "-").lower()


def _contents(references: list[KindReference]) -> Iterator[str]:
    """All kinds by area, each with the number of arguments that definitions can express."""
    yield "| area | kind | arguments of the Pulumi class that can be declared |\n| --- | --- | --- |"
    for one in references:
        all_of_them = one.arguments + len(one.not_declarable)
        link = f"[{one.kind}]({_page(one.area)}#{one.kind})"
        yield f"| {one.area} | {link} | {one.arguments} of {all_of_them} |"
    yield ""


def _of_area(area: str, references: list[KindReference]) -> str:
    introduction = f"{_MADE}\n# {area}\n\n[Kinds](../kinds.md) explains the tables.\n"
    return "\n".join([introduction, *(line for one in references for line in _section(one))])


def _section(one: KindReference) -> Iterator[str]:
    yield f"## {one.kind}\n"
    yield f"{one.description}\n"
    yield f"- endpoint: `{one.endpoint}`"
    yield f"- scopes: {_listed(one.scopes.read)}; to change it also {_listed(one.scopes.manage)}"
    yield f"- Pulumi type: `{one.resource}`"
    if one.owners:
        yield f"- written in the document of its {' or '.join(one.owners)}"
    for name, meaning in one.system.items():
        yield f"- `{name}` is in every tenant: {meaning}"
    for argument, reason in one.not_declarable.items():
        yield f"- not declarable: `{argument}`: {reason}"
    yield "\n| field | value | left out | |\n| --- | --- | --- | --- |"
    for field in one.fields:
        cells = (f"`{field.path}`", field.values, f"`{field.default}`", _about(field))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _listed(scopes: Iterable[str]) -> str:
    return ", ".join(f"`{scope}`" for scope in scopes)


def _about(field: FieldReference) -> str:
    treatment = "" if field.treatment == "compared" else f" *{field.treatment.capitalize()}.*"
    return " ".join(field.description.split()) + treatment + (" *Replaces.*" if field.replaces else "")
