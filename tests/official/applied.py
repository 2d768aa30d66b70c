"""Definitions applied by the stand-in to a tenant in this process, as the engine would, and read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.kinds import Kind, Spec, kinds
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, replacing, schema, with_references
from reconciler.kinds.people import USER
from reconciler.kinds.secret_fields import without_secrets
from reconciler.okta import snapshot
from reconciler.program import inputs
from reconciler.stand_in.objects import Objects
from tests.official.recorded import Resource
from tests.official.tenants import Program, Tenant
from tests.people import hire
from tests.settled import with_ids


class OwnTenant(Tenant):
    """A fresh tenant whose ids are its own, and not those of a recorded run."""

    def here(self, value: Any) -> Any:
        return value


class OurProgram(Program):
    """Our program tells the engine what cannot be changed in place."""

    def replaces(self, resource: Resource, answer: Any) -> bool:
        kind = resource.kind
        return super().replaces(resource, answer) or not set(inputs(kind, replacing(kind.fields))).isdisjoint(
            answer.diffs
        )


class Applied:
    """What an environment with these definitions holds, after each `up`."""

    def __init__(self, tenant: OwnTenant) -> None:
        self._tenant = tenant
        self._program = OurProgram(tenant)
        self._made: set[Address] = set()
        people = tenant.run(hire(tenant.client))
        tenant.ids |= {f"{USER} {login}": identity for login, identity in people.ids.items()}
        live = tenant.run(snapshot.read(tenant.client))
        self._around = live.around
        for kind in kinds():
            for known in kind.system:
                if found := live.system_id(kind, known.name):
                    tenant.ids[_token(kind.name, known.name)] = found

    def up(self, desired: Desired) -> None:
        """Make the tenant so; what can only be made ACTIVE is deactivated in a second pass."""
        inactive = {
            address
            for address, one in desired.declarations.items()
            if one.kind.provider.created_active and one.spec["status"] == "INACTIVE" and address not in self._made
        }
        for declaration in desired.declarations.values():
            first = declaration
            if declaration.address in inactive:
                first = replace(declaration, spec={**declaration.spec, "status": "ACTIVE"})
            self._apply(first, desired)
        for address in inactive:
            self._apply(desired.declarations[address], desired)

    def identity(self, kind: str, name: str) -> str:
        return self._tenant.ids[_token(kind, name)]

    def differences(self, declaration: Declaration, desired: Desired) -> dict[str, tuple[Any, Any]]:
        """The fields that are not as declared: what is wanted, and what is there."""
        kind = declaration.kind
        ids = tuple(self.identity(one.kind, one.name) for one in _owners(declaration, desired))
        if not kind.shape.part_of_owner:
            ids = (*ids, self.identity(kind.name, declaration.name).rpartition("/")[2])
        wanted = with_ids(declaration, self.identity)
        if kind.within:
            ids = (self._around[kind.name], *ids)
        if kind.owned_by:
            ids = (wanted[kind.owned_by], *ids)
        found = self._tenant.run(Objects(self._tenant.client).read(kind, ids))
        assert found is not None
        return {
            field.name: (wanted[field.name], found[field.name])
            for field in schema(kind.fields)
            if field.comparable
            if field.compared(wanted[field.name], found[field.name]) != without_secrets(field, wanted[field.name])
        }

    def _apply(self, declaration: Declaration, desired: Desired) -> None:
        kind = declaration.kind
        owners = [self.identity(one.kind, one.name) for one in _owners(declaration, desired)]
        owners += [self._around[kind.name]] if kind.within else []
        arguments = inputs_of(kind, with_references(kind.fields, declaration.spec, self.identity), owners)
        token = _token(kind.name, declaration.name)
        self._program.apply((Resource(kind.resource, declaration.name, token, arguments, {}),))
        self._made.add(declaration.address)


def inputs_of(kind: Kind, spec: Spec, owners: Iterable[str]) -> dict[str, Any]:
    """The arguments that the program gives, in the engine's words; the ids of owners, the outermost first."""
    parents = zip(map(camel_case, reversed(kind.parent_arguments)), owners, strict=True)
    fixed = {camel_case(name): value for name, value in kind.fixed_arguments.items()}
    return encode(kind.fields, spec, Vocabulary.INPUTS) | dict(parents) | fixed


def _token(kind: str, name: str) -> str:
    return f"{kind} {name}"


def _owners(declaration: Declaration, desired: Desired) -> list[Address]:
    """The owners, the outermost first."""
    found: list[Address] = []
    while declaration.parent:
        found.insert(0, declaration.parent)
        declaration = desired.declarations[declaration.parent]
    return found
