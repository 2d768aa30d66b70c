"""The option `--strict-credentials`: commands that only read refuse credentials that can do more."""

from __future__ import annotations

import os
from typing import Final

import click

from reconciler.actor import actor
from reconciler.errors import Refused
from reconciler.superfluous import granted, to_do_more_than_read
from reconciler.tenant import Tenant

VARIABLE: Final = "RECONCILER_STRICT_CREDENTIALS"
_NEVERTHELESS: Final = f"to run nevertheless, pass --no-strict-credentials or set {VARIABLE}=false"

strict_option = click.option(
    "--strict-credentials/--no-strict-credentials",
    "strict",
    default=None,
    envvar=VARIABLE,
    show_envvar=True,
    help="Refuse to run with an API token, or with a service app that has scopes to change something.  "
    "[default: in CI, except for local tenants]",
)


class ExcessiveCredentials(Refused):
    """Raised when a command that only reads has credentials that can do more."""


def check_credentials(tenant: Tenant, strict: bool | None) -> None:
    """Raise `ExcessiveCredentials` if a command that only reads can do more. None stands for the default."""
    if strict is None:
        strict = actor(os.environ).ci and not tenant.is_local
    if not strict:
        return
    name, command = tenant.environment.name, click.get_current_context().info_name
    if tenant.uses_token:
        raise ExcessiveCredentials(
            f"environment {name} signs in with an API token, which can change the tenant; `{command}` only reads it",
            hint="sign in as a service app with a private key (docs/tenant-access.md#service-apps); " + _NEVERTHELESS,
        )
    if found := granted(tenant, to_do_more_than_read()):
        raise ExcessiveCredentials(
            f"the service app of environment {name} has scopes that `{command}` does not need: "
            f"{', '.join(sorted(found))}",
            hint="revoke them, or use another app (docs/tenant-access.md#one-app-for-each-job); " + _NEVERTHELESS,
        )
