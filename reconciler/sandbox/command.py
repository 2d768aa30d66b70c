"""The command that serves a sandbox: `reconciler sandbox serve`, and `python -m reconciler.sandbox`.

The server is imported when it is started, so that asking for help stays quick.
"""

from pathlib import Path
from typing import Literal

import click


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0 chooses a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--token",
    envvar="RECONCILER_SANDBOX_TOKEN",
    help="The only API token to accept; without it every SSWS token is good.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps the tenant over restarts; without it a fresh org at every start.",
)
@click.option(
    "--pipeline",
    type=click.Choice(["idx", "v1"]),
    default="idx",
    show_default=True,
    help="Identity Engine (idx) or Classic Engine (v1), for a fresh org.",
)
def serve(port: int, host: str, token: str | None, state: Path | None, pipeline: Literal["idx", "v1"]) -> None:
    """Serve a tenant until interrupted; prints its address when it is ready."""
    from reconciler.sandbox import server

    try:
        server.serve(host, port, token, state, pipeline)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
