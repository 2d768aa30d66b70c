"""A second tenant: what the definitions of a folder create in a new local tenant, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import httpx

from okta_sandbox.application import create_app
from reconciler.adopt.portability import policies_of_okta
from reconciler.definitions import Desired
from reconciler.definitions.model import Address
from reconciler.definitions.people import logins
from reconciler.engine.state import EMPTY
from reconciler.kinds import Kind, kind_named, kinds
from reconciler.kinds.mapping import with_references
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.snapshot import LiveObject, Snapshot
from reconciler.stand_in.objects import Objects
from tests.applied_objects import apply
from tests.matches import match_of
from tests.people import hire, known_id

URL = "http://127.0.0.1"
Path = tuple[str | int, ...]
"""Where a value is in JSON."""


def created_from(desired: Desired) -> tuple[Snapshot, dict[Address, str]]:
    """Create every declared object in a new tenant; returns what the tenant then holds, and the ids."""
    transport = httpx.ASGITransport(app=cast(Any, create_app(seed=2)))

    async def work() -> tuple[Snapshot, dict[Address, str]]:
        async with OktaClient(URL, ApiToken("secret"), transport=transport, reserve=-1000) as client:
            objects, ids = Objects(client), dict[Address, tuple[str, ...]]()
            people = await hire(client, *logins(desired.declarations.values()))
            empty = replace(await snapshot.read(client, owners=lambda owner, owned: False), people=people)

            def identity(kind: str, name: str) -> str:
                known = ids.get(Address(kind, name))
                return known[-1] if known else known_id(empty, kind, name) or name

            for address, one in desired.declarations.items():
                owner = ids[one.parent] if one.parent else tuple(empty.around_of(one.kind))
                spec = with_references(one.kind.fields, one.spec, identity)
                ids[address] = await apply(objects, one.kind, owner, spec)
            return await snapshot.read(client, owners=lambda owner, owned: True), {
                address: _known_as(kind_named(address.kind), found) for address, found in ids.items()
            }

    return asyncio.run(work())


def _known_as(kind: Kind, ids: tuple[str, ...]) -> str:
    """What a snapshot knows an object by."""
    return kind.shape.identified(ids[-2] if len(ids) > 1 else "", ids[-1])


def pairs(desired: Desired, live: Snapshot) -> Iterator[tuple[LiveObject, Mapping[Path, Any], Mapping[Path, Any]]]:
    """Each adopted object, with its leaf members and those of its copy in a second tenant.

    The ids of the second tenant are replaced by those of the first, where they are ids of the same object.
    """
    second, copies = created_from(desired)
    originals = match_of(desired, EMPTY, live).all_ids
    same = {copies[address]: identity for address, identity in originals.items()}
    same |= _ids_of_usual_policies(live, second) | _ids_of_system_objects(live, second)
    same |= {second.people.ids[login]: identity for login, identity in live.people.ids.items()}
    for address, identity in originals.items():
        original = live.by_id[address.kind, identity]
        copy = second.by_id[address.kind, copies[address]]
        copied = {path: _in(value, same) for path, value in leaves(copy.json)}
        if original.kind.shape.whole_set:  # its values are sorted by the ids of the tenant
            copied = dict(zip(sorted(copied), sorted(copied.values()), strict=True))
        yield original, dict(leaves(original.json)), copied


def _ids_of_usual_policies(live: Snapshot, second: Snapshot) -> dict[str, str]:
    """The ids of policies that Okta assigns to new objects, by the kind of link."""
    usual = policies_of_okta(live)
    linked = [_policy_links(each) for each in (second, live)]
    return {
        new: old for name, news in linked[0].items() for new in news for old in linked[1].get(name, ()) if old in usual
    }


def _ids_of_system_objects(live: Snapshot, second: Snapshot) -> dict[str, str]:
    """The ids of objects that exist in every tenant."""
    names = [(kind, known.name) for kind in kinds() for known in kind.system]
    found = ((second.system_id(kind, name), live.system_id(kind, name)) for kind, name in names)
    return {new: old for new, old in found if new and old}


def _policy_links(live: Snapshot) -> dict[str, set[str]]:
    """The policies to which objects that Okta made link, by the name of the link."""
    found: dict[str, set[str]] = {}
    for item in (item for items in live.objects.values() for item in items if item.built_in):
        for name, link in (item.json.get("_links") or {}).items():
            if isinstance(link, Mapping) and "/api/v1/policies/" in str(link.get("href")):
                found.setdefault(name, set()).add(str(link["href"]).rpartition("/")[2])
    return found


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values inside a value that hold no others, with their paths."""
    inside: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    if not value or not inside:
        yield path, value
        return
    for key, inner in inside:
        yield from leaves(inner, (*path, key))


def _in(value: Any, same: Mapping[str, str]) -> Any:
    """The value with the ids of the first tenant."""
    if isinstance(value, str):
        for new, old in same.items():
            value = value.replace(new, old)
    return value
