"""The Pulumi program: declares the definitions as `pulumi_okta` resources.

The command line runs it inline, through the Automation API; a plain `pulumi up` runs it from `stacks/__main__.py`.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import pulumi
from pydantic import SecretStr

from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.definitions.order import required_by
from reconciler.kinds import Kind
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, replacing, schema, with_references
from reconciler.kinds.secret_fields import is_sealed, with_secrets

SkippedFields = Mapping[Address, Collection[str]]
"""The fields of each object that a run does not change: they stay as in the state."""


_ID_OF_RESOURCE: Final = re.compile(r"(<id-\d+-of-a-resource>)")


@dataclass(frozen=True, slots=True)
class Found:
    """Facts looked up in the tenant before the program runs."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    """The ids of unmanaged objects that definitions refer to: system objects, and observed ones."""
    imports: Mapping[Address, str] = field(default_factory=dict)
    """Import ids of objects that exist but are not in the state."""
    lists: Mapping[Address, str] = field(default_factory=dict)
    """The same for whole lists that the provider cannot import: a create updates the existing list."""
    owners: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    """The ids of the owner, its owner, and so on, of objects whose owner is not declared."""
    to_deactivate: frozenset[Address] = frozenset()
    """Objects that are declared INACTIVE but can only be created ACTIVE: the second pass deactivates them."""


def declare(
    desired: Desired,
    found: Found,
    secret: Callable[[str, Source], SecretStr],
    outputs: Mapping[str, Any] | None = None,
    skipped: SkippedFields | None = None,
) -> Mapping[Address, pulumi.CustomResource]:
    """Register one resource for each managed declaration, in the order of creation.

    The `skipped` fields stay as in the state. An import skips all fields: the update in the second pass sets them.
    """
    resources: dict[Address, pulumi.CustomResource] = {}
    last_in_order: dict[tuple[str, Address | None], pulumi.CustomResource] = {}

    def identity(kind: str, name: str) -> pulumi.Input[str]:
        address = Address(kind, name)
        return resources[address].id if address in resources else found.ids[address]

    required = required_by(desired.managed)
    for address, declaration in desired.managed.items():
        kind = declaration.kind
        parent = resources[declaration.parent] if declaration.parent else None
        siblings = (kind.shape.path, None) if kind.shape.in_turn else (kind.name, declaration.parent)
        before = last_in_order.get(siblings) if kind.shape.ordered or kind.shape.in_turn else None
        after = [*([before] if before else ()), *(resources[one] for one in required.get(address, ()))]
        if address in found.to_deactivate:
            declaration = replace(declaration, spec={**declaration.spec, "status": "ACTIVE"})
        import_id = found.imports.get(address)
        imported = kind.shape.import_argument(import_id, declaration.label) if import_id else None
        unchanged = [known.name for known in schema(kind.fields)] if import_id else (skipped or {}).get(address, ())
        resources[address] = _resource_class(kind.resource)(
            declaration.name,
            **_arguments(declaration, identity, secret, desired.environment.url),
            **_owner_ids(declaration, desired, resources, found.owners.get(address)),
            opts=pulumi.ResourceOptions(
                parent=parent,
                # Okta renumbers siblings: only sending them one by one, lowest first, gives the declared order.
                # Of changes to one document at the same time, Okta would keep one only.
                depends_on=after or None,
                aliases=[pulumi.Alias(name=name) for name in declaration.previously] or None,
                import_=imported,
                ignore_changes=list(_paths(kind, unchanged)) or None,
                # The provider would change some of these in place, and fail or lose them.
                replace_on_changes=[*_paths(kind, replacing(kind.fields)), *map(camel_case, kind.parent_arguments)],
                delete_before_replace=not kind.replaced_after_users,
            ),
        )
        last_in_order[siblings] = resources[address]
    for name, value in ({"definitions": desired.digest} | dict(outputs or {})).items():
        pulumi.export(name, value)
    return resources


async def inline(
    desired: Desired,
    found: Found,
    secret: Callable[[str, Source], SecretStr],
    outputs: Mapping[str, Any] | None = None,
    skipped: SkippedFields | None = None,
    record: Callable[[Collection[Address]], Mapping[str, Any]] | None = None,
) -> None:
    """`declare`, as a program of the Automation API. `record` gives more outputs for the resources that succeeded.

    It waits for its resources itself. The SDK's own wait checks all unfinished outputs each time one finishes; with a
    thousand resources that takes longer than everything else.
    """
    resources = declare(desired, found, secret, outputs, skipped)
    registered = (resource.urn.future() for resource in resources.values())
    results = await asyncio.gather(*registered, return_exceptions=True)
    if record:
        done = [name for name, result in zip(resources, results, strict=True) if not isinstance(result, BaseException)]
        for name, value in record(done).items():
            pulumi.export(name, value)


def _arguments(
    declaration: Declaration,
    identity: Callable[[str, str], pulumi.Input[str]],
    secret: Callable[[str, Source], SecretStr],
    url: str,
) -> dict[str, Any]:
    kind = declaration.kind
    sealed = {known.name: known for known in schema(kind.fields) if is_sealed(known)}
    outputs: dict[str, pulumi.Input[str]] = {}

    def resolved(path: str, reference: str) -> Any:
        value = secret(reference, declaration.where(path)).get_secret_value()
        return value if path.partition(".")[0] in sealed else pulumi.Output.secret(value)

    def known_or_later(kind: str, name: str) -> str:
        """The id, or a text that stands for the output that will have it."""
        value = identity(kind, name)
        if isinstance(value, str):
            return value
        outputs[later := f"<id-{len(outputs)}-of-a-resource>"] = value
        return later

    spec = with_secrets(kind.fields, declaration.spec, resolved)
    encoded = encode(kind.fields, with_references(kind.fields, spec, known_or_later), Vocabulary.ARGUMENTS)
    arguments: dict[str, Any] = in_tenant({**kind.fixed_arguments, **encoded}, url)
    if outputs:
        arguments = _with_outputs(arguments, outputs)
    for known in sealed.values():
        if known.argument in arguments:
            arguments[known.argument] = pulumi.Output.secret(arguments[known.argument])
    return arguments


def _with_outputs(value: Any, outputs: Mapping[str, pulumi.Input[str]]) -> Any:
    """The value with the outputs that texts in it stand for."""
    match value:
        case str():
            parts = [outputs.get(part, part) for part in _ID_OF_RESOURCE.split(value) if part]
            if not parts:
                return value
            return parts[0] if len(parts) == 1 else pulumi.Output.concat(*parts)
        case dict():
            return {key: _with_outputs(inner, outputs) for key, inner in value.items()}
        case list():
            return [_with_outputs(inner, outputs) for inner in value]
    return value


def _owner_ids(
    declaration: Declaration,
    desired: Desired,
    resources: Mapping[Address, pulumi.CustomResource],
    known: Sequence[str] | None,
) -> dict[str, pulumi.Input[str]]:
    """The arguments for the owner, its owner, and so on: the `known` ids, or else the outputs of resources."""
    if known is not None:
        return dict(zip(declaration.kind.parent_arguments, known, strict=True))
    ids: dict[str, pulumi.Input[str]] = {}
    owner = declaration.parent
    for argument in declaration.kind.parent_arguments:
        if owner is None:
            raise ValueError(f"{declaration.address} has no owner for its argument {argument}")
        ids[argument] = resources[owner].id
        owner = desired.declarations[owner].parent
    return ids


def urn(desired: Desired, address: Address, stack: str, project: str) -> str:
    """The URN of a declaration."""
    declaration = desired.declarations[address]
    types = [declaration.kind.resource]
    while declaration.parent:
        declaration = desired.declarations[declaration.parent]
        types.insert(0, declaration.kind.resource)
    return f"urn:pulumi:{stack}::{project}::{'$'.join(types)}::{address.name}"


def _paths(kind: Kind, fields: Collection[str]) -> Iterator[str]:
    """The paths of these fields in the inputs of a resource; several fields can be members of one input."""
    for known in schema(kind.fields):
        if known.name in fields and Vocabulary.INPUTS in known.places:
            yield ".".join(known.places[Vocabulary.INPUTS][0])


def inputs(kind: Kind, fields: Collection[str]) -> Iterator[str]:
    """The names of these fields among the inputs of a resource."""
    for known in schema(kind.fields):
        if known.name in fields and Vocabulary.INPUTS in known.places:
            yield known.input


@cache
def _resource_class(token: str) -> Callable[..., pulumi.CustomResource]:
    """The class of `pulumi_okta` for a resource type such as `okta:group/group:Group`."""
    _, module, name = token.split(":")
    folder = module.split("/")[0]
    package = "pulumi_okta" if folder == "index" else f"pulumi_okta.{folder.lower()}"
    resource: Callable[..., pulumi.CustomResource] = getattr(importlib.import_module(package), name)
    return resource
