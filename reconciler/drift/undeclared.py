"""Findings for objects of the tenant that are not declared, and for parts that could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.definitions.model import Address
from reconciler.drift.findings import Finding, Verdict
from reconciler.kinds import kind_named
from reconciler.matching import Match, Names, is_own_app
from reconciler.okta.snapshot import LiveObject, Snapshot


def undeclared(match: Match) -> Iterator[Finding]:
    """Objects that the next `up` deletes or releases, unmanaged objects, and parts that could not be read."""
    yield from _orphans(match)
    yield from _unmanaged(match)
    yield from _gaps(match.live, match.names)


def _orphans(match: Match) -> Iterator[Finding]:
    live = match.live
    for address, identity in sorted(match.orphans.items()):
        item = live.by_id.get((address.kind, identity)) or _owner_of_part(live, address, identity)
        if item is not None:
            effect = "releases" if match.in_state.is_released(address) else "deletes"
            yield Finding(
                Verdict.PENDING,
                address.kind,
                address.name,
                item.label,
                okta_id=identity,
                detail=f"no longer declared: the next `up` {effect} it",
            )


def _owner_of_part(live: Snapshot, address: Address, identity: str) -> LiveObject | None:
    """The owner of a part of an owner; both have the same id. Parts that are not declared may not be read."""
    kind = kind_named(address.kind)
    owners = (live.by_id.get((owner, identity)) for owner in kind.parents if kind.shape.part_of_owner)
    return next(filter(None, owners), None)


def _unmanaged(match: Match) -> Iterator[Finding]:
    """Each unmanaged object, except those owned by one, and the app that the environment signs in with."""
    known = match.known
    for items in match.live.objects.values():
        for item in items:
            owner = item.parent
            if (item.kind.name, item.id) in known or item.built_in or item.shown is not item:
                continue
            if item.in_every_tenant:
                continue
            if owner and (owner.kind.name, owner.id) not in known and not owner.everywhere:
                continue
            if is_own_app(item, match.desired.environment):
                continue
            yield Finding(
                Verdict.UNMANAGED,
                item.kind.name,
                "",
                item.label,
                okta_id=item.id,
                detail=f"not declared{f' in {match.names.of_owner(owner)}' if owner else ''}",
            )


def _gaps(live: Snapshot, names: Names) -> Iterator[Finding]:
    for gap in live.unreadable:
        owner = gap.owner_id or ""
        kinds = (gap.kind.name,) if gap.part else gap.kind.parents
        named = filter(None, (names.declared(kind, owner) for kind in kinds if owner))
        name = next(named, owner)
        yield Finding(Verdict.UNREADABLE, gap.kind.name, name, name, okta_id=owner, field=gap.part, detail=gap.reason)
