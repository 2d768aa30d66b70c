"""Findings that an entry covers are not reported until the entry expires. Then they mention the entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reconciler.definitions.model import Ignore, Source
from reconciler.drift import Finding, Severity, Verdict
from reconciler.drift.ignore import States, as_first_seen, without_ignored

TODAY = date(2026, 6, 1)
CHANGED = Finding(Verdict.CHANGED, "group", "one", "One", field="description")
STRANGE = Finding(Verdict.UNMANAGED, "group", "", "Legacy admins", "00g1")


def ignore(name: str | None, label: str | None = None, field: str | None = None, expires: date = TODAY) -> Ignore:
    return Ignore("group", name, label, field, "It is moved.", "identity", expires, Source("ignore.yaml", 1, 3))


@pytest.mark.parametrize(
    ("entry", "finding", "covered"),
    [
        (ignore("one"), CHANGED, True),
        (ignore("one", field="desc*"), CHANGED, True),
        (ignore("one", field="name"), CHANGED, False),
        (ignore("two"), CHANGED, False),
        (ignore(None, "Legacy*"), STRANGE, True),
        (ignore(None, "One"), CHANGED, False),
        (ignore("one"), Finding(Verdict.UNREADABLE, "group", "one", "One"), False),
        (ignore("one"), Finding(Verdict.PENDING, "group", "one", "One"), False),
    ],
)
def test_an_entry_covers_what_it_names(entry: Ignore, finding: Finding, covered: bool):
    found, ignored = without_ignored([finding], [entry], TODAY)
    assert (found, ignored) == (([], {entry: [finding]}) if covered else ([finding], {entry: []}))


@pytest.mark.parametrize("field", [None, "description"])
def test_an_expired_entry_covers_nothing_and_is_a_finding(field: str | None):
    entry = ignore("one", field=field, expires=date(2026, 5, 31))

    (found, expired), ignored = without_ignored([CHANGED], [entry], TODAY)

    assert ignored == {}
    assert found.id == CHANGED.id
    assert found.detail == "was ignored until 2026-05-31: see ignore.yaml:1:3"
    assert (expired.verdict, expired.severity, expired.source) == (Verdict.EXPIRED, Severity.LOW, entry.source)
    assert expired.id != CHANGED.id
    assert expired.detail == "ignored until 2026-05-31 (It is moved.): ask identity"


def test_an_expired_entry_without_findings_is_a_finding():
    entry = ignore(None, "Legacy*", expires=date(2026, 5, 31))
    (expired,), _ = without_ignored([], [entry], TODAY)
    assert expired.subject == "group Legacy*"


def test_an_entry_counts_on_its_last_day():
    entry = ignore("one", expires=TODAY)
    assert without_ignored([CHANGED], [entry], TODAY) == ([], {entry: [CHANGED]})


def test_the_first_valid_entry_covers_a_finding():
    entries = [ignore("one", expires=date(2026, 5, 31)), ignore("one", field="name"), ignore("one"), ignore("one", "x")]
    (expired,), ignored = without_ignored([CHANGED], entries, TODAY)
    assert expired.verdict is Verdict.EXPIRED
    assert ignored == {entries[1]: [], entries[2]: [CHANGED], entries[3]: []}


def seen(findings: list[Finding], known: States, **more: Any) -> tuple[list[Finding], list[Finding], States]:
    """The findings that one entry covers, and those that are reported nevertheless."""
    entry = replace(ignore("one"), **more)
    covered, changed, states = as_first_seen({entry: findings}, known, lambda finding: str(finding.actual))
    return covered[entry], changed, states


def test_an_entry_covers_a_state_and_no_later_change():
    covered, changed, first = seen([CHANGED], {})
    assert (covered, changed) == ([CHANGED], [])
    assert seen([CHANGED], first) == ([CHANGED], [], first)

    otherwise = replace(CHANGED, actual="evil")
    covered, (found,), states = seen([otherwise], first)
    assert (covered, states) == ([], first), "and what it first ignored stays remembered"
    assert found.id == CHANGED.id
    assert found.detail.startswith("changed since ignore.yaml:1:3 was first applied")

    another = replace(CHANGED, field="name")
    covered, (found,), _ = seen([CHANGED, another], first)
    assert covered == [CHANGED]
    assert found.detail.startswith("appeared after ")


def test_a_renewed_entry_covers_the_current_state():
    otherwise = replace(CHANGED, actual="evil")
    _, _, first = seen([CHANGED], {})
    covered, changed, states = seen([otherwise], first, reason="It is moved later.")
    assert (covered, changed) == ([otherwise], [])
    assert states != first


def test_an_entry_may_cover_any_value():
    _, _, first = seen([CHANGED], {}, any_value=True)
    otherwise = replace(CHANGED, actual="another")
    assert seen([otherwise], first, any_value=True)[:2] == ([otherwise], [])


def test_an_entry_without_findings_stores_no_states():
    assert seen([], {}) == ([], [], {})
    _, _, first = seen([CHANGED], {})
    assert seen([], first) == ([], [], first)
