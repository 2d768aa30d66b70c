"""A provider for the local tenant, where the official plugin is not installed.

The Pulumi engine attaches to it over gRPC (`PULUMI_DEBUG_PROVIDERS=okta:PORT`). It knows no kind by itself:
everything follows from their declarations. It refuses any tenant but a sandbox on this machine; a real
tenant is only ever changed by the official plugin.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import httpx
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from reconciler.errors import EngineError, ReconcilerError, TenantError
from reconciler.kinds import Kind, Spec, kind_of_resource
from reconciler.kinds.mapping import Vocabulary, camel_case, decode, encode, schema
from reconciler.okta.client import OktaClient
from reconciler.okta.objects import Objects

Inputs = dict[str, Any]
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@contextmanager
def serving(url: str, auth: httpx.Auth) -> Iterator[int]:
    """Serve the provider for the sandbox at `url` from a thread of this process; the port it listens on."""
    if httpx.URL(url).host not in _LOOPBACK:
        raise EngineError(
            f"the stand-in provider serves only a sandbox on this machine, not {url}",
            hint="install the official plugin: pulumi plugin install resource okta v6.8.0",
        )
    started: list[int] = []
    ready = threading.Event()
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(stopped.set))
        async with OktaClient(url, auth) as client:
            server = grpc.aio.server()
            provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(client), server)
            started.append(server.add_insecure_port("127.0.0.1:0"))
            await server.start()
            ready.set()
            await stopped.wait()
            await server.stop(grace=None)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="stand-in provider", daemon=True)
    thread.start()
    ready.wait(timeout=30)
    try:
        yield started[0]
    finally:
        stop[0]()
        thread.join(timeout=10)


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """The provider protocol, over the kinds. One instance serves one tenant."""

    def __init__(self, client: OktaClient) -> None:
        self._client = client
        self._objects = Objects(client)

    async def Attach(self, request: Any, context: Any) -> Any:
        """The engine found us."""
        return empty_pb2.Empty()

    async def Handshake(self, request: Any, context: Any) -> Any:
        """What we understand: plain values, no secrets marked inside (the engine marks them itself)."""
        return provider_pb2.ProviderHandshakeResponse()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the plugin that we stand in for."""
        return plugin_pb2.PluginInfo(version="6.8.0")

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """Any configuration will do: the address and the token were given at the start."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """A changed configuration changes no resource."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> Any:
        """Make sure that the tenant is a sandbox before anything is sent to it."""
        try:
            known = await self._client.get("/_sandbox")
        except ReconcilerError:
            known = None
        if not isinstance(known, dict) or "sandbox" not in known:
            await context.abort(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{self._client.url} is not a sandbox: the stand-in provider refuses to change it",
            )
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    async def Cancel(self, request: Any, context: Any) -> Any:
        """Nothing is kept that would have to be stopped."""
        return empty_pb2.Empty()

    async def Check(self, request: Any, context: Any) -> Any:
        """Definitions are checked long before; inputs are taken as they are."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def Diff(self, request: Any, context: Any) -> Any:
        """Compare old inputs with new ones, in canonical form."""
        kind = _kind(request.urn)
        changed = _changed(kind, _plain(request.old_inputs), _plain(request.news))
        ignored = set(request.ignoreChanges)
        changed = {} if "*" in ignored else {k: v for k, v in changed.items() if k not in ignored}
        replaces = [name for name, replace in changed.items() if replace]
        detailed = {
            name: provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.UPDATE_REPLACE if replace else provider_pb2.PropertyDiff.UPDATE,
                inputDiff=True,
            )
            for name, replace in changed.items()
        }
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=list(changed),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces),
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    async def Create(self, request: Any, context: Any) -> Any:
        """POST it, and set what a POST does not."""
        kind, inputs = _kind(request.urn), _plain(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        ids = await self._try(context, self._objects.create(kind, _owner_ids(kind, inputs), _spec(kind, inputs)))
        return provider_pb2.CreateResponse(id=ids[-1], properties=request.properties)

    async def Read(self, request: Any, context: Any) -> Any:
        """The object as the tenant has it; an import names it with the ids of its owners."""
        kind = _kind(request.urn)
        known = _plain(request.inputs) or _plain(request.properties)
        ids = tuple(request.id.split("/"))
        if len(ids) == 1:
            ids = _ids(kind, ids[0], known)
        spec = await self._try(context, self._objects.read(kind, ids))
        if spec is None:
            return provider_pb2.ReadResponse()
        inputs = _inputs(kind, ids, spec, known)
        return provider_pb2.ReadResponse(id=ids[-1], properties=_struct(inputs), inputs=_struct(inputs))

    async def Update(self, request: Any, context: Any) -> Any:
        """PUT it, and set what a PUT does not."""
        kind, inputs = _kind(request.urn), _plain(request.news)
        if not request.preview:
            ids = _ids(kind, request.id, inputs)
            await self._try(context, self._objects.update(kind, ids, _spec(kind, inputs)))
        return provider_pb2.UpdateResponse(properties=request.news)

    async def Delete(self, request: Any, context: Any) -> Any:
        """DELETE it, after deactivating what Okta asks to be inactive first."""
        kind = _kind(request.urn)
        ids = _ids(kind, request.id, _plain(request.properties))
        await self._try(context, self._objects.delete(kind, ids))
        return empty_pb2.Empty()

    @staticmethod
    async def _try(context: Any, work: Any) -> Any:
        try:
            return await work
        except TenantError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, error.message)


def _kind(urn: str) -> type[Kind]:
    token = urn.split("::")[2].rpartition("$")[2]
    kind = kind_of_resource(token)
    if kind is None:
        raise EngineError(f"no kind is declared for the resource type {token}")
    return kind


def _spec(kind: type[Kind], inputs: Inputs) -> Spec:
    return decode(kind, inputs, Vocabulary.INPUTS)


def _owner_ids(kind: type[Kind], inputs: Inputs) -> tuple[str, ...]:
    return tuple(inputs[camel_case(name)] for name in reversed(kind.parent_arguments))


def _ids(kind: type[Kind], identity: str, inputs: Inputs) -> tuple[str, ...]:
    owners = _owner_ids(kind, inputs) if kind.parent_arguments and not kind.collection.list_key else ()
    return (*owners, identity)


def _inputs(kind: type[Kind], ids: tuple[str, ...], spec: Spec, known: Inputs) -> Inputs:
    """The inputs that a program would have to give for the object to be as it is."""
    owners = ids if kind.collection.list_key else ids[:-1]
    parents = {
        camel_case(name): identity for name, identity in zip(reversed(kind.parent_arguments), owners, strict=True)
    }
    fixed = {camel_case(name): value for name, value in kind.fixed_arguments.items()}
    hidden = {field.places[Vocabulary.INPUTS][0][0] for field in schema(kind) if field.secret}
    kept = {name: value for name, value in known.items() if name in hidden}
    return encode(kind, spec, Vocabulary.INPUTS) | parents | fixed | kept


def _changed(kind: type[Kind], old: Inputs, new: Inputs) -> dict[str, bool]:
    """The names of the inputs that differ in meaning; True where the change replaces the object."""
    before, after = _spec(kind, old), _spec(kind, new)
    changed = {
        field.places[Vocabulary.INPUTS][0][0]: field.replaces
        for field in schema(kind)
        if Vocabulary.INPUTS in field.places and before.get(field.name) != after.get(field.name)
    }
    parents = {camel_case(name) for name in kind.parent_arguments}
    return changed | {name: True for name in parents if old.get(name) != new.get(name)}


def _plain(struct: struct_pb2.Struct) -> Inputs:
    value: Inputs = _whole_numbers(json_format.MessageToDict(struct))
    return {name: item for name, item in value.items() if not name.startswith("__")}


def _whole_numbers(value: Any) -> Any:
    """The wire has only floating point: what is whole was an integer."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_whole_numbers(item) for item in value]
        case dict():
            return {key: _whole_numbers(item) for key, item in value.items()}
        case _:
            return value


def _struct(inputs: Inputs) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(inputs)
    return struct
