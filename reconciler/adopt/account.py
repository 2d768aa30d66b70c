"""The account of what is left out: for the terminal, and as a page beside the imports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from reconciler.adopt.left import LeftOut, Why
from reconciler.kinds import kinds
from reconciler.printable import printable

_COUNTED: Final = (Why.MADE_BY_OKTA, Why.OUTSIDE)
"""Of these there are many, and nothing is to be done about them: they are counted by kind."""
_OWNED: Final = frozenset(kind.kind for kind in kinds() if kind.parents)
_WITH_ID: Final = re.compile(r"^- .*\*\* `([^`]+)`(?:: |$)", re.MULTILINE)
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def lines(left: Sequence[LeftOut]) -> Iterator[str]:
    """One line for each object, under the reason; what cannot be helped is counted."""
    for why, group in _by_reason(left):
        if why in _COUNTED:
            yield printable(f"{why.value}: {_counts(group)}")
            continue
        yield f"{why.value}:"
        for one in group:
            identity = f" {one.id}" if one.id else ""
            detail = f": {one.detail}" if one.detail else ""
            yield printable(f"  {one.kind} {one.label!r}{identity}{detail}")


def page(left: Sequence[LeftOut], environment: str) -> str:
    """The same in Markdown, with the names of what is counted."""
    parts = [f"# Left out when {_plain(environment)} was adopted\n"]
    for why, group in _by_reason(left):
        parts.append(f"## {why.value}\n")
        if why in _COUNTED:
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
    return "\n".join(parts)


def ids_left_out(page: str) -> frozenset[str]:
    """The ids of the objects that a page names one by one, but for those that are adopted."""
    sections = (section.partition("\n") for section in page.split("\n## "))
    return frozenset(
        found[1]
        for heading, _, text in sections
        if heading not in (Why.UNSAID.value, Why.IDS.value)
        for found in _WITH_ID.finditer(text)
    )


def _by_reason(left: Sequence[LeftOut]) -> Iterator[tuple[Why, list[LeftOut]]]:
    for why in Why:
        if group := [one for one in left if one.why is why]:
            yield why, group


def _counts(group: Sequence[LeftOut]) -> str:
    counts = Counter(one.kind for one in group)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
