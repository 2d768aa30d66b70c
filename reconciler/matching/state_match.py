"""Definitions matched with the state: all that is known before the tenant is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.engine.state import Applied, State
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import schema
from reconciler.kinds.secret_fields import kept_secrets


@dataclass(frozen=True)
class StateMatch:
    """Which entry of the state belongs to which declaration."""

    desired: Desired
    state: State
    applied: Mapping[Address, Applied]
    """The entries of declared objects in the state, also under an earlier name."""
    ids: Mapping[Address, str]
    """The ids of declared objects. An observed object that is not in the state has the id given under `imports`."""
    orphans: Mapping[Address, str]
    """The ids of objects that are in the state and no longer declared."""

    @classmethod
    def of(cls, desired: Desired, state: State) -> StateMatch:
        """Match declarations and state by name, or by an earlier name."""
        applied: dict[Address, Applied] = {}
        ids: dict[Address, str] = {}
        for address, declaration in desired.declarations.items():
            names = ((address.kind, name) for name in (declaration.name, *declaration.previously))
            known = next((state.resources[name] for name in names if name in state.resources), None)
            if known:
                applied[address] = known
                ids[address] = known.id
            elif desired.observes(address) and address in desired.environment.imports:
                ids[address] = desired.environment.imports[address]
        used = {(one.kind.name, one.name) for one in applied.values()}
        orphans = {Address(*key): one.id for key, one in state.resources.items() if key not in used}
        return cls(desired, state, applied, ids, orphans)

    @property
    def kept_secrets(self) -> Mapping[Address, frozenset[str]]:
        """The secrets of imported objects that are not sent, because sending them would replace the object.

        An import cannot read them, so that the state lacks them. If another field has the object replaced, they are
        sent, too.
        """
        return {
            address: kept
            for address, applied in self.applied.items()
            if (kept := _kept_secrets(self.desired.declarations[address], applied))
        }

    def is_released(self, orphan: Address) -> bool:
        """Whether `up` releases an object that is no longer declared, instead of deleting it.

        What a released object owns is released with it.
        """
        mode = self.desired.environment.mode(self.state.resources[orphan].levels)
        if mode != "authoritative" or not kind_named(orphan.kind).shape.deletable:
            return True
        parents = kind_named(orphan.kind).parents
        owners = (one for one in self.orphans if one.kind in parents and f"{orphan.name}/".startswith(f"{one.name}/"))
        return any(self.is_released(owner) for owner in owners)

    @property
    def without_id(self) -> list[Declaration]:
        """The declared objects that only the tenant can tell whether they exist."""
        return [one for address, one in self.desired.declarations.items() if address not in self.ids]


def _kept_secrets(declaration: Declaration, applied: Applied) -> frozenset[str]:
    kind = declaration.kind
    if not (secrets := kept_secrets(kind.fields, ())):
        return secrets
    wanted, known = declaration.spec, applied.spec
    compared = (field.name for field in schema(kind.fields) if not (field.secret or field.ref))
    differing = {name for name in compared if wanted.get(name) != known.get(name)}
    return frozenset(name for name in kept_secrets(kind.fields, differing) if known.get(name) is None)
