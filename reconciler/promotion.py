"""Which definitions an environment may take: those that its predecessor has taken, and none older than its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.commit import Ancestry, Commit
from reconciler.definitions.model import Desired
from reconciler.last_up import LastUp


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The environment that takes definitions first."""

    name: str
    last: LastUp | None = None
    """Its last `up`; None if there was none."""
    unreadable: str = ""
    """Why its state cannot be read."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run knows about earlier runs."""

    applies: bool = False
    """Whether the run changes the tenant. A preview only notes what `up` would refuse."""
    ci: bool = False
    """Whether it is a run of a CI system."""
    commit: Commit = field(default_factory=Commit)
    """The commit of the definitions."""
    last: LastUp | None = None
    """The last `up` of the same environment; None if there was none."""
    ancestry: Ancestry = Ancestry.UNKNOWN
    """How the commit is related to that of the last `up`."""
    predecessor: Predecessor | None = None
    """The environment that takes definitions first; None if there is none."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why `up` does not take the definitions, and what to do."""

    detail: str
    hint: str


def not_promoted(desired: Desired, circumstances: Circumstances) -> Iterator[Refusal]:
    """The refusal of documents that the predecessor has not taken without a failure."""
    if not (before := circumstances.predecessor):
        return
    name, last = before.name, before.last
    here = desired.environment.name
    first = f"run `reconciler up {name}` with these definitions first"
    if before.unreadable:
        yield Refusal(
            f"it is unknown whether {name} has taken these definitions: its state cannot be read: {before.unreadable}",
            f"give this run access to read the state of {name}; if it is stored elsewhere than that of {here}, set "
            f"promotion.backend in environments/{here}.yaml",
        )
    elif last is None:
        yield Refusal(f"{name} has never taken definitions", first)
    elif not last.documents:
        yield Refusal(f"the last `up` of {name} did not record which definitions it took", first)
    elif last.documents != desired.documents:
        yield Refusal(f"{name} has not taken these definitions: its last `up`{_about(last)} took others", first)
    elif not last.clean:
        yield Refusal(
            f"{name} has not taken these definitions without a failure: its last `up`{_about(last)} failed, was "
            "interrupted or still runs",
            f"run `reconciler up {name}` again until nothing fails",
        )


def older_commit(desired: Desired, circumstances: Circumstances) -> Iterator[Refusal]:
    """The refusal of a commit that would undo what a later one has applied, or that cannot be compared with it."""
    last, commit = circumstances.last, circumstances.commit
    if last is None or last.definitions == desired.digest or not last.commit.id:
        return
    name, applied = desired.environment.name, f"{last.commit.id[:12]}{_about(last, with_commit=False)}"
    revert = "to go back to earlier definitions, revert the later commits and apply the revert (docs/promotion.md)"
    match circumstances.ancestry:
        case Ancestry.OLDER:
            yield Refusal(f"commit {commit.id[:12]} is older than {applied}, which {name} has", revert)
        case Ancestry.SHALLOW:
            yield Refusal(
                f"it is unknown whether commit {commit.id[:12]} is older than {applied}, which {name} has: this clone "
                "has only a part of the history",
                "fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout",
            )
        case Ancestry.DIVERGED | Ancestry.UNRELATED | Ancestry.UNKNOWN if circumstances.ci:
            what = f"commit {commit.id[:12]}" if commit.id else "these definitions, which are not in a repository,"
            yield Refusal(
                f"{what} would undo {applied}, which {name} has and which is not in the history of this commit",
                "merge that commit, or apply it from a branch that contains it",
            )


def warning_of(desired: Desired, circumstances: Circumstances) -> str:
    """The warning about a commit whose history does not contain the applied one; empty if there is none, or in CI."""
    last = circumstances.last
    if last is None or last.definitions == desired.digest or not last.commit.id or circumstances.ci:
        return ""
    if circumstances.ancestry not in (Ancestry.DIVERGED, Ancestry.UNRELATED, Ancestry.UNKNOWN):
        return ""
    applied = f"{last.commit.id[:12]}{_about(last, with_commit=False)}"
    return (
        f"{desired.environment.name} has commit {applied}, which is not in the history of these definitions: "
        "`up` undoes what only that commit contains"
    )


def _about(last: LastUp, *, with_commit: bool = True) -> str:
    """The author, the time and the commit of an `up`, in brackets."""
    commit = f"commit {last.commit.id[:12]}" if with_commit and last.commit.id else ""
    when = f"{last.at:%Y-%m-%d %H:%M} UTC" if last.at else ""
    known = [text for text in (commit, f"by {last.by}" if last.by else "", when) if text]
    return f" ({', '.join(known)})" if known else ""
