"""`reconciler kinds`: the kinds of objects that can be declared, and how each field is treated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Final

import click

from reconciler.cli.messages import show
from reconciler.definitions.reference import FieldReference, KindReference, reference
from reconciler.kinds.scopes import needed
from reconciler.printable import printable_json

_INTRODUCTION: Final = """\
<!-- Made by `reconciler kinds --format markdown`; the kinds are declared in reconciler/kinds/. -->
# Kinds

What can stand in the `spec` of a document, by its `kind`. [Definitions](definitions.md) tells what stands around it,
and [what an absent field means](absent-fields.md).

*Compared* fields, which is most, are compared with the tenant; a difference is drift. *Secret* fields name the place of
a secret, which Okta never shows again, so that they are never compared. *Owned* fields hold objects of their own. A
change of a field that *replaces* deletes the object and creates it anew.
"""


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "scopes"]),
    default="text",
    show_default=True,
    help="A table to read, everything for machines, the reference page, or the scopes of a service app, one per line.",
)
def kinds(form: str) -> None:
    """List the kinds of objects that can be declared.

    For each kind: where the Management API has it, the OAuth scopes that it needs, which fields are secrets, and which
    ones cannot be changed in place. All other fields are compared with the tenant.
    """
    forms: dict[str, Callable[[list[KindReference]], str]] = {
        "text": as_text,
        "json": as_json,
        "markdown": as_markdown,
        "scopes": as_scopes,
    }
    show(forms[form](reference()))


def as_text(references: list[KindReference]) -> str:
    """One line for each kind."""
    head = ("kind", "endpoint", "scopes", "secret", "replaced")
    rows = [
        (
            one.kind,
            one.endpoint,
            ", ".join(scope.removesuffix(".read") for scope in one.scopes.read),
            ", ".join(field.path for field in one.fields if field.treatment == "secret") or "-",
            ", ".join(field.path for field in one.fields if field.replaces) or "-",
        )
        for one in references
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def as_scopes(references: list[KindReference]) -> str:
    """What the service app of an environment is to be granted; one that only looks needs those that end in `.read`."""
    return "".join(f"{scope}\n" for scope in sorted(needed()))


def as_json(references: list[KindReference]) -> str:
    """Everything."""
    return printable_json([asdict(one) for one in references])


def as_markdown(references: list[KindReference]) -> str:
    """The reference page."""
    return "\n".join([_INTRODUCTION, *(line for one in references for line in _section(one))])


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
