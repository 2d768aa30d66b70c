"""Changes that a failed or interrupted `up` never started, computed from the definitions and the earlier state."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler.definitions.model import Address
from reconciler.drift import Overwritten
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.kinds.mapping import schema
from reconciler.live_effects import LiveEffects
from reconciler.program import Found, SkippedFields


def add_unfinished(
    changes: Changes,
    second: Changes,
    effects: LiveEffects,
    found: Found,
    existing: Mapping[Address, Overwritten],
    targets: Collection[str] | None,
    skipped: SkippedFields,
) -> None:
    """Add the changes that never started, for all objects or for those with the URNs `targets`.

    `changes` covers both passes, `second` only the second one; `effects` holds the state from before the run. A change
    that the provider refused before its first step is added as failed. The fields in `skipped` were not to be changed.
    Secrets and priorities cannot be compared with the state: an object that differs only in these is not counted.
    """
    for urn, change in [*_declared(effects, existing, skipped), *_no_longer_declared(effects)]:
        if urn in changes.changes or (targets is not None and urn not in targets):
            continue
        if urn in changes.failed:
            changes.changes[urn] = change
        elif urn not in changes.seen:
            changes.not_tried.append(change)
    again = changes.completed - second.seen - second.failed
    changes.not_tried += [change for urn, change in _second_pass(effects, found, existing) if urn in again]


def _declared(
    effects: LiveEffects, existing: Mapping[Address, Overwritten], skipped: SkippedFields
) -> Iterator[tuple[str, Change]]:
    match = effects.match
    for address, declaration in match.desired.managed.items():
        urn, kind = effects.urns[address], declaration.kind
        if address in existing:
            fields = tuple(sorted(existing[address].fields))
            yield urn, Change(Operation.IMPORT, address.kind, address.name, fields)
        elif address not in match.applied:
            yield urn, Change(Operation.CREATE, address.kind, address.name)
        else:
            spec = match.names.in_definitions(kind, match.applied[address].spec)
            fields = tuple(
                field.name
                for field in schema(kind.fields)
                if not (field.owns or field.secret or field.name == kind.shape.rank_field)
                if field.name not in skipped.get(address, ())
                if (want := declaration.spec.get(field.name)) != field.compared(want, spec.get(field.name))
            )
            if fields:
                yield urn, Change(Operation.UPDATE, address.kind, address.name, fields)


def _no_longer_declared(effects: LiveEffects) -> Iterator[tuple[str, Change]]:
    match = effects.match
    for address in match.orphans:
        one = match.state.resources[address]
        if match.desired.environment.mode(one.levels) == "authoritative":
            yield one.urn, Change(Operation.DELETE, address.kind, address.name)


def _second_pass(
    effects: LiveEffects, found: Found, existing: Mapping[Address, Overwritten]
) -> Iterator[tuple[str, Change]]:
    """Updates of imported objects, and deactivations of objects that had to be created active."""
    for address in found.imports:
        fields = set(existing[address].fields) | ({"status"} if address in found.to_deactivate else set())
        if fields:
            yield effects.urns[address], Change(Operation.UPDATE, address.kind, address.name, tuple(sorted(fields)))
    for address in sorted(found.to_deactivate - found.imports.keys()):
        yield effects.urns[address], Change(Operation.UPDATE, address.kind, address.name, ("status",))
