"""A tenant with objects that were created without the engine."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.definitions.model import Address, Desired
from reconciler.definitions.people import logins
from reconciler.kinds import Spec, kind_named, sharing_list
from reconciler.kinds.mapping import Field, canonical, schema, with_references
from reconciler.kinds.people import USER
from reconciler.kinds.refusals import SpecAttributes
from reconciler.kinds.secret_fields import with_required_secrets
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.stand_in.objects import Objects
from tests.people import known_id
from tests.specimens import SECRET

Named = tuple[str, ...]
"""Kind and Okta's names, from the outermost owner."""


async def make(client: OktaClient, desired: Desired) -> Mapping[Address, tuple[str, ...]]:
    """Create all declared objects, as in the console. Returns the ids."""
    objects = Objects(client)
    named = logins(desired.declarations.values())
    live = await snapshot.read(client, owners=lambda owner, owned: False, logins=named)
    made: dict[Address, tuple[str, ...]] = {}

    def identity(kind: str, name: str) -> str:
        address = Address(kind, name)
        return made[address][-1] if address in made else known_id(live, kind, name) or name

    for address, declaration in desired.declarations.items():
        spec = with_references(declaration.kind.fields, declaration.spec, identity)
        spec |= {
            field.name: None
            for field in schema(declaration.kind.fields)
            if field.unread or (field.secret and not _is_needed(field, spec))
        }
        owner = made[declaration.parent] if declaration.parent else tuple(live.around_of(declaration.kind))
        made[address] = await objects.create(declaration.kind, owner, spec)
    return made


def _is_needed(field: Field, spec: Spec) -> bool:
    return field.info.is_required() or field.needs_secret(SpecAttributes(spec))


def by_names(live: Snapshot) -> dict[Named, object]:
    """The objects of a tenant without ids: canonical specs, with Okta's names as references."""

    def named(kind: str, identity: str) -> str:
        if kind == USER:
            return live.people.logins[identity]
        kinds = (kind, *(one.name for one in sharing_list(kind_named(kind))))
        item = next((found for one in kinds if (found := live.by_id.get((one, identity)))), None)
        return item.label if item else identity

    def shown(item: LiveObject) -> Spec:
        fields = schema(item.kind.fields)
        usual = {one.name for one in fields if one.is_usual(item.spec.get(one.name))}
        usual |= {one.name for one in fields if one.optional and item.spec.get(one.name) == []}
        spec = {name: value for name, value in item.spec.items() if name not in usual}
        spec = with_required_secrets(item.kind.fields, spec, lambda _: f"env:{SECRET}")
        complete: Spec = canonical(item.kind.fields.model_validate(with_references(item.kind.fields, spec, named)))
        return complete

    return {
        _path(item): shown(item) for objects in live.objects.values() for item in objects if not _made_by_okta(item)
    }


def _path(item: LiveObject) -> Named:
    above = _path(item.parent)[1:] if item.parent else ()
    return (item.kind.name, *above, "" if item.kind.shape.part_of_owner else item.label)


def _made_by_okta(item: LiveObject | None) -> bool:
    return item is not None and (item.built_in or item.untouched or _made_by_okta(item.parent))
