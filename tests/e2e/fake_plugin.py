"""The stand-in as a fake official plugin, which the engine finds and starts in the same way.

It is told what the official plugin is told, and nothing else: where the tenant is, and how to sign in, by variables.
Each start, and each configuration by the engine, is noted in a file beside the program.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import grpc
import httpx
from pulumi.runtime.proto import provider_pb2_grpc

from reconciler.engine.toolchain.plugin import PLUGIN_VERSION
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken, PrivateKey
from reconciler.stand_in import StandIn

PROJECT = Path(__file__).parents[2]
NOTES = "notes.jsonl"


def install(home: Path) -> Path:
    """Install it where `pulumi plugin install` puts the official one. Returns the folder."""
    folder = home / "plugins" / f"resource-okta-v{PLUGIN_VERSION}"
    folder.mkdir(parents=True)
    program = folder / "pulumi-resource-okta"
    notes = folder / NOTES
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m tests.e2e.fake_plugin "{notes}" "$@"\n'
    )
    program.chmod(0o755)
    return folder


def notes(folder: Path) -> list[dict[str, Any]]:
    """The records, in order: arguments and variables of a start, values of a configuration."""
    file = folder / NOTES
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def sign_in(url: str) -> httpx.Auth:
    """The sign-in of the variables: like the official plugin, with the token if there is one."""
    if token := os.environ.get("OKTA_API_TOKEN"):
        return ApiToken(token)
    scopes = tuple(os.environ["OKTA_API_SCOPES"].split(","))
    key, key_id = os.environ["OKTA_API_PRIVATE_KEY"], os.environ["OKTA_API_PRIVATE_KEY_ID"]
    return PrivateKey(url, os.environ["OKTA_API_CLIENT_ID"], key, key_id, scopes)


def note(file: Path, **what: Any) -> None:
    with file.open("a") as stream:
        stream.write(json.dumps(what) + "\n")


class FakePlugin(StandIn):
    """The stand-in, which records its configuration."""

    def __init__(self, client: OktaClient, file: Path) -> None:
        super().__init__(client)
        self._file = file

    async def Configure(self, request: Any, context: Any) -> Any:
        """Record it, and configure."""
        note(self._file, configured=dict(request.variables))
        return await super().Configure(request, context)


async def serve(file: Path) -> None:
    """Serve until the engine ends the process. The engine reads the port from standard output."""
    url = os.environ["OKTA_HTTP_PROXY"]
    async with OktaClient(url, sign_in(url)) as client:
        server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(FakePlugin(client, file), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        print(port, flush=True)
        await server.wait_for_termination()


def main() -> None:
    file, *arguments = sys.argv[1:]
    variables = {name: value for name, value in os.environ.items() if name.startswith(("OKTA_", "PULUMI_DEBUG"))}
    note(Path(file), started=arguments, variables=variables)
    asyncio.run(serve(Path(file)))


if __name__ == "__main__":
    main()
