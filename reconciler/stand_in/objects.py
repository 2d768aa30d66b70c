"""Creates, reads, changes and deletes single objects, as their kinds declare and as the official plugin does.

Specs contain ids where definitions contain names, and lack what a program left out. `ids` are the ids from the
outermost owner to the object itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from reconciler.errors import TenantError
from reconciler.kinds import Kind, Part, Spec, chain, kind_named, path_levels
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.entries import gathered
from reconciler.kinds.mapping import Vocabulary, decode, encode, owner_of, replacing, schema, whole_list_of
from reconciler.kinds.shapes import member
from reconciler.okta.client import OktaClient


def item_path(kind: Kind, ids: tuple[str, ...]) -> str:
    """The path of an object; an owned object is below its owners."""
    path = ""
    for level, identity in zip(reversed(path_levels(kind)), ids, strict=True):
        path = level.shape.item_path(level.shape.collection_path(path), identity)
    return path


def list_path(kind: Kind, owner_ids: tuple[str, ...]) -> str:
    """The path of a collection; an owned collection is below its owner."""
    return kind.shape.collection_path(item_path(path_levels(kind)[1], owner_ids) if owner_ids else "")


class Objects:
    """Operations on single objects of one tenant."""

    def __init__(self, client: OktaClient) -> None:
        self._client = client

    async def _path(self, kind: Kind, ids: tuple[str, ...]) -> str:
        """The path of an object."""
        if not kind.owned_by:
            return item_path(kind, ids)
        return kind.shape.item_path(await self._document(kind, ids[0]), ids[-1])

    async def _list_path(self, kind: Kind, owner_ids: tuple[str, ...]) -> str:
        """The path of the collection of an object, to which a POST creates it."""
        return await self._document(kind, owner_ids[0]) if kind.owned_by else list_path(kind, owner_ids)

    async def _document(self, kind: Kind, owner: str) -> str:
        """The path of the document about an owner, which names it."""
        field = owner_of(kind)
        assert field and field.ref
        if known := kind.shape.document_with(owner, is_word=owner in field.ref.words):
            return known
        return kind.shape.document_of(await self._client.get(item_path(kind_named(field.refers_to[0]), (owner,))))

    async def located(self, kind: Kind, ids: tuple[str, ...]) -> tuple[str, ...] | None:
        """The ids of an object, or None if it does not exist. If every tenant has it, it is found by its name, too."""
        shape, owners, wanted = kind.shape, ids[:-1], ids[-1]
        if shape.creatable or shape.name:
            return ids
        named = {kind.label_field: wanted}
        try:
            items = await self._claimed(kind, owners)
        except TenantError as error:
            if error.status == 404:
                return None
            raise
        found = (one for one in items if shape.identity(one) == wanted or kind.provider.takes_over(named, one))
        item = next(found, None)
        return (*owners, str(shape.identity(item))) if item else None

    async def _claimed(self, kind: Kind, owner_ids: tuple[str, ...]) -> list[dict[str, Any]]:
        """The objects of a kind, out of a list that other kinds may share."""
        if kind.owned_by:
            request = await self._document(kind, owner_ids[0])
        else:
            request = kind.shape.request(item_path(path_levels(kind)[1], owner_ids) if owner_ids else "")
        pages = self._client.pages(request, kind.shape.page)
        return [item async for page in pages for item in page if kind.shape.claims(item)]

    async def create(self, kind: Kind, owner_ids: tuple[str, ...], spec: Spec) -> tuple[str, ...]:
        """Create an object and return its ids."""
        if kind.shape.part_of_owner:
            await self._write_list(kind, owner_ids, spec)
            return owner_ids
        if (owner := owner_of(kind)) and not owner_ids:
            owner_ids = (str(spec.get(owner.name) or owner.default({})),)
        if (taken := await self._taken_over(kind, owner_ids, spec)) is not None:
            ids = (*owner_ids, str(kind.shape.identity(taken)))
            if kind.shape.creatable:
                await self._finish(kind, ids, spec, taken)
            else:
                await self.update(kind, ids, spec, first=True)
            return ids
        await self._look_up(kind, spec, creates=True)
        sent = await self._with_copies(kind, spec, payload(kind, spec))
        query = f"?{asked}" if (asked := kind.provider.create_query(spec)) else ""
        path = await self._list_path(kind, owner_ids)
        answer = await self._client.send("POST", path + query, self._body(_document(kind, sent)))
        ids = (*owner_ids, kind.shape.created(sent, answer))
        made = kind.shape.found_in(answer, ids[-1]) or {}
        if kind.provider.ignores_status(spec):
            spec = {name: value for name, value in spec.items() if name != "status"}
        if any(field.sub_list and not field.sub_list.created_with for field in schema(kind.fields)):
            await self._change_sub_lists(kind, item_path(kind, ids), spec)
        await self._finish(kind, ids, spec, made)
        if below := kind.provider.on_creation(spec):
            await self._change_what_okta_made(f"{item_path(kind, ids)}/{below[0]}", below[1])
        return ids

    async def _look_up(self, kind: Kind, spec: Spec, *, creates: bool) -> None:
        """Read what the provider reads before it writes an object. Raises `TenantError` if it then refuses to."""
        for one in kind.provider.looks_up:
            if creates and not one.before_create:
                continue
            if reason := one.refused(spec, await self._client.get(one.request)):
                raise TenantError(reason)

    async def _with_copies(self, kind: Kind, spec: Spec, sent: dict[str, Any]) -> dict[str, Any]:
        """The body of a POST with the members that the provider copies from objects to which fields refer."""
        for name, (reference, source) in kind.provider.copied.items():
            if name not in sent:
                field = next(one for one in schema(kind.fields) if one.name == reference)
                path = item_path(kind_named(field.refers_to[0]), (str(spec[reference]),))
                sent = sent | {name: member(await self._client.get(path), source)}
        return sent

    async def _taken_over(self, kind: Kind, owner_ids: tuple[str, ...], spec: Spec) -> dict[str, Any] | None:
        """The object that the provider takes over instead of creating one; None if there is none."""
        if kind.shape.name:
            return {"id": kind.shape.name}
        if not kind.provider.takes_over_some and kind.shape.creatable:
            return None
        items = await self._claimed(kind, owner_ids)
        found = next((item for item in items if kind.provider.takes_over(spec, kind.read_api(item))), None)
        if found is None and not kind.shape.creatable:
            raise TenantError(f"the tenant has no such {kind.name}, and none can be created")
        return found

    async def read(self, kind: Kind, ids: tuple[str, ...]) -> Spec | None:
        """The spec of an object, or None if it does not exist."""
        found: dict[str, Any] | None
        try:
            if kind.shape.part_of_owner:
                found = gathered(kind, await self._items(kind, ids))
            else:
                path = await self._path(kind, ids)
                found = kind.shape.found_in(await self._client.get(path), ids[-1])
                if found is not None:
                    found |= {"_embedded": await self._sub_lists(kind, path, found)}
        except TenantError as error:
            if error.status == 404:
                return None
            raise
        if found is None:
            return None
        if field := owner_of(kind):
            found = {**found, field.places[Vocabulary.API][0][0]: ids[0]}
        shaped = kind.read_api(found)
        return decode(kind.fields, shaped, Vocabulary.API) if kind.exists(shaped) else None

    async def update(self, kind: Kind, ids: tuple[str, ...], spec: Spec, *, first: bool = False) -> None:
        """Update an object: the PUT contains only fields that the provider knows.

        `first` is for an object that the provider has not read yet: it has no values of fields that Okta filled in.
        """
        if kind.shape.part_of_owner:
            await self._write_list(kind, ids, spec)
            return
        await self._look_up(kind, spec, creates=False)
        path = await self._path(kind, ids)
        live = kind.shape.found_in(await self._client.get(path), ids[-1]) or {}
        if kind.provider.inactive_to_update and live.get("status") == "ACTIVE":
            await self._client.send("POST", f"{path}/lifecycle/deactivate")
            live["status"] = "INACTIVE"
        changed: dict[str, Any] | None = live
        if method := kind.provider.update_method:
            body = self._body(_document(kind, replacement(kind, live, spec, filled=not first)))
            for name in kind.provider.empties:
                body[name] = dict.fromkeys(live.get(name) or {}) | (body.get(name) or {})
            changed = kind.shape.found_in(await self._client.send(method, path, body), ids[-1])
        await self._change_sub_lists(kind, path, spec, live)
        await self._finish(kind, ids, spec, changed or {})

    async def delete(self, kind: Kind, ids: tuple[str, ...], spec: Spec | None = None) -> None:
        """Delete an object. For most kinds an object that no longer exists is not an error."""
        if kind.provider.deletes_nothing:
            return
        try:
            if kind.shape.part_of_owner:
                await self._empty(kind, ids, spec or {})
                return
            path = await self._path(kind, ids)
            if kind.provider.deleted_by_emptying:
                await self._change_sub_lists(kind, path, {}, await self._client.get(path))
                return
            if kind.provider.deleted_by_deactivating:
                await self._deactivate_if_allowed(f"{path}/lifecycle/deactivate")
                return
            if (reset := kind.provider.reset) is not None:
                sent = reset(await self._client.get(path)) if callable(reset) else reset
                await self._client.send(kind.provider.update_method, path, dict(sent))
                return
            if kind.provider.inactive_to_delete:
                live = await self._client.get(path)
                if live.get("status") == "ACTIVE":
                    await self._deactivate(kind, path)
            query = kind.provider.delete_query(spec or {})
            method, body = kind.shape.removal(ids[-1])
            await self._client.send(method, f"{path}?{query}" if query else path, *([body] if body else []))
        except TenantError as error:
            if error.status != 404 or kind.provider.delete_fails_if_missing:
                raise

    async def _deactivate(self, kind: Kind, path: str) -> None:
        if kind.provider.update_method == "PATCH":
            await self._client.send("PATCH", path, {"status": "INACTIVE"})
        else:
            await self._client.send("POST", f"{path}/lifecycle/deactivate")

    async def _deactivate_if_allowed(self, path: str) -> None:
        with suppress(TenantError):
            await self._client.send("POST", path)

    async def _sub_lists(self, kind: Kind, path: str, item: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """The items of the lists below an object that are fields, by their path."""
        paths = {field.sub_list.path for field in schema(kind.fields) if field.sub_list}
        found: dict[str, list[dict[str, Any]]] = {}
        for detail in kind.details:
            if detail.path in paths and detail.asked(kind.read_api(item)):
                pages = self._client.pages(detail.below(path), detail.page)
                found[detail.path] = [item async for page in pages for item in page]
        return found

    async def _change_sub_lists(self, kind: Kind, path: str, spec: Spec, item: dict[str, Any] | None = None) -> None:
        """Add what the lists below an object lack, then remove what they should not have. A new object has none."""
        items = await self._sub_lists(kind, path, item) if item else {}
        wanted = self._body(encode(kind.fields, _sent(kind.fields, spec), Vocabulary.API))
        for field in schema(kind.fields):
            if not (sub_list := field.sub_list):
                continue
            below = f"{path}/{sub_list.path}"
            there = {member(item, sub_list.member): item for item in items.get(sub_list.path, ())}
            values = member(wanted, field.path) or []
            added = [value for value in values if value not in there]
            together = sub_list.added_by == "PATCH"
            if added and together:
                await self._client.send("PATCH", below, {"additions": added})
            for value in () if together else added:
                await self._client.send(sub_list.added_by, f"{below}/{value}")
            for value in sorted(there.keys() - set(values)):
                await self._remove(f"{below}/{there[value][sub_list.removed_by]}")

    def _body(self, value: dict[str, Any]) -> dict[str, Any]:
        """The body with the URL of this tenant in addresses."""
        body: dict[str, Any] = in_tenant(value, self._client.url)
        return body

    async def _change_what_okta_made(self, path: str, members: Mapping[str, Any]) -> None:
        for item in await self._client.get(path):
            if item.get("system") is True:
                await self._client.send("PUT", f"{path}/{item['id']}", _overlay(copy.deepcopy(item), members))

    async def _remove(self, path: str) -> None:
        try:
            await self._client.send("DELETE", path)
        except TenantError as error:
            if error.status != 404:
                raise

    async def _finish(self, kind: Kind, ids: tuple[str, ...], spec: Spec, answer: Mapping[str, Any]) -> None:
        """Set what POST and PUT do not: the status, and links to other objects."""
        switch = kind.provider.switch
        path = await self._path(kind, ids) if kind.provider.lifecycle or switch or _has_links(kind) else ""
        _require_priority(kind, spec, answer)
        wanted = spec.get("status")
        if kind.provider.lifecycle and wanted and answer.get("status", wanted) != wanted:
            verb = "activate" if wanted == "ACTIVE" else "deactivate"
            await self._client.send("POST", f"{path}/lifecycle/{verb}")
        shown = decode(kind.fields, kind.read_api(dict(answer)), Vocabulary.API)
        if switch and spec.get(switch.field) not in (None, shown.get(switch.field)):
            await self._client.send("POST", f"{path}/{switch.on if spec[switch.field] else switch.off}")
        for field in schema(kind.fields):
            if field.linked and spec.get(field.name) not in (None, shown.get(field.name)):
                await self._client.send("PUT", f"{path}/{field.linked}/{spec[field.name]}")

    async def _items(self, kind: Kind, ids: tuple[str, ...]) -> list[dict[str, Any]]:
        owner = item_path(chain(kind)[1], ids)
        pages = self._client.pages(kind.shape.request(owner), kind.shape.page)
        return [item async for page in pages for item in page if not kind.shape.built_in(item)]

    async def _write_set(self, kind: Kind, ids: tuple[str, ...], spec: Spec) -> None:
        """Write a whole set: add missing values, then remove those that are not in the spec."""
        (only,) = schema(kind.fields)
        path, shape = list_path(kind, ids), kind.shape
        live = {shape.value_of(item): item for item in await self._items(kind, ids)}
        wanted = spec.get(only.name) or []
        missing, gone = [one for one in wanted if one not in live], sorted(live.keys() - set(wanted))
        if shape.assignment("", ""):
            await self._assign(kind, missing, ids[-1])
            await self._assign(kind, gone, await self._default_owner(kind, ids) if gone else "")
            return
        for method, below, body in shape.additions(missing):
            sent = [self._body(_with_fixed(kind, body))] if body else []
            await self._client.send(method, f"{path}{below}", *sent)
        for one in gone:
            await self._remove(f"{path}/{live[one]['id']}")

    async def _assign(self, kind: Kind, values: Iterable[str], owner: str) -> None:
        for value in values:
            await self._client.send("PUT", kind.shape.assignment(value, owner))

    async def _default_owner(self, kind: Kind, ids: tuple[str, ...]) -> str:
        """The id of the owner that every tenant has."""
        owner = chain(kind)[1]
        (known,) = owner.system
        found = next(item for item in await self._claimed(owner, ids[:-1]) if known.matches(item))
        return str(owner.shape.identity(found))

    async def _empty(self, kind: Kind, ids: tuple[str, ...], spec: Spec) -> None:
        """Remove the items of a whole list or set: all of them, or those in the spec."""
        (only,) = schema(kind.fields)
        if not kind.provider.deletes_declared_only:
            await self._write_list(kind, ids, {only.name: []})
            return
        for value in spec.get(only.name) or ():
            await self._remove(f"{list_path(kind, ids)}/{kind.shape.item_of(value)['id']}")

    async def _write_list(self, kind: Kind, ids: tuple[str, ...], spec: Spec) -> None:
        """Write a whole list: remove items that are not in the spec, then write every item in order."""
        if kind.shape.whole_set:
            await self._write_set(kind, ids, spec)
            return
        whole = whole_list_of(kind)
        path = list_path(kind, ids)
        live = {item[whole.key]: item for item in await self._items(kind, ids)}
        wanted = encode(kind.fields, _sent(kind.fields, spec), Vocabulary.API).get(whole.member, [])
        for gone in sorted(live.keys() - {item[whole.key] for item in wanted}):
            await self._remove(f"{path}/{live[gone]['id']}")
        for item in wanted:
            found = live.get(item[whole.key])
            if whole.by_reference:
                answer = await self._client.send("PUT", f"{path}/{item[whole.key]}", item)
            elif found:
                answer = await self._client.send("PUT", f"{path}/{found['id']}", _with_fixed(kind, item))
            else:
                answer = await self._client.send("POST", path, _with_fixed(kind, item))
            status = item.get("status")
            if status and answer.get("status", status) != status:
                verb = "activate" if status == "ACTIVE" else "deactivate"
                await self._client.send("POST", f"{path}/{answer['id']}/lifecycle/{verb}")


def _require_priority(kind: Kind, spec: Spec, answer: Mapping[str, Any]) -> None:
    asked, given = spec.get("priority"), answer.get("priority")
    if kind.provider.priority_must_match and asked and given not in (None, asked):
        raise TenantError(f"priority: {asked}: the tenant gave it priority {given}, and the provider takes no other")


def _document(kind: Kind, item: dict[str, Any]) -> dict[str, Any]:
    """The body of a request that writes an object, without its owner, which is in the path."""
    owner = owner_of(kind)
    member = owner.places[Vocabulary.API][0][0] if owner else ""
    return kind.shape.body({name: value for name, value in item.items() if name != member})


def _has_links(kind: Kind) -> bool:
    return any(field.linked for field in schema(kind.fields))


def payload(kind: Kind, spec: Spec) -> dict[str, Any]:
    """The body of a POST, for `in_tenant`."""
    later = {field.name for field in schema(kind.fields) if field.sub_list and not field.sub_list.created_with}
    spec = {name: value for name, value in spec.items() if name not in later}
    return kind.write_api(_with_fixed(kind, encode(kind.fields, _sent(kind.fields, spec), Vocabulary.API)))


def replacement(kind: Kind, live: Mapping[str, Any], spec: Spec, *, filled: bool = True) -> dict[str, Any]:
    """The body of a PUT: the spec without lists of their own, plus the live values of fields that Okta `filled` in."""
    fixed = replacing(kind.fields) if kind.provider.update_method == "PATCH" else ()
    own = {one.name: spec.get(one.name) for one in schema(kind.fields) if not one.sub_list and one.name not in fixed}
    body = encode(kind.fields, _sent(kind.fields, own), Vocabulary.API)
    unset = [field.path for field in schema(kind.fields) if field.server_filled and spec.get(field.name) is None]
    shaped = kind.read_api(dict(live))
    base: dict[str, Any] = {}
    for path in (*kind.provider.keeps, *(unset if filled else ())):
        _copy(shaped, base, path.split("."))
    return kind.write_api(_with_fixed(kind, _overlay(base, body)))


def _sent(model: type[Part], spec: Spec) -> Spec:
    """The spec without empty text, which the provider treats as an omitted argument."""
    sent: Spec = {}
    for field in schema(model):
        value = spec.get(field.name)
        if value is None or (value == "" and not field.sent_empty):
            continue
        if field.part:
            part = field.part
            value = _sent(part, value) if field.shape == "one" else [_sent(part, item) for item in value]
        sent[field.name] = value
    return sent


def _with_fixed(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(dict(body))
    for path, value in kind.provider.fixed.items():
        inner = result
        *above, last = path.split(".")
        for key in above:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return result


def _overlay(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in over.items():
        inside = base.get(key)
        both = isinstance(value, Mapping) and isinstance(inside, dict)
        base[key] = _overlay(inside, value) if both and isinstance(inside, dict) else value
    return base


def _copy(source: Mapping[str, Any], target: dict[str, Any], path: list[str]) -> None:
    """Copy the value at a path, if there is one."""
    value: Any = source
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is not None:
        for key in path[:-1]:
            target = target.setdefault(key, {})
        target[path[-1]] = copy.deepcopy(value)
