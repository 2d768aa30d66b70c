"""The tenant of one environment: signing in, reading it, and connecting the engine's provider to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx

from reconciler.definitions.identifiers import client_id, private_key_id
from reconciler.definitions.model import Environment
from reconciler.definitions.secrets import resolve
from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION, official_plugin
from reconciler.errors import EngineError, Unauthorised
from reconciler.kinds import scopes
from reconciler.known_secrets import KnownSecrets
from reconciler.loopback import LOOPBACK
from reconciler.okta.bounds import Bounds
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken, PrivateKey
from reconciler.progress import SILENT, Progress

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


@dataclass(frozen=True)
class Tenant:
    """The tenant of one environment. Secrets are resolved only when they are used."""

    environment: Environment
    known: KnownSecrets = field(default_factory=KnownSecrets, compare=False, repr=False)
    """The secrets of the run. Those of the tenant are added when they are resolved or issued."""

    @property
    def is_local(self) -> bool:
        """Whether the tenant is a sandbox on this machine."""
        return urlsplit(self.environment.url).hostname in LOOPBACK

    def auth(self, asked: Iterable[str] | None = None) -> httpx.Auth:
        """The sign-in of the environment. It asks for the scopes `asked`, by default those for reading."""
        credentials = self.environment.credentials
        if credentials.private_key and (client := client_id(self.environment)):
            return PrivateKey(
                self.environment.url,
                client,
                self._secret("private_key"),
                private_key_id(self.environment),
                tuple(sorted(scopes.to_read() if asked is None else asked)),
                issued=self.known.add,
            )
        if credentials.token:
            return ApiToken(self._secret("token"))
        raise Unauthorised(
            f"environment {self.environment.name} has no credentials",
            hint="add credentials: {client_id: ..., private_key: env:NAME} or {token: env:NAME}",
        )

    def client(self, progress: Progress = SILENT, asked: Iterable[str] | None = None) -> OktaClient:
        """A client that reads the tenant."""
        return self.client_with(self.auth(asked), progress)

    def client_with(self, auth: httpx.Auth, progress: Progress = SILENT) -> OktaClient:
        """A client that signs in with `auth`."""
        bounds = replace(Bounds(), **self.environment.limits)  # type: ignore[arg-type]  # names of Bounds
        return OktaClient(self.environment.url, auth, bounds=bounds, progress=progress)

    @contextmanager
    def provider(self, choice: str = "auto", *, changes: bool = True) -> Iterator[Mapping[str, str]]:
        """The environment variables that connect the engine to the provider, and the provider to the tenant.

        Unless the run `changes` something, the provider asks only for scopes to read. `choice` is `official`,
        `stand-in` (for a sandbox only) or `auto`: the official plugin if it is installed, or else the stand-in if the
        tenant is a sandbox.
        """
        asked = scopes.to_change() if changes else scopes.to_read()
        if choice == "auto":
            choice = "official" if official_plugin() or not self.is_local else "stand-in"
        if choice == "official":
            if not official_plugin():
                raise EngineError(
                    f"the Okta provider plugin {PLUGIN_VERSION} is not installed; only it may change a real tenant",
                    hint=f"run `{INSTALL}`",
                )
            yield self._provider_settings(asked)
            return
        from reconciler import stand_in

        with stand_in.serving(self.environment.url, self.auth(asked)) as port:
            yield {"PULUMI_DEBUG_PROVIDERS": f"okta:{port}"}

    def _provider_settings(self, asked: Iterable[str]) -> dict[str, str]:
        """The plugin's settings, as environment variables so that no token or key gets into the state."""
        address = urlsplit(self.environment.url)
        name, _, domain = (address.hostname or "").partition(".")
        # The plugin prefers a token to a key, and a proxy to the tenant: clear what the environment may contain.
        settings = dict.fromkeys(_PLUGIN_VARIABLES, "") | {"OKTA_ORG_NAME": name, "OKTA_BASE_URL": domain}
        if self.is_local:
            # The plugin uses plain HTTP only with a proxy (its setting `http_proxy`).
            settings |= {
                "OKTA_HTTP_PROXY": self.environment.url,
                "OKTA_ORG_NAME": "sandbox",
                "OKTA_BASE_URL": "okta.com",
            }
        credentials = self.environment.credentials
        if credentials.private_key and (client := client_id(self.environment)):
            return settings | {
                "OKTA_API_CLIENT_ID": client,
                "OKTA_API_PRIVATE_KEY": self._secret("private_key"),
                "OKTA_API_PRIVATE_KEY_ID": private_key_id(self.environment) or "",
                "OKTA_API_SCOPES": ",".join(sorted(asked)),
            }
        return settings | {"OKTA_API_TOKEN": self._secret("token")}

    def _secret(self, name: str) -> str:
        reference = getattr(self.environment.credentials, name) or ""
        secret = resolve(reference, self.environment.where(f"tenant.credentials.{name}")).get_secret_value()
        self.known.add(secret)
        return secret
