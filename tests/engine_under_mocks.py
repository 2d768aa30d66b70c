"""Runs programs against a mock engine that only records what is registered."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass
class Registered:
    """One registered resource."""

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    secrets: set[str]
    """The inputs marked as secret; their values are in `inputs`."""
    dependencies: set[str]
    aliases: list[str]
    import_id: str
    ignored: list[str]
    replaced: list[str]
    """The inputs whose change replaces the object."""


@dataclass
class Run:
    """The resources that a program registered, in order, and its outputs."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def named(self, name: str, token: str = "") -> Registered:
        (found,) = [one for one in self.resources if one.name == name and token in one.type]
        return found


class _NoLookups(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(f"a program must not read resources: {args.name}")

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"a program must not call functions: {args.token}")


class _Recorder(mocks.MockMonitor):
    """Returns the requested inputs, and an id made of the name."""

    def __init__(self, run: Run, stack: str) -> None:
        super().__init__(_NoLookups())
        self._run = run
        self._stack = stack

    def RegisterResource(self, request: Any) -> Any:
        above = request.parent.split("::")[2] if request.parent else ""
        types = request.type if above in ("", "pulumi:pulumi:Stack") else f"{above}${request.type}"
        urn = f"urn:pulumi:{self._stack}::okta::{types}::{request.name}"
        if request.type != "pulumi:pulumi:Stack":
            inputs = json_format.MessageToDict(request.object)
            secrets = {k for k, v in inputs.items() if isinstance(v, dict) and SECRET_SIGNATURE in v}
            self._run.resources.append(
                Registered(
                    request.type,
                    request.name,
                    urn,
                    request.parent,
                    {k: v["value"] if k in secrets else v for k, v in inputs.items()},
                    secrets,
                    set(request.dependencies),
                    [alias.spec.name for alias in request.aliases],
                    request.importId,
                    list(request.ignoreChanges),
                    list(request.replaceOnChanges),
                )
            )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"id of {request.name}", object=request.object)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self._run.outputs = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)


def run(program: Callable[[], Any], stack: str = "test") -> Run:
    """Run a program in a context of its own, so that the SDK's settings do not leak."""
    registered = Run()

    def work() -> None:
        monitor = _Recorder(registered, stack)
        settings.reset_options(project="okta", stack=stack)
        options = mocks.MockSettings(
            monitor=monitor, engine=mocks.MockEngine(None), project="okta", stack=stack, dry_run=False, organization="o"
        )
        settings.configure(options)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(run_in_stack(program))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            asyncio.set_event_loop(None)

    contextvars.copy_context().run(work)
    return registered
