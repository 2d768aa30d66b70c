"""The table of everything that is watched, and what kinds have taken over from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from reconciler.kinds import Detail, Kind, kind_named, kinds, owned_kinds, path_levels
from reconciler.kinds.mapping import owner_of
from reconciler.watched import administration, apps, events, organization, people, sign_in
from reconciler.watched.row import Row, address

_NAMES_OF_KINDS = frozenset(kind.name for kind in kinds())


def _with_own_word(row: Row) -> Row:
    """The row, with another word if it is a relation that a kind of the same name reads for managed owners.

    Findings of the kind would otherwise be taken for findings of the row.
    """
    return replace(row, word=f"undeclared-{row.word}") if row.below and row.word in _NAMES_OF_KINDS else row


ROWS: tuple[Row, ...] = tuple(
    map(
        _with_own_word,
        (
            *administration.ROWS,
            *sign_in.ROWS,
            *apps.ROWS,
            *people.ROWS,
            *events.ROWS,
            *organization.ROWS,
        ),
    )
)


def read_rows() -> tuple[Row, ...]:
    """The rows to read: those whose list no kind reads, and all relations.

    Kinds read relations of managed owners only, so that those of other owners are always rows. But kinds read the
    documents of all owners, and what is within an object that every tenant has once.
    """
    return _read_rows()


@cache
def _read_rows() -> tuple[Row, ...]:
    read_always = (one for one in kinds() if (one.owned_by and not one.shape.read_if_declared) or one.within)
    whole = {one for kind in read_always for one in _addresses(kind)}
    return tuple(row for row in ROWS if row.address not in (whole if row.below else lists_of_kinds()))


def is_owner_list(row: Row, listed: str) -> bool:
    """Whether a list, given by its address, contains the owners of a row; without owners, whether it is its list."""
    wanted = row.below or row.address
    return wanted in (listed, listed.partition("?")[0])


def taken_over(row: Row, listed: str) -> bool:
    """Whether a kind reads the items of a row for the owners of this list."""
    return (row.address_below(listed) if row.below else row.address) in lists_of_kinds()


def is_shared(row: Row) -> bool:
    """Whether a kind reads the items of a relation for managed owners."""
    paths = {one.partition("?")[0] for one in lists_of_kinds()}
    return bool(row.below) and address(row.path, "", row.part) in paths


def readers_of(rows: Iterable[Row]) -> frozenset[str]:
    """The kinds that read the items of these relations for managed owners, unless they are details of the owners."""
    paths = {address(row.path, "", row.part) for row in rows if row.below}
    return frozenset(
        kind.name
        for kind in kinds()
        if kind.owned_by or (kind.parents and not _is_detail(kind))
        if not paths.isdisjoint(one.partition("?")[0] for one in _addresses(kind))
    )


def _is_detail(kind: Kind) -> bool:
    return any(kind.shape.path == detail.path for parent in kind.parents for detail in kind_named(parent).details)


@cache
def lists_of_kinds() -> frozenset[str]:
    """The addresses of the lists that kinds read, in the form of `Row.address`."""
    return frozenset(one for kind in kinds() for one in _addresses(kind))


def owner_lists(row: Row) -> list[tuple[str, str]]:
    """Path and query of the lists with the owners of a row."""
    lists = {kind.shape.source for kind in kinds() if not kind.parents}
    found = [one for one in sorted(lists) if is_owner_list(row, address(*one))]
    return found or [(row.below, row.owners_query)]


def _address(kind: Kind) -> str:
    levels = path_levels(kind)
    path = ""
    for level in reversed(levels):
        path = level.shape.collection_path(f"{path}/{{id}}" if path else "")
    return address(path, levels[-1].shape.query, kind.shape.part)


def _addresses(kind: Kind) -> tuple[str, ...]:
    """The addresses of the lists that a kind reads: of each owner's document, if its owners have one each."""
    owner = owner_of(kind)
    if owner is None or owner.ref is None:
        return (_address(kind),)
    paths = (kind.shape.document_with(one, is_word=True) for one in ("{id}", *owner.ref.words))
    query = kind_named(owner.refers_to[0]).shape.query
    return tuple(address(path, query, kind.shape.part) for path in paths if path)


@cache
def path_of_detail(kind: Kind, detail: Detail) -> str:
    """The path of a list with details that a kind reads for some of its objects, in the form of `Row.path`."""
    return f"{_address(kind).partition('?')[0]}/{{id}}/{detail.path}"


def whole_of_detail(kind: Kind, detail: Detail) -> Kind | None:
    """The kind whose objects are this list as a whole, if there is one."""
    return next((one for one in owned_kinds(kind) if one.shape.part_of_owner and one.shape.path == detail.path), None)


def rows_of(kind: Kind) -> tuple[Row, ...]:
    """The rows that a kind has taken over: their rules still apply to its undeclared objects."""
    return tuple(row for row in ROWS if row.address in _addresses(kind))


def can_be_sensitive(kind: Kind) -> bool:
    """Whether more is watched of objects of a kind that are marked as sensitive."""
    return any(row.of_sensitive and row.below == kind.shape.path for row in ROWS)


def scopes() -> frozenset[str]:
    """The scopes to read all rows. Without one of them, what it is for is reported as not visible."""
    return frozenset(f"{row.scope}.read" for row in read_rows())


def row_of_word(word: str) -> Row | None:
    """The row with this word in reports; None if kinds have taken it over, or if there is none."""
    return _by_word().get(word)


@cache
def _by_word() -> dict[str, Row]:
    return {row.word: row for row in read_rows()}
