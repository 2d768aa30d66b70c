"""`reconciler sandbox`: the local tenant."""

import click

from reconciler.sandbox.command import serve


@click.group()
def sandbox() -> None:
    """Run a local tenant that behaves like Okta's Management API."""


sandbox.add_command(serve)
