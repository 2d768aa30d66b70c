from __future__ import annotations

import copy
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from reconciler.errors import TenantError
from reconciler.kinds import Kind, kind_named, kinds, path_levels
from reconciler.kinds.mapping import Vocabulary, decode, replacing, schema
from reconciler.kinds.secret_fields import without_secrets
from reconciler.kinds.shapes import Listed, OneOfNamedOwner, WholeSet
from reconciler.stand_in.objects import Objects, item_path, list_path, payload, replacement
from tests.of_kinds import all_about
from tests.okta.tenants import Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import all_declared, barely_declared, is_keyed, settled, with_ids

ORIGINS = "/api/v1/trustedOrigins"
RULES = "/api/v1/groups/rules"
APPS = "/api/v1/apps"
SINGLE = [kind for kind in kinds() if not kind.shape.part_of_owner]
ADDED_TOGETHER = {
    kind.shape.path: kind.shape.added_as for kind in kinds() if isinstance(kind.shape, WholeSet) and kind.shape.added_as
}
"""The lists to which one POST adds several objects that exist already, with the member that has their ids."""


@dataclass
class Okta(Shelf):
    """Takes changes as Okta does: a PUT and a POST leave the status and the policy of an app alone."""

    born: str = "ACTIVE"
    made: int = 0
    standing: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Lists by path that nothing changes."""

    def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
        body = self.bodies[-1]
        if path in self.standing:
            return httpx.Response(200, json=self.standing[path])
        if method != "GET" and isinstance(self.lists.get(path), dict):
            self.lists[path].update(body)
            return httpx.Response(200, json=self.lists[path])
        if method == "POST" and path in self.lists and (member := ADDED_TOGETHER.get(path.rpartition("/")[2])):
            self.lists[path] += ({"id": one} for one in body[member])
            return httpx.Response(200, json=self.lists[path])
        if method == "POST" and path in self.lists:
            self.made += 1
            item = {**body, "id": f"new{self.made}", "kid": f"new{self.made}", "status": self.born}
            self.lists[path].append(item)
            return httpx.Response(200, json=item)
        if method == "GET":
            return super().answer(method, path, request)
        collection, _, identity = path.partition("/lifecycle/")[0].rpartition("/")
        items = self.lists.get(collection, [])
        found = self.found(collection, identity)
        if "/lifecycle/" in path and found:
            found["status"] = "ACTIVE" if path.endswith("/activate") else "INACTIVE"
            return httpx.Response(200, json=found)
        if "/apps/" in path and "/policies/" in path:
            return httpx.Response(204)
        if found is None and not (
            method == "PUT" and collection.endswith(("/groups", "/users")) and collection in self.lists
        ):
            return httpx.Response(404, json={"errorCode": "E0000007"})
        if method == "DELETE":
            self.lists[collection] = [item for item in items if item is not found]
            return httpx.Response(204)
        if found is None:
            found = {"id": identity}
            items.append(found)
        status = found.get("status")
        found.clear()
        found.update(body or {}, id=identity, **({"status": status} if status else {}))
        return httpx.Response(200, json=found)

    @property
    def changes(self) -> list[str]:
        return [line for line in self.asked if not line.startswith("GET ")]

    def body_of(self, line: str) -> Any:
        return self.bodies[self.asked.index(line)]


def do(tenant: Okta, work: Callable[[Objects], Coroutine[Any, Any, Any]]) -> Any:
    async def with_objects() -> Any:
        async with client_of(tenant) as client:
            return await work(Objects(client))

    return run(with_objects())


def origin(**members: Any) -> dict[str, Any]:
    return {"id": "o1", "name": "O", "origin": "https://o.example.com", "scopes": [{"type": "CORS"}], **members}


ORIGIN = {"name": "O", "origin": "https://o.example.com", "scopes": ["CORS"], "status": "ACTIVE"}


# Bodies


def specs(kind: Kind) -> list[dict[str, Any]]:
    return [with_ids(d) for d in all_declared().declarations.values() if d.kind is kind] + [
        with_ids(d) for d in barely_declared().declarations.values() if d.kind is kind
    ]


def shown(kind: Kind, spec: dict[str, Any]) -> dict[str, Any]:
    """A spec as the tenant shows it: without secrets, linked objects, values that Okta chooses and lists below it."""
    hidden = {
        field.name
        for field in schema(kind.fields)
        if field.secret or field.unread or field.linked or field.owns or field.may_be_left_to_okta or field.sub_list
    }
    fields = {field.name: field for field in schema(kind.fields)}
    return {name: without_secrets(fields[name], value) for name, value in spec.items() if name not in hidden}


@pytest.mark.parametrize("kind", SINGLE, ids=lambda kind: kind.name)
def test_post_body_equals_spec_with_fixed_fields(kind: Kind):
    for spec in specs(kind):
        body = payload(kind, spec)
        assert shown(kind, decode(kind.fields, kind.read_api(copy.deepcopy(body)), Vocabulary.API)) == shown(kind, spec)
        for path, value in kind.provider.fixed.items():
            inner: Any = body
            for key in path.split("."):
                inner = inner[key]
            assert inner == value


@pytest.mark.parametrize("kind", SINGLE, ids=lambda kind: kind.name)
def test_put_body_does_not_depend_on_live_object(kind: Kind):
    """No field that the kind knows keeps its live value, apart from those whose change replaces the object."""
    not_sent = replacing(kind.fields) if kind.provider.update_method == "PATCH" else ()
    for before in specs(kind):
        for after in specs(kind):
            live = payload(kind, before | {name: after.get(name) for name in replacing(kind.fields)})
            body = replacement(kind, live, after)
            sent, wanted = (
                {name: value for name, value in shown(kind, spec).items() if name not in not_sent}
                for spec in (decode(kind.fields, kind.read_api(body), Vocabulary.API), after)
            )
            assert sent == wanted


@pytest.mark.parametrize("kind", SINGLE, ids=lambda kind: kind.name)
def test_put_omits_fields_unknown_to_provider(kind: Kind):
    for spec in specs(kind):
        live = payload(kind, spec)
        live |= {"unknown": 1, "_links": {}, "_embedded": {}, "created": "x", "createdBy": "00u1"}
        untouched = copy.deepcopy(live)
        body = replacement(kind, live, spec)
        assert live == untouched
        assert not body.keys() & {"unknown", "_links", "_embedded", "created", "createdBy"}


def test_put_keeps_live_fields_of_provider():
    live = {"type": "OKTA_GROUP", "profile": {"name": "A", "description": "old", "custom": 1}}
    body = replacement(kind_named("group"), live, {"name": "B", "description": ""})
    assert body["profile"] == {"name": "B", "description": "", "custom": 1}


def test_put_keeps_server_filled_fields_unless_declared():
    kind = kind_named("oidc-app")
    client = {"application_type": "native", "grant_types": ["authorization_code", "password"]}
    live = {"settings": {"oauthClient": client}, "credentials": {"oauthClient": {"client_id": "0oa1"}}}
    spec = {"label": "A", "type": "native"}
    body = replacement(kind, live, spec)
    assert body["settings"]["oauthClient"]["grant_types"] == ["authorization_code", "password"]
    assert body["credentials"]["oauthClient"]["client_id"] == "0oa1"
    said = replacement(kind, live, spec | {"grant_types": ["authorization_code"]})
    assert said["settings"]["oauthClient"]["grant_types"] == ["authorization_code"]


# Addresses


@pytest.mark.parametrize("kind", [kind for kind in kinds() if not is_keyed(kind)], ids=lambda kind: kind.name)
def test_paths_are_below_owners(kind: Kind):
    levels = path_levels(kind)
    ids = tuple("abc"[: len(levels)])
    below = "" if kind.shape.name or isinstance(kind.shape, OneOfNamedOwner) else f"/{ids[-1]}"
    assert item_path(kind, ids) == f"{list_path(kind, ids[:-1])}{below}"
    assert "/api/v1/" in levels[-1].shape.path
    if isinstance(kind.shape, Listed) and kind.shape.below:
        assert list_path(kind, ids[:-1]) == f"{kind.shape.below}/{ids[-2]}/{kind.shape.path}"
        return
    assert item_path(kind, ids).startswith(levels[-1].shape.path)
    if kind.parents:
        assert list_path(kind, ids[:-1]) == f"{item_path(kind_named(kind.parents[0]), ids[:-1])}/{kind.shape.path}"


def test_too_few_ids_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        item_path(kind_named("access-policy-rule"), ("a", "b"))


# Single objects


@pytest.mark.parametrize(
    ("born", "wanted", "calls"),
    [
        ("ACTIVE", "ACTIVE", []),
        ("ACTIVE", "INACTIVE", ["POST /api/v1/trustedOrigins/new1/lifecycle/deactivate"]),
        ("INACTIVE", "ACTIVE", ["POST /api/v1/trustedOrigins/new1/lifecycle/activate"]),
        ("INACTIVE", "INACTIVE", []),
    ],
)
def test_create_sets_status(born: str, wanted: str, calls: list[str]):
    tenant = Okta({ORIGINS: []}, born=born)
    ids = do(tenant, lambda it: it.create(kind_named("trusted-origin"), (), {**ORIGIN, "status": wanted}))
    assert ids == ("new1",)
    assert tenant.asked == [f"POST {ORIGINS}", *calls]
    assert tenant.lists[ORIGINS][0]["status"] == wanted


def test_owned_object_is_created_below_owners():
    path = "/api/v1/authorizationServers/a/policies/p/rules"
    tenant = Okta({path: []})
    spec = {"name": "R", "grant_types": ["password"], "groups": ["g"], "scopes": ["*"], "status": "ACTIVE"}
    assert do(tenant, lambda it: it.create(kind_named("access-policy-rule"), ("a", "p"), spec)) == ("a", "p", "new1")
    assert tenant.asked == [f"POST {path}"]
    assert tenant.bodies[0]["type"] == "RESOURCE_ACCESS"


@pytest.mark.parametrize(
    ("policy", "calls"), [("rst1", ["PUT /api/v1/apps/new1/policies/rst1"]), ("default", []), (None, [])]
)
def test_the_policy_of_an_app_is_linked(policy: str | None, calls: list[str]):
    spec = {"label": "A", "url": "https://a.example.com", "status": "ACTIVE", "authentication_policy": policy}
    tenant = Okta({APPS: []})
    do(tenant, lambda it: it.create(kind_named("bookmark-app"), (), spec))
    assert tenant.asked == [f"POST {APPS}?activate=true", *calls]
    assert "_links" not in tenant.bodies[0]


def test_a_policy_that_is_linked_already_is_not_linked_again():
    links = {"accessPolicy": {"href": "https://x/api/v1/policies/rst1"}}

    class Linked(Okta):
        def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
            answer = super().answer(method, path, request)
            return httpx.Response(200, json={**answer.json(), "_links": links}) if answer.content else answer

    for policy, links_made in (("rst1", 0), ("rst2", 1)):
        tenant = Linked({APPS: [{"id": "a", "label": "A", "status": "ACTIVE", "signOnMode": "BOOKMARK"}]})
        spec = {"label": "A", "url": "https://a.example.com", "authentication_policy": policy}
        do(tenant, lambda it, spec=spec: it.update(kind_named("bookmark-app"), ("a",), spec))  # type: ignore[misc]
        assert len([line for line in tenant.changes if "/policies/" in line]) == links_made


def test_an_update_sets_the_status():
    tenant = Okta({ORIGINS: [origin(status="ACTIVE")]})
    changed = {**ORIGIN, "name": "New", "status": "INACTIVE"}
    do(tenant, lambda it: it.update(kind_named("trusted-origin"), ("o1",), changed))
    assert tenant.asked == [
        f"GET {ORIGINS}/o1",
        f"PUT {ORIGINS}/o1",
        f"POST {ORIGINS}/o1/lifecycle/deactivate",
    ]
    (item,) = tenant.lists[ORIGINS]
    assert (item["name"], item["status"]) == ("New", "INACTIVE")


@pytest.mark.parametrize("kind", [kind for kind in SINGLE if kind.provider.inactive_to_update], ids=lambda k: k.name)
@pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE"])
@pytest.mark.parametrize("wanted", ["ACTIVE", "INACTIVE"])
def test_update_deactivates_first_where_required(kind: Kind, status: str, wanted: str):
    path = kind.shape.path
    live = {"id": "1", **payload(kind, specs(kind)[0]), "status": status}
    tenant = Okta({path: [live]})
    do(tenant, lambda it: it.update(kind, ("1",), {**specs(kind)[0], "status": wanted}))
    before = [f"POST {path}/1/lifecycle/deactivate"] if status == "ACTIVE" else []
    after = [f"POST {path}/1/lifecycle/activate"] if wanted == "ACTIVE" else []
    assert tenant.changes == [*before, f"PUT {path}/1", *after]
    assert tenant.lists[path][0]["status"] == wanted


@pytest.mark.parametrize("word", ["global-session-policy", "password-policy"])
def test_other_priority_than_requested_is_an_error(word: str):
    class Numbering(Okta):
        def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
            answer = super().answer(method, path, request)
            return httpx.Response(200, json={**answer.json(), "priority": 1}) if method == "POST" else answer

    kind = kind_named(word)
    path = kind.shape.path
    spec = {**specs(kind)[0], "status": "INACTIVE"}
    tenant = Numbering({path: []})
    do(tenant, lambda it: it.create(kind, (), {**spec, "priority": 1}))
    assert tenant.changes == [f"POST {path}", f"POST {path}/new1/lifecycle/deactivate"]
    with pytest.raises(TenantError, match=r"priority: 3: the tenant gave it priority 1"):
        do(tenant, lambda it: it.create(kind, (), {**spec, "priority": 3}))
    assert tenant.changes[2:] == [f"POST {path}"]


@pytest.mark.parametrize(
    "kind",
    [kind for kind in SINGLE if kind.shape.deletable and not (kind.parents or kind.within or is_keyed(kind))],
    ids=lambda kind: kind.name,
)
@pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE"])
def test_delete_deactivates_where_required(kind: Kind, status: str):
    path = kind.shape.path
    (item, *_) = (one.json for one in settled(all_declared()).items.values() if one.kind is kind and not one.built_in)
    identity = kind.shape.identity(item)
    tenant = Okta({path: [{**item, "status": status}]})
    do(tenant, lambda it: it.delete(kind, (identity,)))
    must = kind.provider.inactive_to_delete and status == "ACTIVE"
    assert tenant.changes == [f"POST {path}/{identity}/lifecycle/deactivate"] * must + [f"DELETE {path}/{identity}"]
    assert tenant.lists[path] == []


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_missing_object_is_deleted_and_reads_as_none(kind: Kind):
    ids = tuple("abc"[: len(path_levels(kind)) - kind.shape.part_of_owner])
    if not kind.provider.delete_fails_if_missing:
        do(Okta({}), lambda it: it.delete(kind, ids))
    assert do(Okta({}), lambda it: it.read(kind, ids)) is None


def test_a_rule_of_a_password_policy_that_is_gone_cannot_be_deleted():
    with pytest.raises(TenantError):
        do(Okta({}), lambda it: it.delete(kind_named("password-policy-rule"), ("a", "b")))


@pytest.mark.parametrize("status", [400, 403])
def test_other_errors_are_raised(status: int):
    kind = kind_named("trusted-origin")
    tenant = Okta({}, failing={f"{ORIGINS}/o1": status})
    for work in (lambda it: it.delete(kind, ("o1",)), lambda it: it.read(kind, ("o1",))):
        with pytest.raises(TenantError):
            do(tenant, work)


def test_an_object_that_is_gone_cannot_be_updated():
    with pytest.raises(TenantError) as caught:
        do(Okta({ORIGINS: []}), lambda it: it.update(kind_named("trusted-origin"), ("o1",), ORIGIN))
    assert caught.value.status == 404


# Whole lists


ASSIGNED = f"{APPS}/a/groups"
POLICY = "/api/v1/policies/p/rules"


def assigned(*groups: str) -> Okta:
    return Okta({ASSIGNED: [{"id": g, "priority": n, "profile": {}, "more": g} for n, g in enumerate(groups, start=1)]})


def assignments(*groups: str) -> dict[str, Any]:
    return {"groups": [{"group": group, "profile": {}} for group in groups]}


def write(tenant: Okta, spec: dict[str, Any], kind: str = "app-group-assignments", owner: str = "a") -> list[str]:
    do(tenant, lambda it: it.update(kind_named(kind), (owner,), spec))
    return tenant.changes


@pytest.mark.parametrize(
    ("live", "wanted", "changes"),
    [
        ("xyz", "xyz", ["PUT x", "PUT y", "PUT z"]),
        ("", "", []),
        ("xyz", "xy", ["DELETE z", "PUT x", "PUT y"]),
        ("xy", "xyz", ["PUT x", "PUT y", "PUT z"]),
        ("zyx", "", ["DELETE x", "DELETE y", "DELETE z"]),
        ("xyz", "zyx", ["PUT z", "PUT y", "PUT x"]),
        ("xyz", "zy", ["DELETE x", "PUT z", "PUT y"]),
        ("xy", "zxy", ["PUT z", "PUT x", "PUT y"]),
    ],
)
def test_list_removes_first_then_writes_in_order(live: str, wanted: str, changes: list[str]):
    tenant = assigned(*live)
    assert write(tenant, assignments(*wanted)) == [line.replace(" ", f" {ASSIGNED}/") for line in changes]
    ranked = sorted(tenant.lists[ASSIGNED], key=lambda item: item["priority"])
    assert "".join(item["id"] for item in ranked) == wanted


def test_item_removed_meanwhile_does_not_stop_the_list():
    tenant = assigned("x", "y", "z")
    tenant.failing = {f"{ASSIGNED}/x": 404}
    do(tenant, lambda it: it.delete(kind_named("app-group-assignments"), ("a",)))
    assert [item["id"] for item in tenant.lists[ASSIGNED]] == ["x"], "which is what stands for somebody else here"
    assert len(tenant.changes) == 3


def test_a_list_is_created_where_it_is():
    tenant = assigned()
    kind = kind_named("app-group-assignments")
    assert do(tenant, lambda it: it.create(kind, ("a",), assignments("x"))) == ("a",)
    assert do(tenant, lambda it: it.read(kind, ("a",))) == assignments("x")


def rule(name: str, number: int, **more: Any) -> dict[str, Any]:
    (only,) = schema(kind_named("authentication-policy-rules").fields)
    assert only.part
    spec = {field.name: field.default({}) for field in schema(only.part)} | {"name": name}
    body = payload(kind_named("authentication-policy-rules"), {"rules": [spec]})["rules"][0]
    return {**body, "id": f"id-{name}", "priority": number, **more}


def rules(*names: str, **more: Any) -> dict[str, Any]:
    (only,) = schema(kind_named("authentication-policy-rules").fields)
    assert only.part
    defaults = {field.name: field.default({}) for field in schema(only.part)}
    return {"rules": [defaults | {"name": name} | more for name in names]}


def test_rules_are_made_with_their_type_and_what_okta_made_stays():
    catch_all = rule("Catch-all Rule", 99, system=True)
    tenant = Okta({POLICY: [rule("A", 1), catch_all]})
    assert write(tenant, rules("A", "B"), "authentication-policy-rules", "p") == [
        f"PUT {POLICY}/id-A",
        f"POST {POLICY}",
    ]
    assert tenant.body_of(f"POST {POLICY}")["type"] == "ACCESS_POLICY"
    assert catch_all in tenant.lists[POLICY]


def test_a_rule_gets_its_status():
    tenant = Okta({POLICY: [rule("A", 1, status="ACTIVE")]})
    assert write(tenant, rules("A", "B", status="INACTIVE"), "authentication-policy-rules", "p") == [
        f"PUT {POLICY}/id-A",
        f"POST {POLICY}/id-A/lifecycle/deactivate",
        f"POST {POLICY}",
        f"POST {POLICY}/new1/lifecycle/deactivate",
    ]


@pytest.mark.parametrize("kind", [kind for kind in SINGLE if kind.shape.name], ids=lambda kind: kind.name)
def test_what_every_tenant_has_is_updated_instead_of_created(kind: Kind):
    path, spec = list_path(kind, tuple("ab"[: len(path_levels(kind)) - 1])), specs(kind)[0]
    known = {"id": "known", "status": "ACTIVE", "name": spec.get("name")}
    besides = all_about()[kind.name].besides if kind.name in all_about() else {}
    item = {**known, **kind.provider.fixed, **besides}
    looked_up: dict[str, Any] = {one.request.partition("?")[0]: [] for one in kind.provider.looks_up}
    tenant = Okta({**looked_up, path: {} if kind.shape.name else [item]})
    made = do(tenant, lambda it: it.create(kind, tuple("ab"[: len(path_levels(kind)) - 1]), spec))
    assert made[-1] == (kind.shape.name or "known")
    below = "" if kind.shape.name else "/known"
    assert tenant.changes[0] == f"{kind.provider.update_method} {path}{below}"


def test_a_setting_can_be_reset_instead_of_deleted():
    tenant = Okta({"/api/v1/threats/configuration": {"action": "block"}})
    kind = kind_named("threat-insight")
    do(tenant, lambda it: it.delete(kind, (kind.shape.name,)))
    assert tenant.changes == ["POST /api/v1/threats/configuration"]
    assert tenant.bodies[-1] == {"action": "none"}
