"""Findings are selected by id, by the beginning of an id, or by kind and name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reconciler.definitions.model import Ignore, Source
from reconciler.drift import Finding, Verdict
from reconciler.drift.selection import NoSuchFinding, selected

ONE = Finding(Verdict.CHANGED, "group", "engineering", "Engineering", "00g1", field="description")
TWO = Finding(Verdict.CHANGED, "group", "engineering", "Engineering", "00g1", field="name")
STRANGE = Finding(Verdict.UNMANAGED, "trusted-origin", "", "Added by hand", "tos1")
IGNORED = Finding(Verdict.CHANGED, "group", "people", "People", "00g2", field="name")
SOURCE = Source("definitions/ignore.yaml", 3, 3)
ENTRY = Ignore("group", "people", None, None, "HR writes it.", "people-team", date(2026, 12, 31), SOURCE)
ALL = [ONE, TWO, STRANGE]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ALL),
        ([ONE.id], [ONE]),
        ([TWO.id[:6], STRANGE.id], [TWO, STRANGE]),
        (["group", "engineering"], [ONE, TWO]),
        (["group engineering"], [ONE, TWO]),
        (["group engineering.name"], [TWO]),
        (["trusted-origin", "Added by hand"], [STRANGE]),
        (["trusted-origin", "tos1", ONE.id], [ONE, STRANGE]),
    ],
)
def test_findings_are_named(words: list[str], expected: list[Finding]):
    assert selected(ALL, words) == expected


def test_an_unknown_name_suggests_similar_ones():
    with pytest.raises(NoSuchFinding, match="group enginering") as caught:
        selected(ALL, ["group", "enginering"])
    assert "group engineering" in caught.value.hint


@pytest.mark.parametrize("words", [["group", "people"], ["group people.name"], [IGNORED.id[:6]]])
def test_an_ignored_finding_is_refused_with_its_entry(words: list[str]):
    with pytest.raises(NoSuchFinding, match=r"is ignored until 2026-12-31: definitions/ignore\.yaml:3:3") as caught:
        selected(ALL, words, {ENTRY: [IGNORED]})
    assert "HR writes it. (owner: people-team); remove the entry first" in caught.value.hint


def test_a_partly_ignored_object_is_selected():
    assert selected(ALL, ["group", "engineering"], {ENTRY: [replace(ONE, field="type")]}) == [ONE, TWO]


def test_an_ambiguous_id_lists_the_findings():
    several = [Finding(Verdict.MISSING, "group", f"g{number}", "") for number in range(40)]
    first = next(one for one in several if sum(other.id[0] == one.id[0] for other in several) > 1)
    with pytest.raises(NoSuchFinding) as caught:
        selected(several, [first.id[0]])
    assert first.id in caught.value.hint
