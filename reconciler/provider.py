"""Connects the engine to the provider of one tenant: the official plugin, or the stand-in for a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from reconciler.definitions.identifiers import client_id
from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION, official_plugin
from reconciler.errors import EngineError
from reconciler.kinds import scopes
from reconciler.tenant import Tenant

_PLUGIN_VARIABLES = (
    "OKTA_ACCESS_TOKEN",
    "OKTA_API_CLIENT_ID",
    "OKTA_API_PRIVATE_KEY",
    "OKTA_API_PRIVATE_KEY_ID",
    "OKTA_API_SCOPES",
    "OKTA_API_TOKEN",
    "OKTA_BASE_URL",
    "OKTA_HTTP_PROXY",
    "OKTA_ORG_NAME",
)
"""The environment variables that the provider plugin reads. It ignores empty ones."""


@contextmanager
def provider_of(tenant: Tenant, choice: str = "auto", *, changes: bool = True) -> Iterator[Mapping[str, str]]:
    """The environment variables that connect the engine to the provider, and the provider to the tenant.

    Unless the run `changes` something, the provider asks only for scopes to read. `choice` is `official`,
    `stand-in` (for a sandbox only) or `auto`: the official plugin if it is installed, or else the stand-in if the
    tenant is a sandbox.
    """
    asked = scopes.to_change() if changes else scopes.to_read()
    if choice == "auto":
        choice = "official" if official_plugin() or not tenant.is_local else "stand-in"
    if choice == "official":
        if not official_plugin():
            raise EngineError(
                f"the Okta provider plugin {PLUGIN_VERSION} is not installed; only it may change a real tenant",
                hint=f"run `{INSTALL}`",
            )
        yield _settings(tenant, asked)
        return
    from reconciler import stand_in

    with stand_in.serving(tenant.environment.url, tenant.auth(asked)) as port:
        yield {"PULUMI_DEBUG_PROVIDERS": f"okta:{port}"}


def _settings(tenant: Tenant, asked: Iterable[str]) -> dict[str, str]:
    """The plugin's settings, as environment variables so that no token or key gets into the state."""
    address = urlsplit(tenant.environment.url)
    name, _, domain = (address.hostname or "").partition(".")
    # The plugin prefers a token to a key, and a proxy to the tenant: clear what the environment may contain.
    settings = dict.fromkeys(_PLUGIN_VARIABLES, "") | {"OKTA_ORG_NAME": name, "OKTA_BASE_URL": domain}
    if tenant.is_local:
        # The plugin uses plain HTTP only with a proxy (its setting `http_proxy`).
        settings |= {
            "OKTA_HTTP_PROXY": tenant.environment.url,
            "OKTA_ORG_NAME": "sandbox",
            "OKTA_BASE_URL": "okta.com",
        }
    credentials = tenant.environment.credentials
    if credentials.private_key and (client := client_id(tenant.environment)):
        return settings | {
            "OKTA_API_CLIENT_ID": client,
            "OKTA_API_PRIVATE_KEY": tenant.key.pem,
            "OKTA_API_PRIVATE_KEY_ID": tenant.key.key_id,
            "OKTA_API_SCOPES": ",".join(sorted(asked)),
        }
    return settings | {"OKTA_API_TOKEN": tenant.secret("token")}
