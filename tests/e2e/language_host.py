"""Runs Python programs for a plain `pulumi up` if the official language host is not installed.

`pulumi-language-python` comes with Pulumi's installer and not as a Go module. This one is the SDK's own, which serves
inline programs, given the program of `Pulumi.yaml` to run.
"""

from __future__ import annotations

import runpy
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc


class Host(LanguageServer):
    """Runs the program that the engine asks for; the engine's address is `engine`."""

    def __init__(self, engine: str) -> None:
        super().__init__(lambda: None)
        self._engine = engine

    def Handshake(self, request: Any, context: Any) -> Any:
        """Accept the connection of the engine."""
        return language_pb2.LanguageHandshakeResponse()

    def Run(self, request: Any, context: Any) -> Any:
        """Run the folder in `main` of the project, as `python` does."""
        folder = Path(request.info.program_directory, request.info.entry_point)

        def program() -> None:
            runpy.run_path(str(folder), run_name="__main__")

        self.program = program
        request.args[:] = [self._engine]
        return super().Run(request, context)


def main() -> None:
    """Serve until killed, like any language host. The port goes to standard output."""
    server = grpc.server(ThreadPoolExecutor(4))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(sys.argv[-1]), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
