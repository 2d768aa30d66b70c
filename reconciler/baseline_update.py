"""Which objects of a finished `up` go into the baseline: the new ones, and those it updated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from reconciler.baseline import Baselines
from reconciler.drift.baseline_values import Baseline, word_of_undeclared, words_of
from reconciler.drift.members import paths_changed_with, paths_of
from reconciler.drift.unmanaged import word_of_unmanaged
from reconciler.drift.watched_baseline import incomplete_rows, newly_marked
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import Applied, State
from reconciler.errors import ReconcilerError
from reconciler.file_formats import NewerFormat
from reconciler.kinds import Kind, kind_named, kinds, owned_kinds
from reconciler.kinds.mapping import documents_of, people_in
from reconciler.kinds.shapes import always
from reconciler.matching import StateMatch, owners
from reconciler.okta.snapshot import LiveObject, Owners, Snapshot
from reconciler.watched import Watch, read_rows, readers_of

_MADE = frozenset({Operation.CREATE, Operation.REPLACE, Operation.IMPORT})

Reader = Callable[[Owners, Collection[str] | None, Watch], Snapshot]
"""Reads the children of these owners, all kinds or only these, and what is to be watched."""


def update_baseline(baselines: Baselines, in_state: StateMatch, before: State, changes: Changes, read: Reader) -> None:
    """Record new objects in the baseline; the whole tenant, if there is no baseline that can be read.

    Raises `NewerFormat` if a newer reconciler wrote the baseline.

    New are the objects that this run made, and those that an earlier run made or found and could not record. Objects
    that are only observed are not in the state, so they are read every time. `before` is the state at the start of the
    run.
    """
    desired, state, declared = in_state.desired, in_state.state, owners(in_state)
    name = desired.environment.name
    kept: Baseline | None = None
    try:
        kept = baselines.load(name)
    except NewerFormat:
        raise
    except ReconcilerError:
        pass  # replaced
    if kept is None:
        if desired.declarations:
            watch = Watch(read_rows(), frozenset(_sensitive(in_state)))
            baselines.save(name, read(declared, None, watch), desired.environment, set(in_state.ids.values()))
        return
    made = [one for change in changes if _is_new(change) if (one := state.resources.get((change.kind, change.name)))]
    new = made + [one for one in state.resources.values() if not _is_kept(one, kept)]
    updated = [
        (one, paths)
        for change in changes
        if change.operation is Operation.UPDATE
        if (paths := paths_changed_with(kind_named(change.kind), change.fields)) is not None
        if (one := state.resources.get((change.kind, change.name)))
    ]
    updated += _owners_of_details(changes, state, before)
    updated += _referred_to(changes, state, before)
    people = frozenset(_people(changes, state, before))
    staying = _staying(changes, state)
    whole = {address.kind for address in desired.declarations if desired.observes(address)}
    whole |= {kind.name for kind in kinds() if not kept.keys() >= {*words_of(kind)}}
    deleted = _deleted_lists(changes, before)
    gone, released = _deleted(changes, before), _released(changes, before, state)
    was_unmanaged = any(one.id in kept.get(word_of_unmanaged(one.kind), {}) for one in gone)
    watch = _watch(kept, made, _sensitive(in_state))
    if not (new or whole or updated or staying or deleted or released or was_unmanaged or people or watch.rows):
        return
    following = (row for row in read_rows() if row.follows or (people and row.of_people))
    watch = replace(watch, rows=(*watch.rows, *(row for row in following if row not in watch.rows)))
    created = {
        (change.kind, change.name) for change in changes if change.operation in (Operation.CREATE, Operation.REPLACE)
    }
    empty = {
        (list_kind.name, one.id)
        for one in new
        if (one.kind.name, one.name) in created
        for list_kind in _lists(one.kind)
        if not list_kind.shape.okta_adds
    }
    lists = {list_kind.name for one in new for list_kind in _lists(one.kind) if (list_kind.name, one.id) not in empty}
    with_owner = {kind.name for one in made for kind in _in_every_owner(one.kind)}
    looked_at = [*new, *(one for one, _ in (*updated, *staying)), *deleted, *released]
    above = {identity for one in looked_at for identity in (one.id, *one.owner_ids)}

    def asks(owner: LiveObject, owned: Kind) -> bool:
        if owner.id in above and owned.of_owners(dict(owner.json)) and not owned.shape.read_if_declared:
            return True
        return (owner.id in above or owned.name in whole) and declared(owner, owned)

    # What kinds read of managed owners is not watched besides.
    live = read(asks, {one.kind.name for one in looked_at} | lists | whole | with_owner | readers_of(watch.rows), watch)
    fresh = {
        (word_of_undeclared(one.kind) if one.kind.shape.part_of_owner else one.kind.name, one.id)
        for one in [*made, *deleted]
    }
    fresh |= {
        (word_of_undeclared(one.kind), one.id)
        for one in made
        if one.kind.shape.some_in_every_tenant and (one.kind.name, one.name) in created
    }
    owners_made = {one.id for one in made}
    fresh |= {
        (word_of_undeclared(kind_named(name)), item.id)
        for name in with_owner
        for item in live.objects.get(name, ())
        if item.owner_id in owners_made
    }
    wrote: dict[tuple[str, str], tuple[str, ...]] = {}
    for one, paths in updated:
        key = (one.kind.name, one.id)
        wrote[key] = (*wrote.get(key, ()), *paths)
    wrote |= {(word_of_undeclared(one.kind), one.id): paths for one, paths in staying}
    touched = {one.id for one in [*made, *gone]} | people
    baselines.renew(name, kept, live, fresh, wrote, empty, desired.environment, touched, set(in_state.ids.values()))


def _staying(changes: Changes, state: State) -> list[tuple[Applied, tuple[str, ...]]]:
    """The changed objects that every tenant has, with the paths that were written, or changed with these.

    The baseline has all their members, because they are compared when they are no longer declared.
    """
    return [
        (one, (*paths_of(one.kind, change.fields), *(paths_changed_with(one.kind, change.fields) or ())))
        for change in changes
        if change.operation in (Operation.UPDATE, Operation.IMPORT)
        if (one := state.resources.get((change.kind, change.name))) and one.kind.shape.some_in_every_tenant
    ]


def _watch(kept: Baseline, made: Collection[Applied], sensitive: Mapping[str, str]) -> Watch:
    """What to read again of what is watched: rows that the baseline lacks, and relations of new or newly sensitive
    objects."""
    incomplete = incomplete_rows(kept, read_rows())
    lists = {one.kind.shape.path for one in made}
    marked = {row.address: newly_marked(row, kept, sensitive) for row in read_rows() if row not in incomplete}
    partly = tuple(
        row
        for row in read_rows()
        if row not in incomplete and (row.below.partition("?")[0] in lists or marked[row.address])
    )
    return Watch(
        (*incomplete, *partly),
        frozenset(sensitive),
        partly=frozenset(row.address for row in partly),
        owners=frozenset({*(one.id for one in made), *chain.from_iterable(marked.values())}),
    )


def _sensitive(in_state: StateMatch) -> dict[str, str]:
    """The objects that the environment marks as sensitive, by id, with the paths of their lists."""
    marked = in_state.desired.environment.sensitive
    return {in_state.ids[one]: kind_named(one.kind).shape.path for one in marked if one in in_state.ids}


def _deleted(changes: Changes, before: State) -> list[Applied]:
    """The objects that an `up` deleted or replaced."""
    gone = {(one.kind, one.name) for one in changes if one.operation in (Operation.DELETE, Operation.REPLACE)}
    return [one for key, one in before.resources.items() if key in gone]


def _released(changes: Changes, before: State, state: State) -> list[Applied]:
    """The objects that are no longer in the state and were not deleted: a baseline has undeclared objects, too."""
    known = {(one.kind.name, one.id) for one in state.resources.values()}
    ended = {(change.kind, change.name) for change in changes if change.operation is Operation.DELETE}
    return [
        one
        for key, one in before.resources.items()
        if key not in ended and (one.kind.name, one.id) not in known and word_of_unmanaged(one.kind)
    ]


def _is_new(change: Change) -> bool:
    """Whether a change made an object, or items of a list, that cannot have been edited since."""
    is_list = kind_named(change.kind).shape.part_of_owner
    return change.operation in _MADE or (is_list and change.operation is Operation.UPDATE)


def _owners_of_details(changes: Changes, state: State, before: State) -> list[tuple[Applied, tuple[str, ...]]]:
    """The owners of changed objects that are details of them, with the members that show it: a group and its roles."""
    found: list[tuple[Applied, tuple[str, ...]]] = []
    for change in changes:
        key = (change.kind, change.name)
        one = state.resources.get(key) or before.resources.get(key)
        for parent in one.kind.parents if one else ():
            assert one
            paths = tuple(
                path
                for detail in kind_named(parent).details
                if detail.path == one.kind.shape.path
                for path in (detail.of, detail.member)
            )
            owners_of_kind = (other for (kind, _), other in state.resources.items() if kind == parent and paths)
            found += [(other, paths) for other in owners_of_kind if other.id in one.owner_ids]
    return found


def _both(change: Change, state: State, before: State) -> Iterator[Applied]:
    """The changed object in the state before and after the run, as far as it was there."""
    key = (change.kind, change.name)
    return (one for resources in (before.resources, state.resources) if (one := resources.get(key)))


def _people(changes: Changes, state: State, before: State) -> Iterator[str]:
    """The ids of the users whom a change added to something, or removed."""
    for change in changes:
        named: set[str] = set()
        for one in _both(change, state, before):
            named ^= {identity for _, identity in people_in(one.kind.fields, one.spec)}
        yield from named


def _referred_to(changes: Changes, state: State, before: State) -> Iterator[tuple[Applied, tuple[str, ...]]]:
    """The objects that changed ones refer to, with the members that change with that (see `Kind.writes_elsewhere`)."""
    for change in changes:
        for one in _both(change, state, before):
            for name, paths in one.kind.writes_elsewhere.items():
                ids = {*(one.spec.get(name) or ())}
                yield from ((other, paths) for other in state.resources.values() if other.id in ids)


def _lists(kind: Kind) -> list[Kind]:
    """The whole lists that every object of a kind owns."""
    return [owned for owned in owned_kinds(kind) if owned.shape.part_of_owner and owned.of_owners is always]


def _in_every_owner(kind: Kind) -> list[Kind]:
    """The kinds of objects that Okta creates together with an object, such as the default claims of a server."""
    return [one for one in (*owned_kinds(kind), *documents_of(kind)) if one.shape.some_in_every_tenant]


def _deleted_lists(changes: Changes, before: State) -> list[Applied]:
    """The whole lists that an `up` deleted. Items that remain in them are not drift."""
    deleted = {(change.kind, change.name) for change in changes if change.operation is Operation.DELETE}
    return [one for key, one in before.resources.items() if key in deleted and one.kind.shape.part_of_owner]


def _is_kept(one: Applied, kept: Baseline) -> bool:
    """Whether a baseline has an object and its whole lists."""
    words = [one.kind.name, *(word_of_undeclared(owned) for owned in _lists(one.kind))]
    return all(one.id in kept.get(word, {}) for word in words)
