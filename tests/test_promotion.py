"""Which definitions an environment may take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.commit import Ancestry, Commit
from reconciler.last_up import LastUp
from reconciler.promotion import Circumstances, Predecessor, not_promoted, older_commit, warning_of
from tests.settled import desired_of, document

DESIRED = desired_of([document("group", "staff", name="Staff")])
NEW, OLD = "b" * 40, "a" * 40
WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TAKEN = LastUp("other", DESIRED.documents, Commit(OLD), WHEN, "alice", clean=True)


def promoted(last: LastUp | None, unreadable: str = "") -> list[str]:
    found = not_promoted(DESIRED, Circumstances(predecessor=Predecessor("staging", last, unreadable)))
    return [f"{one.detail} -> {one.hint}" for one in found]


def test_what_the_predecessor_has_taken_may_be_applied():
    assert promoted(TAKEN) == []
    assert list(not_promoted(DESIRED, Circumstances())) == [], "the first environment has no predecessor"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (None, "staging has never taken definitions -> run `reconciler up staging`"),
        (replace(TAKEN, documents=""), "did not record which definitions it took"),
        (
            replace(TAKEN, documents="others"),
            "its last `up` (commit aaaaaaaaaaaa, by alice, 2026-01-02 03:04 UTC) took others",
        ),
        (replace(TAKEN, clean=False), "failed, was interrupted or still runs -> run `reconciler up staging` again"),
        (replace(TAKEN, documents="others", commit=Commit(), by="", at=None), "its last `up` took others"),
    ],
)
def test_all_else_is_refused(last: LastUp | None, said: str):
    (refusal,) = promoted(last)
    assert said in refusal


def test_a_predecessor_whose_state_cannot_be_read_has_taken_nothing():
    (refusal,) = promoted(None, unreadable="access denied")
    assert "cannot be read: access denied" in refusal
    assert "promotion.backend in environments/test.yaml" in refusal


def after(ancestry: Ancestry, last: LastUp | None = TAKEN, *, ci: bool = False, commit: str = NEW) -> Circumstances:
    return Circumstances(True, ci, Commit(commit), last, ancestry)


@pytest.mark.parametrize("ci", [True, False])
@pytest.mark.parametrize("ancestry", [Ancestry.SAME, Ancestry.NEWER])
def test_newer_commits_are_applied(ancestry: Ancestry, ci: bool):
    there = after(ancestry, ci=ci)
    assert list(older_commit(DESIRED, there)) == []
    assert warning_of(DESIRED, there) == ""


@pytest.mark.parametrize("ci", [True, False])
@pytest.mark.parametrize(
    ("ancestry", "said", "hint"),
    [
        (Ancestry.OLDER, "is older than aaaaaaaaaaaa (by alice, 2026-01-02 03:04 UTC), which test has", "revert"),
        (Ancestry.SHALLOW, "only a part of the history", "fetch-depth: 0"),
    ],
)
def test_older_commits_are_refused_everywhere(ancestry: Ancestry, said: str, hint: str, ci: bool):
    (refusal,) = older_commit(DESIRED, after(ancestry, ci=ci))
    assert said in refusal.detail
    assert hint in refusal.hint


@pytest.mark.parametrize("ancestry", [Ancestry.DIVERGED, Ancestry.UNRELATED, Ancestry.UNKNOWN])
def test_another_history_is_refused_in_ci_and_a_person_is_warned(ancestry: Ancestry):
    (refusal,) = older_commit(DESIRED, after(ancestry, ci=True, commit="" if ancestry is Ancestry.UNKNOWN else NEW))
    assert "would undo aaaaaaaaaaaa" in refusal.detail
    assert list(older_commit(DESIRED, after(ancestry))) == []
    assert "test has commit aaaaaaaaaaaa" in warning_of(DESIRED, after(ancestry))
    assert warning_of(DESIRED, after(ancestry, ci=True)) == ""


@pytest.mark.parametrize(
    "last",
    [None, replace(TAKEN, commit=Commit()), replace(TAKEN, definitions=DESIRED.digest)],
    ids=["never applied", "no commit", "the same objects"],
)
def test_nothing_is_undone(last: LastUp | None):
    for ancestry in Ancestry:
        assert list(older_commit(DESIRED, after(ancestry, last, ci=True))) == []
        assert warning_of(DESIRED, after(ancestry, last)) == ""
