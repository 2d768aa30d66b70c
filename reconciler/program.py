"""The Pulumi program: what the definitions want, as `pulumi_okta` resources.

The same function serves the Automation API (inline, from the command line) and a plain `pulumi up` (from
`stacks/__main__.py`).
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pulumi
from pydantic import SecretStr

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.kinds import Kind
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, replacing, schema, with_references
from reconciler.kinds.secret_fields import is_sealed, with_secrets
from reconciler.okta.snapshot import Snapshot

SkippedFields = Mapping[Address, Collection[str]]
"""The fields of each object that a run does not change: they stay as in the state."""


@dataclass(frozen=True, slots=True)
class Found:
    """What only the tenant can say, looked up before the program runs."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    """The ids of what definitions refer to and nothing here manages: what every tenant has, and what is observed."""
    imports: Mapping[Address, str] = field(default_factory=dict)
    """Import ids of objects that are there already but not in the state."""
    lists: Mapping[Address, str] = field(default_factory=dict)
    """The same of whole lists that the provider does not import: it makes them as declared, and none twice."""
    owners: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    """The ids of the owner, its owner, and so on, of what belongs to nothing that is declared."""
    to_deactivate: frozenset[Address] = frozenset()
    """What is to be INACTIVE and can only be made ACTIVE: a second pass deactivates it."""
    live: Snapshot = field(default=Snapshot({}))
    """The part of the tenant that was read to find out."""


def declare(
    desired: Desired,
    found: Found,
    secret: Callable[[str, Source], SecretStr],
    outputs: Mapping[str, Any] | None = None,
    skipped: SkippedFields | None = None,
) -> Collection[pulumi.CustomResource]:
    """Register one resource for each declaration, in the order in which they can be created.

    The `skipped` fields stay as in the state. An import skips all fields: the update in the second pass sets them.
    """
    resources: dict[Address, pulumi.CustomResource] = {}
    last_in_order: dict[tuple[str, Address | None], pulumi.CustomResource] = {}

    def identity(kind: str, name: str) -> pulumi.Input[str]:
        address = Address(kind, name)
        return resources[address].id if address in resources else found.ids[address]

    for address, declaration in desired.managed.items():
        kind = declaration.kind
        parent = resources[declaration.parent] if declaration.parent else None
        siblings = (kind.kind, declaration.parent)
        before = last_in_order.get(siblings) if kind.collection.prioritised else None
        if address in found.to_deactivate:
            declaration = replace(declaration, spec={**declaration.spec, "status": "ACTIVE"})
        import_id = found.imports.get(address)
        unchanged = [known.name for known in schema(kind)] if import_id else (skipped or {}).get(address, ())
        resources[address] = _resource_class(kind.resource)(
            declaration.name,
            **_arguments(declaration, identity, secret),
            **_owner_ids(declaration, desired, resources, found.owners.get(address)),
            opts=pulumi.ResourceOptions(
                parent=parent,
                # Okta renumbers priorities as it goes: only a serial order, top down, ends as it is meant.
                depends_on=[before] if before else None,
                aliases=[pulumi.Alias(name=name) for name in declaration.previously] or None,
                import_=import_id,
                ignore_changes=list(inputs(kind, unchanged)) or None,
                # The provider would try to change some of these in place, and fail or lose them.
                replace_on_changes=_replacing_inputs(kind),
                delete_before_replace=True,
            ),
        )
        last_in_order[siblings] = resources[address]
    for name, value in ({"definitions": desired.digest} | dict(outputs or {})).items():
        pulumi.export(name, value)
    return resources.values()


async def inline(
    desired: Desired,
    found: Found,
    secret: Callable[[str, Source], SecretStr],
    outputs: Mapping[str, Any] | None = None,
    skipped: SkippedFields | None = None,
) -> None:
    """`declare`, as a program of the Automation API.

    It waits for its resources itself: the SDK's own wait at the end looks at every unfinished output each time that
    one finishes, which for a thousand resources takes longer than all the rest.
    """
    resources = declare(desired, found, secret, outputs, skipped)
    await asyncio.gather(*(resource.urn.future() for resource in resources), return_exceptions=True)


def _arguments(
    declaration: Declaration, identity: Callable[[str, str], Any], secret: Callable[[str, Source], SecretStr]
) -> dict[str, Any]:
    kind = declaration.kind
    sealed = {known.name: known for known in schema(kind) if is_sealed(known)}

    def resolved(path: str, reference: str) -> Any:
        value = secret(reference, declaration.where(path)).get_secret_value()
        return value if path.partition(".")[0] in sealed else pulumi.Output.secret(value)

    spec = with_secrets(kind, declaration.spec, resolved)
    arguments = encode(kind, with_references(kind, spec, identity), Vocabulary.ARGUMENTS)
    for known in sealed.values():
        (name,) = known.places[Vocabulary.ARGUMENTS][0]
        if name in arguments:
            arguments[name] = pulumi.Output.secret(arguments[name])
    return {**kind.fixed_arguments, **arguments}


def _owner_ids(
    declaration: Declaration,
    desired: Desired,
    resources: Mapping[Address, pulumi.CustomResource],
    known: Sequence[str] | None,
) -> dict[str, pulumi.Input[str]]:
    """The arguments that name the owner, its owner, and so on: resources, if these ids are not known."""
    if known is not None:
        return dict(zip(declaration.kind.parent_arguments, known, strict=True))
    ids: dict[str, pulumi.Input[str]] = {}
    above = declaration.parent
    for argument in declaration.kind.parent_arguments:
        if above is None:
            raise ValueError(f"{declaration.address} has no owner for its argument {argument}")
        ids[argument] = resources[above].id
        above = desired.declarations[above].parent
    return ids


def urn(desired: Desired, address: Address, stack: str, project: str) -> str:
    """How the engine calls the resource of a declaration."""
    declaration = desired.declarations[address]
    types = [declaration.kind.resource]
    while declaration.parent:
        declaration = desired.declarations[declaration.parent]
        types.insert(0, declaration.kind.resource)
    return f"urn:pulumi:{stack}::{project}::{'$'.join(types)}::{address.name}"


def _replacing_inputs(kind: type[Kind]) -> list[str]:
    """How the engine calls what cannot be changed in place: fields, and the owner."""
    return [*inputs(kind, replacing(kind)), *map(camel_case, kind.parent_arguments)]


def inputs(kind: type[Kind], fields: Collection[str]) -> Iterator[str]:
    """How the engine calls these fields."""
    for known in schema(kind):
        if known.name in fields and Vocabulary.INPUTS in known.places:
            yield known.places[Vocabulary.INPUTS][0][0]


@cache
def _resource_class(token: str) -> Callable[..., pulumi.CustomResource]:
    """The class of `pulumi_okta` for a resource type such as `okta:group/group:Group`."""
    _, module, name = token.split(":")
    folder = module.split("/")[0]
    package = "pulumi_okta" if folder == "index" else f"pulumi_okta.{folder.lower()}"
    resource: Callable[..., pulumi.CustomResource] = getattr(importlib.import_module(package), name)
    return resource
