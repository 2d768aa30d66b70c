"""A settled world, in which definitions, state and tenant agree: tests start here and change one of them."""

from __future__ import annotations

import copy
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from reconciler.definitions import load
from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.drift import Comparison
from reconciler.engine.state import Applied, State
from reconciler.kinds import Detail, Kind, Spec, chain, kind_named, kinds, sharing_list
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.entries import MADE_BY_OKTA
from reconciler.kinds.fields import SubList
from reconciler.kinds.mapping import (
    Vocabulary,
    camel_case,
    canonical,
    documents_of,
    encode,
    in_order,
    joined_kinds,
    owner_of,
    owner_word,
    schema,
    whole_list_of,
    with_references,
)
from reconciler.kinds.people import USER
from reconciler.kinds.shapes import OneOfNamedOwner, member
from reconciler.matching import Match, StateMatch
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.people import People
from reconciler.okta.snapshot import (
    LiveObject,
    Snapshot,
    Unreadable,
    collection_path,
    is_detail,
    whole_list,
)
from reconciler.stand_in.objects import payload
from tests.of_kinds import all_about
from tests.people import all_people
from tests.sign_on_modes import with_fitting_mode
from tests.specimens import Specimen, bare, everything, needed, variants

ENVIRONMENT: dict[str, Any] = {
    "tenant": {"url": "https://acme.okta.com", "credentials": {"token": "env:OKTA_API_TOKEN"}}
}

_SYSTEM: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "global-session-policy": {"default": {"name": "Default Policy", "system": True, "priority": 99}},
    "password-policy": {"default": {"name": "Default Policy", "system": True, "priority": 99}},
    "authentication-policy": {"default": {"name": "Any two factors", "system": True}},
    "authorization-server": {"default": {"name": "default", "audiences": ["api://default"]}},
}


def _system(kind: Kind) -> Mapping[str, dict[str, Any]]:
    known = all_about().get(kind.name)
    return known.system if known else _SYSTEM[kind.name]


def desired_of(documents: Iterable[Specimen | Mapping[str, Any]]) -> Desired:
    """Load these documents."""
    plain = [each.document if isinstance(each, Specimen) else dict(each) for each in documents]
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "environments").mkdir()
        (folder / "environments" / "test.yaml").write_text(yaml.safe_dump(ENVIRONMENT))
        (folder / "all.yaml").write_text(yaml.safe_dump_all(plain, sort_keys=False))
        return load(folder, "test")


def document(kind: str, name: str, /, previously: Iterable[str] = (), **spec: Any) -> dict[str, Any]:
    """A document as in a YAML file."""
    known = {"previously": list(previously)} if previously else {}
    return {"kind": kind, "name": name, "owner": "tests", "purpose": "Is there.", **known, "spec": spec}


@cache
def all_declared() -> Desired:
    return desired_of(everything())


@cache
def barely_declared() -> Desired:
    return desired_of(bare())


Identity = Callable[[str, str], str]
"""The id of an object, by its kind and its name in definitions."""


def identity_of(kind: str, name: str) -> str:
    """A readable id."""
    return f"{kind}:{name.replace('/', '.')}"


def scrambled(salt: str) -> Identity:
    """Ids whose order differs from that of the names."""
    return lambda kind, name: hashlib.sha256(f"{salt}{kind}{name}".encode()).hexdigest()[:12]


def system_items(identity: Identity = identity_of) -> list[LiveObject]:
    """The system objects of every tenant."""
    return [
        LiveObject(_claiming(kind, json), json["id"], json)
        for kind in kinds()
        for known in kind.system
        for item in [_system(kind)[known.name]]
        for json in [{"id": identity(kind.name, known.name), "status": "ACTIVE", **kind.provider.fixed} | item]
    ]


def _claiming(kind: Kind, json: dict[str, Any]) -> Kind:
    """The kind of an item, among those with the same list."""
    return next(one for one in (kind, *sharing_list(kind)) if one.shape.claims(json))


def identity_in(kind: Kind, name: str, identity: Identity = identity_of) -> str:
    """The id of an object. The default item of a list has the id by which the other kind of the list knows it."""
    if isinstance(kind.shape, OneOfNamedOwner):
        return kind.shape.only_id
    if not kind.shape.sole:
        return identity(kind.name, name)
    return kind.shape.name or identity(sharing_list(kind)[0].name, "default")


@dataclass
class World:
    """Definitions, state and tenant. Change any of them, then compare."""

    desired: Desired
    applied: dict[Address, Applied] = field(default_factory=dict)
    items: dict[tuple[str, str], LiveObject] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    identity: Identity = identity_of

    @property
    def state(self) -> State:
        return State({(address.kind, address.name): one for address, one in self.applied.items()}, {}, False)

    @property
    def live(self) -> Snapshot:
        objects: dict[str, list[LiveObject]] = {kind.name: [] for kind in kinds()}
        for item in self.items.values():
            objects[item.kind.name].append(item)
        around = {kind.name: holder.id for kind in kinds() if (holder := holder_of(kind, self.identity))}
        return Snapshot(objects, tuple(self.unreadable), 0, dict(self.items), people=self.people, around=around)

    @property
    def people(self) -> People:
        """The users that definitions and specimens name."""
        ids = {login: self.identity(USER, login) for login in all_people(self.desired)}
        return People(ids, {identity: login for login, identity in ids.items()})

    @property
    def match(self) -> Match:
        return Match.of(StateMatch.of(self.desired, self.state), self.live)

    @property
    def comparison(self) -> Comparison:
        return Comparison.of(self.match)

    def item(self, address: Address) -> LiveObject:
        return self.items[address.kind, self.applied[address].id]

    def tamper(self, address: Address, change: Callable[[dict[str, Any]], object]) -> None:
        """Change an object in the tenant."""
        item = self.item(address)
        json: Any = copy.deepcopy(item.json)
        change(json)
        self.put(replace(item, json=json))

    def put(self, item: LiveObject) -> None:
        """Add an object to the tenant, or replace the one with its id."""
        self.items[item.kind.name, item.id] = item
        for key, other in self.items.items():
            if other.parent and (other.parent.kind, other.parent.id) == (item.kind, item.id):
                self.items[key] = replace(other, parent=item)

    def show(self, address: Address, **fields: Any) -> None:
        """Set these fields in the tenant; references are ids."""
        declaration = self.desired.declarations[address]
        owner = self.item(declaration.parent) if declaration.parent else None
        self.put(_live(declaration, self.identity, fields, owner))

    def delete(self, address: Address) -> None:
        """Delete an object in the tenant, with its children."""
        gone = self.item(address)
        self.items = {
            key: item
            for key, item in self.items.items()
            if item is not gone and not (item.parent and gone.ids == item.ids[: len(gone.ids)] and item.parent.ids)
        }

    def add(self, kind: str, name: str, owner: LiveObject | None = None, /, **members: Any) -> LiveObject:
        """Add an undeclared object to the tenant."""
        known = kind_named(kind)
        json = {"id": f"added-{name}", "status": "ACTIVE", **members}
        if "name" in known.fields.model_fields and known.label_field == "name" and "profile" not in members:
            json.setdefault("name", name)
        item = LiveObject(known, json["id"], json, owner, within=holder_of(known, self.identity))
        self.put(item)
        return item

    def edit(self, address: Address, **fields: Any) -> None:
        """Change a declaration, as an edit of the YAML does."""
        declaration = self.desired.declarations[address]
        changed = replace(
            declaration,
            spec={**declaration.spec, **fields},
            declared=declaration.declared | fields.keys(),
        )
        self.desired = replace(self.desired, declarations={**self.desired.declarations, address: changed})

    def undeclare(self, *addresses: Address) -> None:
        rest = {a: d for a, d in self.desired.declarations.items() if a not in addresses}
        self.desired = replace(self.desired, declarations=rest)

    def reapply(self, address: Address, **fields: Any) -> None:
        """Set these fields in the state; references are ids."""
        applied = self.applied[address]
        inputs = dict(applied.inputs)
        spec = {**applied.spec, **fields}
        for known in schema(applied.kind.fields):
            if known.name in fields and Vocabulary.INPUTS in known.places:
                inputs.pop(known.input, None)
        self.applied[address] = replace(applied, inputs=inputs | encode(applied.kind.fields, spec, Vocabulary.INPUTS))


def settled(desired: Desired, identity: Identity = identity_of) -> World:
    """A tenant as declared, with a matching state."""
    world = World(desired, identity=identity)
    for item in system_items(identity):
        world.put(item)
    for address, declaration in desired.declarations.items():
        owner = world.item(declaration.parent) if declaration.parent else None
        if owner and is_detail(owner.kind, declaration.kind):
            told = next(detail for detail in owner.kind.details if detail.path == declaration.kind.shape.path)
            owner = replace(owner, json={**owner.json, told.of: told.value})
            world.put(owner)
        item = _live(declaration, identity, {}, owner)
        world.put(item)
        world.applied[address] = _applied(declaration, identity, item, owner)
    return world


def with_ids(declaration: Declaration, identity: Identity = identity_of) -> Spec:
    """The spec as in the tenant, with ids."""
    return _sorted(declaration.kind.fields, with_references(declaration.kind.fields, declaration.spec, identity))


def _sorted(model: Any, spec: Spec) -> Spec:
    result = dict(spec)
    for known in schema(model):
        value = result.get(known.name)
        if value and known.part:
            part = known.part
            result[known.name] = (
                _sorted(part, value) if known.shape == "one" else [_sorted(part, item) for item in value]
            )
        if value and known.shape == "set":
            result[known.name] = in_order(result[known.name])
    return result


def _live(
    declaration: Declaration, identity: Identity, fields: Mapping[str, Any], owner: LiveObject | None
) -> LiveObject:
    kind, spec = declaration.kind, {**with_ids(declaration, identity), **fields}
    if kind.shape.whole_set:
        assert owner is not None
        (only,) = schema(kind.fields)
        values = spec[only.name] or ()
        return whole_list(
            kind, [{"id": f"{declaration.name}-{one}", **kind.shape.item_of(one)} for one in values], owner
        )
    if kind.shape.list_key:
        assert owner is not None
        (only,) = schema(kind.fields)
        items = payload(kind, spec).get(only.places[Vocabulary.API][0][0], [])
        return whole_list(kind, [{"id": f"{declaration.name}-{n}", **item} for n, item in enumerate(items)], owner)
    json = {
        **_identified(kind.shape.id_member, identity_in(kind, declaration.name, identity)),
        "created": "2026-01-01T00:00:00.000Z",
        "_links": {},
        **in_tenant(payload(kind, spec), ENVIRONMENT["tenant"]["url"]),
    }
    if known := all_about().get(kind.name):
        json |= known.besides
    if kind.label_field in json and joined_kinds(kind) and kind.shape.ids_below_owner and not kind.owned_by:
        json["id"] = json.pop(kind.label_field)  # Okta knows the relation by the other object
    if kind.name == "group":
        json["type"] = "OKTA_GROUP"
    if kind.shape.path == "/api/v1/apps":
        json.setdefault("name", f"acme_{declaration.name}")
        json = with_fitting_mode(kind, json)
    whole = in_tenant(encode(kind.fields, spec, Vocabulary.API), ENVIRONMENT["tenant"]["url"])
    for one in schema(kind.fields):
        if one.sub_list:
            path = one.places[Vocabulary.API][0]
            values = _taken(json, path) or member(whole, ".".join(path))
            items = [_list_item(one.sub_list, value) for value in values or ()]
            json.setdefault("_embedded", {}).setdefault(one.sub_list.path, []).extend(items)
        if one.linked:
            json["_links"] = {"accessPolicy": {"href": f"https://acme.okta.com/{one.linked}/{spec[one.name]}"}}
    for document in documents_of(kind):
        if document.shape.document_with(json["id"], is_word=False):
            continue  # the address follows from the id
        json["_links"] = {"schema": {"href": f"https://acme.okta.com{document.shape.path}/{json['id']}"}}
    owner_id = spec[kind.owned_by] if kind.owned_by else owner.id if owner else ""
    if owner_field := owner_of(kind):
        json[owner_field.places[Vocabulary.API][0][0]] = owner_id
    known_as = kind.shape.identified(owner_id, str(kind.shape.identity(json)))
    return LiveObject(kind, known_as, json, owner, within=holder_of(kind, identity))


def around(desired: Desired) -> dict[Address, tuple[str, ...]]:
    """The ids of what declared objects are within, for a program."""
    within = (address for address, one in desired.declarations.items() if one.kind.within)
    return {address: (f"id of what is around {address.kind}",) for address in within}


def holder_of(kind: Kind, identity: Identity = identity_of) -> LiveObject | None:
    """The object that every tenant has once and that all objects of the kind are below."""
    if kind.within is None:
        return None
    known_as = identity(kind.within.name, "default")
    json = {"id": known_as, "name": "Default", "system": True, **kind.within.provider.fixed}
    return LiveObject(kind.within, known_as, json)


def _identified(path: str, identity: str) -> dict[str, Any]:
    """The member (dotted path) with the id of an object."""
    first, _, rest = path.partition(".")
    return {first: _identified(rest, identity) if rest else identity}


def _taken(json: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Remove a member and return it."""
    for key in path[:-1]:
        json = json.get(key, {})
    return json.pop(path[-1], None)


def _list_item(sub_list: SubList, value: Any) -> dict[str, Any]:
    """An item of a list below an object."""
    for key in reversed(sub_list.member.split(".")):
        value = {key: value}
    return {"id": f"item-{hashlib.sha256(repr(value).encode()).hexdigest()[:12]}", **value}


def _applied(declaration: Declaration, identity: Identity, item: LiveObject, owner: LiveObject | None) -> Applied:
    kind, spec = declaration.kind, with_ids(declaration, identity)
    types = "$".join(above.resource for above in reversed(chain(kind)))
    above = owner or item.within
    owners = reversed(above.ids if above else ())
    parents = {camel_case(name): owner_id for name, owner_id in zip(kind.parent_arguments, owners, strict=True)}
    fixed = {camel_case(name): value for name, value in kind.fixed_arguments.items()}
    inputs = in_tenant(encode(kind.fields, spec, Vocabulary.INPUTS) | fixed, ENVIRONMENT["tenant"]["url"]) | parents
    return Applied(kind, declaration.name, f"urn:pulumi:test::okta::{types}::{declaration.name}", item.id, inputs)


def _details(item: LiveObject) -> Sequence[Detail]:
    """The further lists that an object has; none if it is malformed."""
    try:
        return item.details
    except MALFORMED:
        return ()


def shelves(items: Iterable[LiveObject]) -> dict[str, Any]:
    """The lists of a tenant with these objects, by path; documents with items by key, by theirs.

    An object that every tenant has once stands for itself.
    """
    lists: dict[str, Any] = defaultdict(list)
    everything_there = list(items)
    for kind in kinds():
        if kind.shape.name:
            spec = needed(kind.fields, next(iter(variants(kind.name))))
            lists[kind.shape.path] = payload(kind, canonical(kind.fields.model_validate(spec)))
        elif holder := holder_of(kind):
            lists[holder.kind.shape.path].append(holder.json)
            lists[collection_path(kind, holder)]
        elif not kind.parents and "{id}" not in kind.shape.path:
            lists[kind.shape.path]
    for item in everything_there:
        for kind in kinds():
            if item.kind.name in kind.parents and not is_detail(item.kind, kind):
                lists[collection_path(kind, item)]
    for item in everything_there:
        owner = next((one for one in everything_there if _owns(one, item)), None)
        path = _path(item.kind, owner or item.parent or item.within)
        json = dict(item.json)
        for detail in _details(item):
            embedded = dict(json.get("_embedded") or {})
            lists[f"{item.path}/{detail.path}"] += embedded.pop(detail.path, [])
            json["_embedded"] = embedded
        if item.kind.shape.name or isinstance(item.kind.shape, OneOfNamedOwner):
            lists[path] = {name: value for name, value in json.items() if name != "id"}
        elif item.kind.shape.whole_set:
            (only,) = schema(item.kind.fields)
            lists[path] += ({"id": one, **item.kind.shape.item_of(one)} for one in item.json[only.path])
        elif item.kind.shape.list_key:
            lists[path] += (*item.json[whole_list_of(item.kind).member], *item.json[MADE_BY_OKTA])
        else:
            if is_keyed(item.kind):
                lists[path] = merged(lists[path], item.kind.shape.body({**json, "id": item.ids[-1]}))
            else:
                lists[path].append(json)
    for owner in everything_there:
        for kind in documents_of(owner.kind):
            if isinstance(kind.shape, OneOfNamedOwner):
                lists[collection_path(kind, owner)] = lists.get(collection_path(kind, owner)) or {"status": "UNKNOWN"}
            elif not is_keyed(kind):
                lists[collection_path(kind, owner)]
    for kind in kinds():
        if is_keyed(kind):
            if "{id}" not in kind.shape.path:
                lists[kind.shape.path] = lists[kind.shape.path] or {}
            for owner in everything_there:
                if kind in documents_of(owner.kind):
                    path = _path(kind, owner)
                    lists[path] = lists.get(path) or {}
    return dict(lists)


def _path(kind: Kind, owner: LiveObject | None) -> str:
    """The path of a collection; empty if the owner is malformed and does not say."""
    try:
        return collection_path(kind, owner)
    except ValueError:
        return ""


def _owns(owner: LiveObject, item: LiveObject) -> bool:
    """Whether an item was read from the document about this object."""
    if item.kind not in documents_of(owner.kind) or "id" not in owner.json:
        return False
    return owner_word(item.kind, owner.kind, owner.json) == item.owner_id


def is_keyed(kind: Kind) -> bool:
    """Whether objects of the kind are items of a document."""
    return kind.shape.body({"id": "key"}) != {"id": "key"}


def merged(document: Any, other: Any) -> Any:
    """A document with the members of another one, at any depth."""
    if not (isinstance(document, dict) and isinstance(other, dict)):
        return other
    return {**document, **{name: merged(document.get(name), value) for name, value in other.items()}}


def of_kind(kind: Kind, desired: Desired) -> list[Address]:
    return [address for address in desired.declarations if address.kind == kind.name]
