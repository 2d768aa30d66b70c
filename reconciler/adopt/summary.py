"""The list of what is not adopted: for the terminal, and as a page beside the imports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from reconciler.adopt.not_adopted import NotAdopted, Reason
from reconciler.kinds import Kind, kinds
from reconciler.kinds.mapping import schema
from reconciler.printable import printable

_COUNTED: Final = (Reason.MADE_BY_OKTA, Reason.OTHER_KIND)
"""There are many of these, and they need no action: they are counted by kind."""
_ADOPTED: Final = frozenset(
    {
        Reason.UNSUPPORTED.value,
        Reason.TENANT_IDS.value,
        "Adopted, but for members that no definition can state",
        "Adopted for this environment alone, since ids of this tenant are in the text",
    }
)
"""Headings over objects that are adopted; with those that pages of earlier versions have."""
_OMITTED: Final = "Never read or adopted, by kind"
_OWNED: Final = frozenset(kind.name for kind in kinds() if kind.parents)
_WITH_ID: Final = re.compile(r"^- .*\*\* `([^`]+)`(?:: |$)", re.MULTILINE)
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def lines(not_adopted: Sequence[NotAdopted]) -> Iterator[str]:
    """One line for each object, under the reason; objects that need no action are counted."""
    for reason, group in _by_reason(not_adopted):
        if reason in _COUNTED:
            yield printable(f"{reason.value}: {_counts(group)}")
            continue
        yield f"{reason.value}:"
        for one in group:
            identity = f" {one.id}" if one.id else ""
            detail = f": {one.detail}" if one.detail else ""
            yield printable(f"  {one.kind} {one.label!r}{identity}{detail}")


def page(not_adopted: Sequence[NotAdopted], environment: str, adopted: Collection[Kind] = ()) -> str:
    """The same in Markdown; counted objects are listed by name. The end names what is never read of adopted kinds."""
    parts = [f"# Not adopted from {_plain(environment)}\n"]
    for reason, group in _by_reason(not_adopted):
        parts.append(f"## {reason.value}\n")
        if reason in _COUNTED:
            for kind, same in groupby(group, key=lambda one: one.kind):
                labels = [one.label for one in same]
                listed = "" if kind in _OWNED else f": {', '.join(sorted(map(_plain, labels)))}"
                parts.append(f"- {len(labels)} {_plain(kind)}{listed}")
        else:
            for one in group:
                identity = f" `{printable(one.id)}`" if one.id else ""
                detail = f": {_plain(one.detail)}" if one.detail else ""
                parts.append(f"- {_plain(one.kind)} **{_plain(one.label)}**{identity}{detail}")
        parts.append("")
    if omitted := list(_omitted(adopted)):
        parts += [f"## {_OMITTED}\n", *omitted, ""]
    return "\n".join(parts)


def _omitted(adopted: Collection[Kind]) -> Iterator[str]:
    """The parts of objects that are never read, by kind, in the order of the registry."""
    for kind in kinds():
        secrets = [f"{field.name}, which Okta does not return" for field in schema(kind.fields) if field.secret]
        if kind in adopted and (omitted := [*kind.not_read, *secrets]):
            yield f"- {kind.name}: {_plain('; '.join(omitted))}"


def ids_not_adopted(page: str) -> frozenset[str]:
    """The ids of the objects that a page lists one by one, without those that were adopted in part."""
    sections = (section.partition("\n") for section in page.split("\n## "))
    return frozenset(
        found[1] for heading, _, text in sections if heading not in _ADOPTED for found in _WITH_ID.finditer(text)
    )


def _by_reason(not_adopted: Sequence[NotAdopted]) -> Iterator[tuple[Reason, list[NotAdopted]]]:
    for reason in Reason:
        if group := [one for one in not_adopted if one.reason is reason]:
            yield reason, group


def _counts(group: Sequence[NotAdopted]) -> str:
    counts = Counter(one.kind for one in group)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))


def _plain(text: str) -> str:
    """Text that Markdown shows unchanged, on one line."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
