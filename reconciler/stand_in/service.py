"""Pulumi's provider protocol for the local tenant.

The Pulumi engine attaches over gRPC (`PULUMI_DEBUG_PROVIDERS=okta:PORT`). All knowledge of kinds comes from their
declarations. The provider refuses any tenant but a sandbox on this machine; only the official plugin changes a real
tenant.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import httpx
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION
from reconciler.errors import EngineError, ReconcilerError, TenantError
from reconciler.kinds import Kind
from reconciler.kinds.addresses import in_tenant
from reconciler.kinds.mapping import Vocabulary, decode
from reconciler.kinds.refusals import Phase
from reconciler.loopback import LOOPBACK
from reconciler.okta.client import OktaClient
from reconciler.stand_in.inputs import (
    Inputs,
    as_inputs,
    changed,
    given,
    identity,
    ids,
    kind_of,
    owner_ids,
    plain,
    refusals,
    struct,
    with_defaults,
)
from reconciler.stand_in.objects import Objects


@contextmanager
def serving(url: str, auth: httpx.Auth) -> Iterator[int]:
    """Serve the provider for the sandbox at `url` from a thread of this process; yields its port."""
    if httpx.URL(url).host not in LOOPBACK:
        raise EngineError(
            f"the stand-in provider serves only a sandbox on this machine, not {url}",
            hint=f"run `{INSTALL}`: only the official plugin changes a real tenant",
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
    """The provider protocol for all kinds. One instance serves one tenant."""

    def __init__(self, client: OktaClient) -> None:
        self._client = client
        self._objects = Objects(client)

    async def Attach(self, request: Any, context: Any) -> Any:
        """The engine has connected."""
        return empty_pb2.Empty()

    async def Handshake(self, request: Any, context: Any) -> Any:
        """Supported features: plain values only; the engine marks secrets itself."""
        return provider_pb2.ProviderHandshakeResponse()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the official plugin."""
        return plugin_pb2.PluginInfo(version=PLUGIN_VERSION)

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """Accept any configuration: URL and credentials are set at start."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """A configuration change affects no resource."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> Any:
        """Check that the tenant is a sandbox before anything is sent to it."""
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
        """No operation to cancel."""
        return empty_pb2.Empty()

    async def Check(self, request: Any, context: Any) -> Any:
        """Fill in the provider's defaults and report its schema refusals, which a preview shows."""
        kind = kind_of(request.urn)
        inputs = plain(request.news)
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"{name}: {reason}" if name else reason)
            for name, reason in refusals(kind, inputs, Phase.PREVIEW)
        ]
        return provider_pb2.CheckResponse(inputs=struct(with_defaults(kind, inputs)), failures=failures)

    async def Diff(self, request: Any, context: Any) -> Any:
        """Compare old inputs with new ones, in canonical form."""
        kind = kind_of(request.urn)
        ignored = set(request.ignoreChanges)
        found = {
            name: replaces
            for name, replaces in changed(kind, plain(request.old_inputs), plain(request.news)).items()
            if not ignored & {"*", name}
        }
        replaces = [name for name, replace in found.items() if replace]
        detailed = {
            name: provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.UPDATE_REPLACE if replace else provider_pb2.PropertyDiff.UPDATE,
                inputDiff=True,
            )
            for name, replace in found.items()
        }
        some = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=list(found),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces),
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    async def Create(self, request: Any, context: Any) -> Any:
        """Create the object."""
        kind, inputs = kind_of(request.urn), plain(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        await self._refuse(context, kind, inputs, Phase.CREATE)
        made = await self._or_abort(context, self._objects.create(kind, owner_ids(kind, inputs), given(kind, inputs)))
        return provider_pb2.CreateResponse(id=identity(kind, made), properties=request.properties)

    async def Read(self, request: Any, context: Any) -> Any:
        """Read the object. An import id includes the ids of its owners."""
        kind = kind_of(request.urn)
        known = plain(request.inputs) or plain(request.properties)
        path = kind.shape.imported_ids(request.id)
        if len(path) == 1:
            path = ids(kind, path[0], known)
        located = await self._or_abort(context, self._objects.located(kind, path))
        spec = await self._or_abort(context, self._objects.read(kind, located)) if located else None
        if spec is None:
            return provider_pb2.ReadResponse()
        path = located
        inputs = in_tenant(as_inputs(kind, path, spec, known), self._client.url)
        return provider_pb2.ReadResponse(id=identity(kind, path), properties=struct(inputs), inputs=struct(inputs))

    async def Update(self, request: Any, context: Any) -> Any:
        """Update the object."""
        kind, inputs = kind_of(request.urn), plain(request.news)
        if not request.preview:
            await self._refuse(context, kind, inputs, Phase.UPDATE)
            path = ids(kind, request.id, inputs)
            await self._or_abort(context, self._objects.update(kind, path, given(kind, inputs)))
        return provider_pb2.UpdateResponse(properties=request.news)

    async def Delete(self, request: Any, context: Any) -> Any:
        """Delete the object, after deactivating it where Okta requires that."""
        kind, inputs = kind_of(request.urn), plain(request.properties)
        await self._refuse(context, kind, inputs, Phase.DELETE)
        spec = decode(kind.fields, inputs, Vocabulary.INPUTS, complete=False)
        await self._or_abort(context, self._objects.delete(kind, ids(kind, request.id, inputs), spec))
        return empty_pb2.Empty()

    @staticmethod
    async def _refuse(context: Any, kind: Kind, inputs: Inputs, phase: Phase) -> None:
        """End the call before any request if the provider refuses the inputs."""
        reasons = [f"{name}: {reason}" for name, reason in refusals(kind, inputs, phase)]
        if reasons:
            await context.abort(grpc.StatusCode.UNKNOWN, "; ".join(reasons))

    @staticmethod
    async def _or_abort(context: Any, work: Any) -> Any:
        try:
            return await work
        except TenantError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, error.message)
