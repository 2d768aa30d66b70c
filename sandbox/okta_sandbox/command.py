"""The command that serves a sandbox: `okta-sandbox`, `python -m okta_sandbox` and `reconciler sandbox serve`.

The server is imported when it starts, so that `--help` stays fast.
"""

import re
from pathlib import Path
from typing import Literal

import click


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0 chooses a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--token",
    envvar="OKTA_SANDBOX_TOKEN",
    help="The only API token to accept; without it any SSWS token is accepted.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps the tenant across restarts; without it every start is a fresh org.",
)
@click.option(
    "--pipeline",
    type=click.Choice(["idx", "v1"]),
    default="idx",
    show_default=True,
    help="Identity Engine (idx) or Classic Engine (v1), for a fresh org.",
)
@click.option(
    "--tenants",
    help="Names of several tenants, separated by commas; each has its own port and state file.",
)
@click.option(
    "--rate-limits",
    type=click.Choice(["developer", "enterprise", "workforce"]),
    help="Enforce Okta's rate limits for this plan; off by default.",
)
def serve(
    port: int,
    host: str,
    token: str | None,
    state: Path | None,
    pipeline: Literal["idx", "v1"],
    tenants: str | None,
    rate_limits: Literal["developer", "enterprise", "workforce"] | None,
) -> None:
    """Serve a tenant until interrupted. Prints its URL when it is ready."""
    from okta_sandbox import server
    from okta_sandbox.journal import NewerTenantFile, UnreadableTenantFile

    names = [name.strip() for name in tenants.split(",")] if tenants else []
    if len(set(names)) < len(names) or not all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) for name in names):
        raise click.BadParameter("names must be unique and consist of a-z, 0-9 and '-'", param_hint="--tenants")
    try:
        server.serve(host, port, token, state, pipeline, tenants=names, plan=rate_limits)
    except (NewerTenantFile, UnreadableTenantFile) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
