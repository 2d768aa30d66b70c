"""What an entry covers is not reported until it expires; then it is, with what the entry had said."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.definitions.model import Ignore, Source
from reconciler.drift import Finding, Verdict
from reconciler.drift.ignore import sifted

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
    assert sifted([finding], [entry], TODAY) == ([] if covered else [finding], {entry: int(covered)})


def test_an_expired_entry_covers_nothing_and_is_told_where_it_did():
    entry = ignore("one", expires=date(2026, 5, 31))
    (found,), counts = sifted([CHANGED], [entry], TODAY)
    assert counts == {entry: 0}
    assert found.id == CHANGED.id
    assert found.detail == "was ignored until 2026-05-31 (It is moved.): ask identity, or see ignore.yaml:1:3"
