"""Something is taken away, and other guards cannot check that: a part of the tenant could not be read.

What the other guards and the effects do not see, they do not mention: without the list of apps, no app seems to use a
policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cache

from reconciler.guard.counting import is_owner_removed, some_of
from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.kinds import Kind, chain, kind_named, kinds, owned_kinds
from reconciler.kinds.fields import is_active
from reconciler.kinds.mapping import schema
from reconciler.kinds.relations import reference_fields
from reconciler.plan import GuardResult, Plan, PlannedChange


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each change that takes something away while a kind of objects that matters for it was not read."""
    gaps = {gap.kind.name for gap in (*plan.live.unreadable, *plan.gaps) if not (gap.part or gap.not_licensed)}
    for change in plan.planned if gaps else ():
        how, needed = _needs(change)
        unread = sorted(gaps & needed)
        if unread and not is_owner_removed(plan, change):
            yield GUARD.result(
                change.address,
                f"it {how}, and what it may affect could not be read completely: {some_of(unread)}",
                "give the reconciler access to them, or try again when the tenant answers; the notes of the plan say "
                "why each could not be read",
                change.source,
            )


def _needs(change: PlannedChange) -> tuple[str, Set[str]]:
    """What the change takes away, and the kinds that have to be known for that."""
    kind, before, after = change.kind, change.before, change.after
    if change.removes:
        return f"would be {change.operation.done}", _around(kind)
    if before is None or after is None or change.list_of:
        return "", frozenset()
    if is_active(before) and not is_active(after):
        return "would be switched off", _around(kind)
    if kind.matches_less(before, after):
        return "would match fewer requests", _around(kind)
    fields = [field for field in schema(kind.fields) if field.name in {one.field for one in change.fields}]
    named = {name for field in fields for name in field.refers_to}
    within = (inner for field in fields if field.part for inner in reference_fields(field.part))
    named |= {name for inner in within for name in inner.refers_to}
    return "would refer to other objects", _with_owners(below for name in named for below in _lineage(kind_named(name)))


@cache
def _around(kind: Kind) -> Set[str]:
    """The kind, what it owns, what refers to these, and what they refer to."""
    own = set(_lineage(kind))
    names = {one.name for one in own}
    referring = {one for one in kinds() if names & _named_by(one)}
    named = {below for one in own for name in _named_by(one) for below in _lineage(kind_named(name))}
    return _with_owners(own | referring | named)


def _lineage(kind: Kind) -> Iterator[Kind]:
    """The kind, and what it owns."""
    yield kind
    for owned in owned_kinds(kind):
        yield from _lineage(owned)


def _named_by(kind: Kind) -> set[str]:
    return {name for field in reference_fields(kind.fields) for name in field.refers_to}


def _with_owners(found: Iterable[Kind]) -> Set[str]:
    """The names of these kinds and of their owners: below an owner that was not read, nothing was read."""
    return frozenset(above.name for one in found for above in chain(one))


GUARD = Guard(
    id="removal-not-checked",
    title="A removal could not be checked",
    purpose="Refuses to take something away while a part of the tenant that it may affect could not be read.",
    check=check,
    limits=Limits(),
)
