from __future__ import annotations

import copy
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2

from reconciler.definitions.model import Address
from reconciler.engine.state import parse
from reconciler.errors import EngineError
from reconciler.kinds import chain, kind_named, kinds, path_levels
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.fields import IDENTITY
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, schema
from reconciler.kinds.secret_fields import without_secrets
from reconciler.okta.sign_in import ApiToken
from reconciler.stand_in import StandIn, serving
from reconciler.stand_in.inputs import identity
from tests.of_kinds import all_about
from tests.okta.tenants import URL, Shelf, client_of
from tests.okta.virtual_time import run
from tests.settled import World, all_declared, is_keyed, settled, shelves
from tests.stand_in.test_objects import Okta

ALL_KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
GROUP = "urn:pulumi:test::okta::okta:group/group:Group::people"
GROUPS = "/api/v1/groups"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's placeholder for an unknown value."""


class Aborted(Exception):
    """Raised by `abort` when the provider refuses a call."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Context:
    async def abort(self, code: grpc.StatusCode, message: str) -> None:
        raise Aborted(code, message)


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def plain(values: struct_pb2.Struct) -> dict[str, Any]:
    return dict(json_format.MessageToDict(values))


def call(method: str, request: Any, tenant: Shelf | None = None) -> Any:
    async def work() -> Any:
        async with client_of(tenant or Okta({})) as client:
            return await getattr(StandIn(client), method)(request, Context())

    return run(work())


@pytest.fixture(scope="module")
def world() -> World:
    return settled(all_declared())


def inputs_of(world: World, kind: Any) -> list[tuple[Address, dict[str, Any]]]:
    return [(a, dict(one.inputs)) for a, one in world.applied.items() if one.kind is kind]


def urn(kind: Any, name: str = "x") -> str:
    return f"urn:pulumi:test::okta::{'$'.join(above.resource for above in reversed(chain(kind)))}::{name}"


# Diff


def diff(old: dict[str, Any], new: dict[str, Any], resource: str = GROUP, ignore: list[str] | None = None) -> Any:
    request = provider_pb2.DiffRequest(
        urn=resource, old_inputs=struct(old), news=struct(new), ignoreChanges=ignore or []
    )
    return call("Diff", request)


SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


@ALL_KINDS
def test_order_of_sets_is_no_change(kind: Any, world: World):
    for _, inputs in inputs_of(world, kind):
        turned = copy.deepcopy(inputs)
        for field in schema(kind.fields):
            if field.shape == "set" and Vocabulary.INPUTS in field.places:
                name = field.input
                if isinstance(turned.get(name), list):
                    turned[name] = turned[name][::-1]
        answer = diff(inputs, turned | {"__defaults": []}, urn(kind))
        assert (answer.changes, list(answer.diffs)) == (NONE, [])


def another(value: str | bool | int) -> str | bool | int:
    """Another value of the same type."""
    if isinstance(value, str):
        return "something else"
    return not value if isinstance(value, bool) else value + 1


@ALL_KINDS
def test_diff_names_changed_fields_and_replacements(kind: Any, world: World):
    _, inputs = inputs_of(world, kind)[0]
    told = 0
    for field in schema(kind.fields):
        if Vocabulary.INPUTS not in field.places:
            continue
        name = field.input
        if name not in inputs or (field.default({}) is None and field.info.is_required() and field.shape != "one"):
            continue
        if field.part or field.shape != "one" or field.as_api or field.sparse:
            continue
        if not isinstance(inputs[name], str | bool | int):
            continue
        if field.places[Vocabulary.INPUTS][1] is not IDENTITY:
            continue
        answer = diff(inputs, inputs | {name: another(inputs[name])}, urn(kind))
        expected = [name] if field.replaced_by_provider else []
        others = {other.input for other in schema(kind.fields) if other.only} - {name}  # they may no longer apply
        if field.default({}) is None or "default_factory" not in repr(field.info):
            assert name in answer.diffs
            assert [one for one in answer.replaces if one not in others] == expected
        assert answer.deleteBeforeReplace is bool(answer.replaces)
        assert answer.hasDetailedDiff
        assert set(answer.detailedDiff) == set(answer.diffs)
        told += 1
    assert told or not any(
        field.shape == "one" and Vocabulary.INPUTS in field.places and field.places[Vocabulary.INPUTS][0][1:] == ()
        for field in schema(kind.fields)
        if field.name != kind.label_field
    )


def test_the_order_of_a_list_is_a_change():
    app = {"label": "A", "type": "web", "redirectUris": ["https://a.example.com", "https://b.example.com"]}
    turned = app | {"redirectUris": app["redirectUris"][::-1]}
    assert list(diff(app, turned, urn(kind_named("oidc-app"))).diffs) == ["redirectUris"]


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.parents], ids=lambda kind: kind.name)
def test_owner_change_replaces(kind: Any, world: World):
    _, inputs = inputs_of(world, kind)[0]
    owner = camel_case(kind.parent_arguments[0])
    answer = diff(inputs, inputs | {owner: "another"}, urn(kind))
    assert list(answer.replaces) == [owner]
    assert answer.deleteBeforeReplace
    assert answer.detailedDiff[owner].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ([], ["name", "description"]),
        (["name"], ["description"]),
        (["*"], []),
        (["name", "description"], []),
        (["x"], ["name", "description"]),
    ],
)
def test_ignored_changes_are_no_change(ignored: list[str], left: list[str]):
    answer = diff({"name": "A", "description": "a"}, {"name": "B", "description": "b"}, ignore=ignored)
    assert list(answer.diffs) == left
    assert answer.changes == (SOME if left else NONE)


@ALL_KINDS
def test_unknown_argument_is_a_change(kind: Any, world: World):
    """The engine asks this way which objects are replaced along with another."""
    _, inputs = inputs_of(world, kind)[0]
    fields = [field for field in schema(kind.fields) if Vocabulary.INPUTS in field.places]
    replacing = {field.input for field in fields if field.replaced_by_provider}
    for name in sorted({field.input for field in fields} & inputs.keys()):
        answer = diff(inputs, inputs | {name: UNKNOWN}, urn(kind))
        assert name in answer.diffs
        assert (name in answer.replaces) is (name in replacing)


def test_omitted_argument_equals_its_default():
    assert diff({"name": "A"}, {"name": "A", "description": ""}).changes == NONE
    assert list(diff({"name": "A", "description": "x"}, {"name": "A"}).diffs) == ["description"]


# Reading


def known_in_state(kind: Any, imported: Any) -> str:
    """What an imported object is known by in the state that the engine writes."""
    resource = {"type": kind.resource, "urn": urn(kind), "id": imported.id, "inputs": plain(imported.inputs)}
    (one,) = parse({"resources": [resource]}).resources.values()
    return one.id


@ALL_KINDS
def test_read_returns_inputs_of_a_program(kind: Any, world: World):
    tenant = Shelf(shelves(world.items.values()))
    for address, inputs in inputs_of(world, kind):
        import_id = world.item(address).import_id
        imported = call("Read", provider_pb2.ReadRequest(urn=urn(kind), id=import_id), tenant)
        applied = world.applied[address].spec
        spec = {
            field.name: field.default(applied) if field.unread else without_secrets(field, applied.get(field.name))
            for field in schema(kind.fields)
        }
        apart = {*map(camel_case, (*kind.parent_arguments, *kind.fixed_arguments))}
        visible = in_tenant(encode(kind.fields, spec, Vocabulary.INPUTS), URL) | {name: inputs[name] for name in apart}
        assert plain(imported.inputs) == plain(struct(visible))
        assert known_in_state(kind, imported) == world.item(address).id
        known = provider_pb2.ReadRequest(urn=urn(kind), id=imported.id, inputs=struct(inputs))
        assert plain(call("Read", known, tenant).inputs) == plain(struct(inputs)), "secrets are kept from the inputs"


@ALL_KINDS
def test_missing_object_reads_as_nothing(kind: Any):
    ids = "/".join("abc"[: len(path_levels(kind)) - kind.shape.part_of_owner])
    answer = call("Read", provider_pb2.ReadRequest(urn=urn(kind), id=ids))
    assert (answer.id, plain(answer.inputs)) == ("", {})


# Changing


def _goes_to_another_owner(kind: Any) -> bool:
    """Whether nothing is deleted; recorded cases show where it goes."""
    return bool(kind.shape.assignment("", ""))


@pytest.mark.parametrize(
    "kind",
    [kind for kind in kinds() if kind.shape.deletable and not (is_keyed(kind) or _goes_to_another_owner(kind))],
    ids=lambda kind: kind.name,
)
def test_create_then_delete(kind: Any, world: World):
    address, inputs = inputs_of(world, kind)[0]
    if kind.provider.created_active:
        inputs |= {"active": True} if "active" in inputs else {"status": "ACTIVE"}
    later = [field.input for field in schema(kind.fields) if field.sub_list and not field.sub_list.created_with]
    inputs = {name: value for name, value in inputs.items() if name not in later}  # the lists are not shelves
    item = world.item(address)
    lists: dict[str, list[dict[str, Any]]] = {path: [] for path in shelves(world.items.values())}
    tenant = Okta(lists, standing=all_about()[kind.name].looked_up if kind.name in all_about() else {})
    made = call("Create", provider_pb2.CreateRequest(urn=urn(kind), properties=struct(inputs)), tenant)
    assert plain(made.properties) == plain(struct(inputs))
    new = {"new1", *(kind.shape.identity(one) for items in lists.values() for one in items)}
    new = {identity(kind, (*item.ids[:-1], one)) for one in new}
    assert made.id == item.id if kind.shape.part_of_owner else made.id in new
    assert sum(map(len, lists.values())) == (len(next(iter(item.json.values()))) if kind.shape.part_of_owner else 1)
    if kind.provider.deleted_by_emptying:
        return  # the lists below it are not shelves
    gone = provider_pb2.DeleteRequest(urn=urn(kind), id=made.id, properties=struct(inputs))
    call("Delete", gone, tenant)
    assert sum(map(len, tenant.lists.values())) == 0
    if not kind.provider.delete_fails_if_missing:
        call("Delete", gone, tenant)


@pytest.mark.parametrize("method", ["Create", "Update"])
def test_preview_sends_no_request(method: str):
    tenant = Okta({})
    word = {"Create": "properties", "Update": "news"}[method]
    request = getattr(provider_pb2, f"{method}Request")(urn=GROUP, preview=True, **{word: struct({"name": "A"})})
    assert plain(call(method, request, tenant).properties) == {"name": "A"}
    assert tenant.asked == []


def test_an_update_is_made():
    tenant = Okta({GROUPS: [{"id": "g", "type": "OKTA_GROUP", "profile": {"name": "A", "custom": 1}}]})
    call("Update", provider_pb2.UpdateRequest(urn=GROUP, id="g", news=struct({"name": "B"})), tenant)
    assert tenant.lists[GROUPS][0]["profile"] == {"name": "B", "description": "", "custom": 1}


def test_whole_numbers_stay_whole():
    tenant = Okta({"/api/v1/policies": []})
    inputs = {"name": "P", "priority": 2, "groupsIncludeds": ["g"]}
    kind = kind_named("global-session-policy")
    call("Create", provider_pb2.CreateRequest(urn=urn(kind), properties=struct(inputs)), tenant)
    assert repr(tenant.bodies[0]["priority"]) == "2"


@pytest.mark.parametrize("method", ["Create", "Update", "Delete", "Read"])
def test_an_error_of_the_tenant_ends_the_call_with_its_message(method: str):
    tenant = Okta({GROUPS: []}, failing={GROUPS: 400, f"{GROUPS}/g": 400})
    more: dict[str, Any] = {
        "Create": {"properties": struct({"name": "A"})},
        "Update": {"news": struct({"name": "A"})},
    }.get(method, {})
    request = getattr(provider_pb2, f"{method}Request")(
        urn=GROUP, **({} if method == "Create" else {"id": "g"}), **more
    )
    with pytest.raises(Aborted, match="400 no /api/v1/groups") as caught:
        call(method, request, tenant)
    assert caught.value.code is grpc.StatusCode.UNKNOWN


def test_unknown_resource_type_is_an_error():
    with pytest.raises(EngineError, match="no kind is declared for the resource type okta:user/user:User"):
        diff({}, {}, "urn:pulumi:test::okta::okta:user/user:User::x")


# Whom it serves


class Answering(Shelf):
    def __init__(self, answer: httpx.Response) -> None:
        super().__init__({})
        self._answer = answer

    def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
        return self._answer


def test_a_sandbox_is_served():
    tenant = Answering(httpx.Response(200, json={"sandbox": "x"}))
    assert call("Configure", provider_pb2.ConfigureRequest(), tenant).supportsPreview
    assert tenant.asked == ["GET /_sandbox"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={}),
        httpx.Response(200, json={"org": "acme"}),
        httpx.Response(200, json=["sandbox"]),
        httpx.Response(200, json="sandbox"),
        httpx.Response(204),
        httpx.Response(401),
    ],
)
def test_other_tenants_are_refused(answer: httpx.Response):
    with pytest.raises(Aborted, match="is not a sandbox") as caught:
        call("Configure", provider_pb2.ConfigureRequest(), Answering(answer))
    assert caught.value.code is grpc.StatusCode.FAILED_PRECONDITION


@pytest.mark.parametrize(
    "url",
    ["https://acme.okta.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost@acme.okta.com"],
)
def test_only_loopback_is_served(url: str):
    with pytest.raises(EngineError, match="serves only a sandbox on this machine"), serving(url, ApiToken("t")):
        raise AssertionError("it must not start")


# The rest of the protocol


def test_configuration_is_accepted():
    for method, request in (
        ("CheckConfig", provider_pb2.CheckRequest(news=struct({"a": 1}))),
        ("Check", provider_pb2.CheckRequest(urn=GROUP, news=struct({"a": 1}))),
    ):
        assert plain(call(method, request).inputs) == {"a": 1}
    assert call("DiffConfig", provider_pb2.DiffRequest()).changes == NONE
    assert call("GetPluginInfo", None).version == "6.8.0"
    for method in ("Attach", "Handshake", "Cancel"):
        assert call(method, None) is not None
