"""`reconciler sandbox`: the local tenant."""

import click

from reconciler.cli.extras import LOCAL_TENANT

with LOCAL_TENANT.needed():
    from okta_sandbox.command import serve


@click.group()
def sandbox() -> None:
    """Run a local tenant that behaves like Okta's Management API."""


sandbox.add_command(serve)
