from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import TenantError, Unauthorised
from reconciler.kinds import Kind, kind_named, kinds, owned_kinds, sharing_list
from reconciler.kinds.mapping import documents_of, names_people, references_in
from reconciler.kinds.shapes import always
from reconciler.okta.pipeline import ClassicEngine
from reconciler.okta.snapshot import LiveObject, Snapshot, collection_path, fewest_requests, is_detail, read, that_can
from tests.okta.tenants import Shelf, client_of, wrapper_of
from tests.okta.virtual_time import run
from tests.settled import World, all_declared, holder_of, is_keyed, settled, shelves
from tests.sign_on_modes import mode_of_no_kind

OWNED = [kind for kind in kinds() if kind.parents and kind.shape.path not in ("groups", "policies", "roles", "rules")]
OF_USERS = 1
"""One search finds all the users whom the specimens name."""
GROUPS, APPS, SERVERS = "/api/v1/groups", "/api/v1/apps", "/api/v1/authorizationServers"


@pytest.fixture(scope="module")
def world() -> World:
    return settled(all_declared())


def shelf(world: World, **options: Any) -> Shelf:
    return Shelf(shelves(world.items.values()), **options)


def look(tenant: Shelf, wanted: list[str] | None = None, owners: Any = None, **options: Any) -> Snapshot:
    async def work() -> Snapshot:
        async with client_of(tenant) as client:
            await client.get("/api/v1/groups/00g1") if options.pop("before", False) else None
            return await read(client, wanted, **({"owners": owners} if owners else {}), **options)

    return run(work())


def nobody(owner: LiveObject, owned: Kind) -> bool:
    return False


def group(identity: str, name: str = "") -> dict[str, Any]:
    return {"id": identity, "type": "OKTA_GROUP", "profile": {"name": name or identity}}


def app(identity: str, mode: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "signOnMode": mode, "label": identity, "name": "x", "status": "ACTIVE", **more}


# All kinds


@pytest.mark.parametrize("page", [1, 3, 200])
def test_everything_is_found_whatever_the_page_size(page: int, world: World):
    live = look(shelf(world, page=page))
    whole = {item.kind.name: item.kind for item in world.items.values() if item.kind.shape.part_of_owner}
    expected = {key for key, item in world.items.items() if item.kind.name not in whole and _is_read(item)}
    assert {key for key in live.by_id if key[0] not in whole} == expected
    for key, item in world.items.items():
        if not _is_read(item):
            assert key not in live.by_id
            continue
        if not any(detail.of_managed for detail in item.details):
            assert live.by_id[key].spec == item.spec, key
        assert live.by_id[key].ids == item.ids
    assert not live.unreadable
    assert not live.outside


def _is_read(item: LiveObject) -> bool:
    """Whether the owner can have the object, as far as Okta tells."""
    return item.parent is None or that_can(item.parent, item.kind)


def _details(item: LiveObject) -> list[str]:
    """The paths of the details that are read of an object that nobody manages."""
    return [f"{item.path}/{detail.path}" for detail in item.details if not detail.of_managed]


def _lists_below(item: LiveObject) -> set[tuple[str, str]]:
    """The lists of an object that are read for it alone."""
    below = (owned for owned in owned_kinds(item.kind) if not is_detail(item.kind, owned))
    return {owned.shape.source for owned in below if that_can(item, owned)}


def test_one_request_for_each_list_and_one_for_each_owner(world: World):
    tenant = shelf(world)
    live = look(tenant)
    shared = {(kind.within or kind).shape.source for kind in kinds() if not (kind.parents or kind.owned_by)}
    owners = sum(kind.within is not None for kind in kinds())
    owners += sum(len(_lists_below(item)) for item in live.by_id.values())
    owners += sum(
        len(
            {
                kind.shape.source
                for kind in documents_of(item.kind)
                if kind.shape.read_if_declared or that_can(item, kind)
            }
        )
        for item in live.by_id.values()
    )
    assert (
        live.requests
        == len(tenant.asked)
        == len(shared) + owners + sum(len(_details(item)) for item in live.by_id.values()) + OF_USERS
    )
    assert len(set(tenant.asked)) == len(tenant.asked)
    assert all(line.startswith("GET ") for line in tenant.asked)


def test_the_minimum_number_of_requests_is_announced(world: World):
    managed = [declaration.kind for declaration in world.desired.declarations.values()]
    announced = fewest_requests(managed)
    tenant = shelf(world)
    look(tenant)
    of_okta = sum(len(_lists_below(item)) for item in world.items.values() if item.built_in)
    of_some = sum(
        owned.of_owners is not always and that_can(item, owned)
        for item in world.items.values()
        if not item.built_in
        for owned in owned_kinds(item.kind)
    )
    if_declared = sum(
        len({kind.shape.source for kind in documents_of(item.kind) if kind.shape.read_if_declared})
        for item in world.items.values()
    )
    details = sum(len(_details(item)) for item in world.items.values())
    assert announced == len(tenant.asked) - of_okta - of_some - if_declared - details - OF_USERS


def test_two_reads_are_equal(world: World):
    tenant = shelf(world, page=2)
    assert look(tenant) == look(tenant)


def test_objects_are_sorted_by_name(world: World):
    for found in look(shelf(world)).objects.values():
        assert [(item.label, item.id) for item in found] == sorted((item.label, item.id) for item in found)


def test_requests_of_others_are_not_counted():
    tenant = Shelf({GROUPS: [group("00g1")]})
    assert look(tenant, ["group"], before=True).requests == 1


# Some kinds


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if not (kind.parents or kind.owned_by)], ids=lambda kind: kind.name
)
def test_only_the_list_of_the_wanted_kind_is_read(kind: Kind, world: World):
    tenant = shelf(world)
    live = look(tenant, [kind.name], nobody)
    first = kind.within or kind
    query = f"?{first.shape.query}" if first.shape.query else ""
    details = sorted(f"GET {path}" for item in live.by_id.values() for path in _details(item))
    within = [f"GET {collection_path(kind, holder_of(kind))}"] if kind.within else []
    lists = [asked for asked in tenant.asked if not asked.startswith("GET /api/v1/users?search=")]
    assert [lists[0], *sorted(lists[1:])] == [f"GET {first.shape.path}{query}", *within, *details]
    assert len(tenant.asked) - len(lists) == names_people(kind.fields)
    assert live.objects.keys() == {kind.name, *(one.name for one in sharing_list(kind) if one.shape.sole)}


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.parents], ids=lambda kind: kind.name)
def test_owners_of_a_wanted_kind_are_read_too(kind: Kind, world: World):
    live = look(shelf(world), [kind.name])
    assert kind.name in live.objects
    assert set(kind.parents) <= live.objects.keys()
    assert all(item.parent and live.by_id[item.parent.kind.name, item.parent.id] for item in live.objects[kind.name])


def test_without_wanted_kinds_nothing_is_read():
    tenant = Shelf({})
    assert look(tenant, []) == Snapshot({})
    assert tenant.asked == []


def test_owned_objects_are_read_only_for_chosen_owners(world: World):
    tenant = shelf(world)
    server = next(item for item in world.live.objects["authorization-server"] if not item.built_in)
    look(tenant, owners=lambda owner, owned: owner.id == server.id and owned.name.endswith("-scope"))
    details = {path for item in world.items.values() for path in _details(item)}
    paths = [line.partition(" ")[2] for line in tenant.asked]
    lists = {kind.shape.request() for kind in kinds() if not (kind.parents or kind.owned_by)}
    asked = [f"GET {path}" for path in paths if path not in details | lists and "?search=" not in path]
    assert [line for line in asked if any(f"/{each.shape.path}" in line for each in OWNED)] == [
        f"GET {SERVERS}/{server.id}/scopes?limit=200"
    ]


def test_owned_objects_have_their_parent(world: World):
    rules = look(shelf(world)).objects["access-policy-rule"]
    assert rules
    for rule in rules:
        assert rule.parent and rule.parent.parent
        assert rule.ids == (rule.parent.parent.id, rule.parent.id, rule.id)
        assert rule.path == f"{SERVERS}/{rule.ids[0]}/policies/{rule.ids[1]}/rules/{rule.ids[2]}"


# Lists that several kinds share


def test_apps_of_all_kinds_are_read_as_one_list(world: World):
    tenant = shelf(world)
    live = look(tenant, ["bookmark-app", "oidc-app", "saml-app"], nobody)
    assert len([line for line in tenant.asked if line.startswith("GET /api/v1/apps?")]) == 1
    assert all(live.objects[kind] for kind in ("bookmark-app", "oidc-app", "saml-app"))


def test_apps_of_unwanted_kinds_are_omitted_and_not_outside():
    tenant = Shelf({APPS: [app("b", "BOOKMARK"), app("s", "SAML_2_0"), app("odd", mode_of_no_kind())]})
    live = look(tenant, ["bookmark-app"], nobody)
    assert live.objects.keys() == {"bookmark-app"}
    assert [item.id for item in live.objects["bookmark-app"]] == ["b"]
    assert [(one.json["id"], one.path, one.built_in) for one in live.outside] == [("odd", APPS, False)]


def test_items_without_a_kind_are_outside_once_and_sorted():
    odd = [app(one, mode_of_no_kind()) for one in ("z", "a", "z")] + [app("d", "OTHER", name="okta_enduser")]
    live = look(Shelf({APPS: odd}, page=1), ["bookmark-app"], nobody)
    assert [(one.json["id"], one.built_in) for one in live.outside] == [("a", False), ("d", True), ("z", False)]


# Whole lists


def test_a_whole_list_is_one_object_with_the_id_of_its_owner():
    members = [{"id": "g1", "priority": 0}, {"id": "g2", "priority": 1}]
    tenant = Shelf({APPS: [app("b", "BOOKMARK")], f"{APPS}/b/groups": members}, page=1)
    (found,) = look(tenant, ["app-group-assignments"]).objects["app-group-assignments"]
    assert (found.id, found.ids, found.label, found.built_in) == ("b", ("b",), "b", False)
    assert [one["group"] for one in found.spec["groups"]] == ["g1", "g2"]


def test_an_empty_list_is_an_object_too():
    tenant = Shelf({APPS: [app("b", "BOOKMARK")], f"{APPS}/b/groups": []})
    (found,) = look(tenant, ["app-group-assignments"]).objects["app-group-assignments"]
    assert found.spec == {"groups": []}


def test_items_that_okta_created_are_separate_in_a_list():
    policies = [{"id": "p", "type": "ACCESS_POLICY", "name": "P", "description": "d", "status": "ACTIVE"}]
    rules = [{"id": "1", "name": "Mine", "priority": 0}, {"id": "2", "name": "Catch-all Rule", "system": True}]
    tenant = Shelf({"/api/v1/policies": policies, "/api/v1/policies/p/rules": rules})
    (found,) = look(tenant, ["authentication-policy-rules"]).objects["authentication-policy-rules"]
    assert [one["name"] for one in found.spec["rules"]] == ["Mine"]


# Lists that change while they are read


def test_a_repeated_item_is_one_object_and_read_once():
    servers = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}, {"id": "a", "name": "A, renamed"}]
    tenant = Shelf({SERVERS: servers, f"{SERVERS}/a/scopes": [], f"{SERVERS}/b/scopes": []}, page=1)
    live = look(tenant, ["authorization-server-scope"])
    assert [item.label for item in live.objects["authorization-server"]] == ["A, renamed", "B"]
    assert sum(f"{SERVERS}/a/scopes" in line for line in tenant.asked) == 1


# Unreadable parts


def test_an_unreadable_list_is_only_a_gap():
    tenant = Shelf({GROUPS: [group("g")]}, failing={"/api/v1/zones": 403, "/api/v1/trustedOrigins": 404})
    live = look(tenant, ["group", "network-zone", "trusted-origin"])
    assert [(gap.kind.name, gap.owner_id) for gap in live.unreadable] == [
        ("network-zone", None),
        ("trusted-origin", None),
    ]
    assert "403 no /api/v1/zones" in live.unreadable[0].reason
    assert [item.id for item in live.objects["group"]] == ["g"]


def test_a_feature_that_the_tenant_does_not_have_is_told_from_a_missing_permission():
    tenant = Shelf({GROUPS: []}, failing={SERVERS: 401, "/api/v1/zones": 403}, codes={SERVERS: "E0000015"})
    live = look(tenant, ["group", "network-zone", "authorization-server"])
    gaps = {gap.kind.name: gap.not_licensed for gap in live.unreadable}
    assert gaps == {
        "authorization-server": True,
        "authorization-server-default": True,
        "network-zone": False,
    }


def test_an_unreadable_shared_list_is_a_gap_of_each_kind():
    live = look(Shelf({GROUPS: []}, failing={APPS: 403}), ["group", "bookmark-app", "saml-app"])
    assert [gap.kind.name for gap in live.unreadable] == ["bookmark-app", "saml-app"]


def test_unreadable_owned_objects_are_a_gap_of_their_owner():
    servers = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]
    scopes = f"{SERVERS}/b/scopes"
    tenant = Shelf({SERVERS: servers, scopes: [{"id": "s", "name": "s"}]}, failing={f"{SERVERS}/a/scopes": 403})
    live = look(tenant, ["authorization-server-scope"])
    assert [(gap.kind.name, gap.owner_id) for gap in live.unreadable] == [("authorization-server-scope", "a")]
    assert [item.ids for item in live.objects["authorization-server-scope"]] == [("b", "s")]


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorised), (404, TenantError)])
def test_a_completely_unreadable_tenant_is_an_error(status: int, error: type[TenantError]):
    tenant = Shelf({}, failing=dict.fromkeys((GROUPS, "/api/v1/zones"), status))
    with pytest.raises(TenantError) as caught:
        look(tenant, ["group", "network-zone"])
    assert type(caught.value) is error


def test_an_empty_list_counts_as_read():
    live = look(Shelf({GROUPS: []}, failing={"/api/v1/zones": 403}), ["group", "network-zone"])
    assert live.objects["group"] == ()
    assert len(live.unreadable) == 1


def test_a_repeated_item_of_a_whole_list_is_in_it_once():
    members = [{"id": "g1", "priority": 0}, {"id": "g1", "priority": 0}, {"id": "g2", "priority": 1}]
    tenant = Shelf({APPS: [app("b", "BOOKMARK")], f"{APPS}/b/groups": members}, page=1)
    (found,) = look(tenant, ["app-group-assignments"]).objects["app-group-assignments"]
    assert [one["group"] for one in found.spec["groups"]] == ["g1", "g2"]


ADMINS = group("g") | {"_embedded": {"stats": {"hasAdminPrivlege": True}}}


def test_the_roles_of_a_group_are_read_if_it_has_any():
    tenant = Shelf({GROUPS: [ADMINS, group("plain")], f"{GROUPS}/g/roles": [{"id": "1", "type": "SUPER_ADMIN"}]})
    live = look(tenant, ["group"])
    assert [line for line in tenant.asked if "roles" in line] == [f"GET {GROUPS}/g/roles"]
    (found,) = [one for one in live.objects["group"] if one.id == "g"]
    assert found.kind.read_api(dict(found.json))["adminRoles"] == ["SUPER_ADMIN"]
    assert not live.unreadable


@pytest.mark.parametrize("roles", [None, ["x"], [{}]])
def test_unreadable_roles_are_a_gap_of_their_group_only(roles: Any):
    lists = {GROUPS: [ADMINS]} | ({} if roles is None else {f"{GROUPS}/g/roles": roles})
    live = look(Shelf(lists, failing={f"{GROUPS}/g/roles": 403} if roles is None else {}), ["group"])
    assert [one.id for one in live.objects["group"]] == ["g"]
    (gap,) = live.unreadable
    assert (gap.kind.name, gap.owner_id, gap.part) == ("group", "g", "roles")


@pytest.mark.parametrize(("pipeline", "refused"), [("v1", True), ("idx", False), (None, False)])
def test_a_classic_tenant_is_refused_and_not_a_gap(pipeline: str | None, refused: bool):
    """Only a Classic tenant answers 400 for authentication policies. Only then is its engine read."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/okta-organization":
            return httpx.Response(200, json={"pipeline": pipeline}) if pipeline else httpx.Response(404, json={})
        status = 400 if request.url.params.get("type") == "ACCESS_POLICY" else 200
        return httpx.Response(status, json=[] if status == 200 else {"errorCode": "E0000001"})

    async def work() -> Snapshot:
        async with client_of(answer) as client:
            return await read(client, ["group", "authentication-policy"])

    if refused:
        with pytest.raises(ClassicEngine, match="Classic Engine"):
            run(work())
    else:
        assert [gap.kind.name for gap in run(work()).unreadable] == ["authentication-policy"]


# Malformed items


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (None, "expected an object, got NoneType"),
        ("x", "expected an object, got str"),
        ([], "expected an object, got list"),
        (7, "expected an object, got int"),
        ({}, "has no id"),
        ({"id": None, "type": "OKTA_GROUP", "profile": {"name": "x"}}, "its id is None"),
        ({"id": "../x", "type": "OKTA_GROUP", "profile": {"name": "x"}}, "its id is '../x'"),
        ({"id": "..", "type": "OKTA_GROUP", "profile": {"name": "x"}}, "its id is '..'"),
        ({"id": "a\nb", "type": "OKTA_GROUP", "profile": {"name": "x"}}, "its id is"),
        ({"id": "x", "type": "OKTA_GROUP"}, "(x) has no profile"),
        ({"id": "x", "type": "OKTA_GROUP", "profile": None}, "(x) does not have the form that Okta documents"),
        ({"id": "x", "type": "OKTA_GROUP", "profile": {"name": None}}, "its name is None"),
        ({"id": "x", "profile": {"name": "x"}}, "(x) has no type"),
    ],
)
def test_a_malformed_item_is_a_gap_and_the_others_are_read(odd: Any, said: str):
    live = look(Shelf({GROUPS: [group("a"), odd, group("b")]}), ["group"], nobody)
    assert [item.id for item in live.objects["group"]] == ["a", "b"]
    (gap,) = live.unreadable
    assert (gap.kind.name, gap.owner_id) == ("group", None)
    assert gap.reason.startswith(f"GET {GROUPS}: item 2 ")
    assert said in gap.reason


def test_several_malformed_items_are_one_gap():
    items: list[Any] = [None, {}, group("b"), 7]
    (gap,) = look(Shelf({GROUPS: items}), ["group"], nobody).unreadable
    assert "item 1 " in gap.reason
    assert gap.reason.endswith("; malformed items in total: 3")


def test_an_app_without_a_sign_on_mode_is_a_gap_of_every_kind_of_app():
    odd = {"id": "x", "label": "x", "name": "x"}
    live = look(Shelf({APPS: [odd, app("b", "BOOKMARK")]}), ["bookmark-app", "saml-app"], nobody)
    assert [gap.kind.name for gap in live.unreadable] == ["bookmark-app", "saml-app"]
    assert [item.id for item in live.objects["bookmark-app"]] == ["b"]


def test_an_app_without_a_label_is_a_gap_of_its_kind():
    odd = {"id": "x", "name": "x", "signOnMode": "BOOKMARK"}
    live = look(Shelf({APPS: [odd, app("b", "BOOKMARK")]}), ["bookmark-app", "saml-app"], nobody)
    assert [gap.kind.name for gap in live.unreadable] == ["bookmark-app"]


def test_a_malformed_owned_object_is_a_gap_of_its_owner():
    tenant = Shelf(
        {SERVERS: [{"id": "a", "name": "A"}], f"{SERVERS}/a/scopes": [{"id": "s"}, {"id": "t", "name": "t"}]}
    )
    live = look(tenant, ["authorization-server-scope"])
    assert [(gap.kind.name, gap.owner_id) for gap in live.unreadable] == [("authorization-server-scope", "a")]
    assert [item.ids for item in live.objects["authorization-server-scope"]] == [("a", "t")]


@pytest.mark.parametrize("odd", [None, {}, {"id": "1"}, {"id": "1", "name": None}, {"id": "1", "name": ["x"]}])
def test_a_whole_list_with_a_malformed_rule_is_unreadable(odd: Any):
    policies = [{"id": "p", "type": "ACCESS_POLICY", "name": "P", "description": "d", "status": "ACTIVE"}]
    rules = [odd, {"id": "2", "name": "Mine", "priority": 0}]
    tenant = Shelf({"/api/v1/policies": policies, "/api/v1/policies/p/rules": rules})
    live = look(tenant, ["authentication-policy", "authentication-policy-rules"])
    assert [(gap.kind.name, gap.owner_id) for gap in live.unreadable] == [("authentication-policy-rules", "p")]
    assert len(live.objects["authentication-policy"]) == 1
    assert not live.objects["authentication-policy-rules"]


def test_a_whole_list_that_cannot_be_sorted_is_unreadable():
    members: list[Any] = [{"id": "g1", "priority": "first"}, {"id": "g2", "priority": 1}]
    live = look(Shelf({APPS: [app("b", "BOOKMARK")], f"{APPS}/b/groups": members}), ["app-group-assignments"])
    assert [(gap.kind.name, gap.owner_id) for gap in live.unreadable] == [("app-group-assignments", "b")]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_item_makes_reading_fail(data: st.DataObject, world: World):
    """Any member of an item is replaced by any value. The item is read, or is a gap."""
    alone = (item for item in world.items.values() if not (item.parent or item.kind.owned_by))
    items = [item for item in alone if not item.kind.shape.part_of_owner]
    chosen = data.draw(st.sampled_from(items))
    odd = copy.deepcopy(dict(chosen.json))
    inside: Any = odd
    key = data.draw(st.sampled_from(sorted(inside)))
    while isinstance(inside[key], dict) and inside[key] and data.draw(st.booleans()):
        inside = inside[key]
        key = data.draw(st.sampled_from(sorted(inside)))
    inside[key] = data.draw(st.sampled_from([None, [], {}, "", "x", 7, True, ["x"], [None], [{}], {"x": 1}, [[]]]))

    keyed = is_keyed(chosen.kind)

    def answer(request: httpx.Request) -> httpx.Response:
        name = wrapper_of(request.url.path)
        whole = odd if chosen.kind.shape.name else [odd]
        if keyed:
            whole = chosen.kind.shape.body({**odd, "id": chosen.id})
        return httpx.Response(200, json={name: whole} if name else whole)

    async def work() -> Snapshot:
        async with client_of(answer) as client:
            return await read(client, [chosen.kind.name], owners=nobody)

    live = run(work())
    for found in live.objects[chosen.kind.name]:
        assert isinstance(found.label, str)
        if not found.built_in:
            references_in(found.kind.fields, found.spec)
    for known in chosen.kind.system:
        live.system_id(chosen.kind, known.name)


# Progress


def test_progress_ends_when_everything_is_read(world: World):
    told: list[tuple[int, int | None]] = []

    class Told:
        def say(self, text: str) -> None:
            raise AssertionError(text)

        def count(self, done: int, total: int | None = None) -> None:
            told.append((done, total))

    tenant = shelf(world, failing={"/api/v1/zones": 403})
    look(tenant, progress=Told())
    lists = len(tenant.asked) - OF_USERS
    assert [done for done, _ in told] == list(range(1, lists + 1))
    assert told[-1] == (lists, lists)
    assert all(total and done <= total for done, total in told)


# Objects that every tenant has


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.system], ids=lambda kind: kind.name)
def test_system_objects_are_found_by_name_and_id(kind: Kind, world: World):
    live = look(shelf(world), [kind.name], nobody)
    for known in kind.system:
        identity = live.system_id(kind, known.name)
        assert identity
        found = live.system_item(kind, known.name)
        assert found and found.id == identity and found.everywhere
        if found.kind is not kind:
            assert live.name_of_system(kind.name, identity) == known.name
            continue
        assert live.system_name(found) == known.name
    assert any(live.system_name(item) is None for item in live.objects[kind.name])


def test_absent_system_objects_have_no_id():
    assert Snapshot({}).system_id(kind_named("group"), "everyone") is None


def test_a_kind_without_system_objects_has_no_default():
    kind = next(kind for kind in kinds() if kind.shape.ordered and not kind.system)
    assert Snapshot({}).system_item(kind, "default") is None


def test_paths_of_owned_objects_are_below_their_owner():
    owner = LiveObject(kind_named("authorization-server"), "aus1", {})
    assert collection_path(kind_named("authorization-server"), None) == SERVERS
    assert collection_path(kind_named("access-policy"), owner) == f"{SERVERS}/aus1/policies"
