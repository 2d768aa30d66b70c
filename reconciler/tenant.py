"""The tenant of one environment: signing in and reading it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

import httpx

from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Environment
from reconciler.errors import Unauthorised
from reconciler.kinds import scopes
from reconciler.known_secrets import KnownSecrets
from reconciler.loopback import LOOPBACK
from reconciler.okta.bounds import Bounds
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.progress import SILENT, Progress
from reconciler.secret_stores import Secrets
from reconciler.sign_in_key import SignInKey, sign_in_key
from reconciler.sign_ins import SignIns

_API_TOKEN = (
    "environment {} signs in with an API token, which has all permissions of its owner: use a service app with a "
    "private key instead (docs/tenant-access.md#service-apps)"
)


@dataclass(frozen=True)
class Tenant:
    """The tenant of one environment. Secrets are resolved only when they are used."""

    environment: Environment
    known: KnownSecrets = field(default_factory=KnownSecrets, compare=False, repr=False)
    """The secrets of the run. Those of the tenant are added when they are resolved or issued."""
    sign_ins: SignIns = field(default_factory=SignIns, compare=False, repr=False)
    """The sign-ins of the run."""

    @property
    def is_local(self) -> bool:
        """Whether the tenant is a sandbox on this machine."""
        return urlsplit(self.environment.url).hostname in LOOPBACK

    @property
    def uses_token(self) -> bool:
        """Whether the environment signs in with an API token."""
        credentials = self.environment.credentials
        return bool(credentials.token and not (credentials.private_key and credentials.client_id))

    def auth(self, asked: Iterable[str] | None = None, optional: Iterable[str] = ()) -> httpx.Auth:
        """The sign-in of the environment. It asks for the scopes `asked`, by default those for reading.

        `optional` scopes are asked for too, unless the tenant does not know them.
        """
        credentials = self.environment.credentials
        if credentials.private_key and (client := client_id(self.environment)):
            return self.sign_ins.service_app(
                self.environment.url,
                client,
                self.key.pem,
                self.key.key_id,
                scopes.to_read() if asked is None else asked,
                optional=optional,
                issued=self.known.add,
            )
        if credentials.token:
            if not self.is_local:
                self.sign_ins.warn(_API_TOKEN.format(self.environment.name))
            return ApiToken(self.secret("token"))
        raise Unauthorised(
            f"environment {self.environment.name} has no credentials",
            hint="add credentials: {client_id: ..., private_key: env:NAME} or {token: env:NAME}",
        )

    def client(
        self, progress: Progress = SILENT, asked: Iterable[str] | None = None, optional: Iterable[str] = ()
    ) -> OktaClient:
        """A client that reads the tenant. See `auth` for the scopes."""
        return self.client_with(self.auth(asked, optional), progress)

    def client_with(self, auth: httpx.Auth, progress: Progress = SILENT) -> OktaClient:
        """A client that signs in with `auth`."""
        bounds = replace(Bounds(), **self.environment.limits)  # type: ignore[arg-type]  # names of Bounds
        return OktaClient(self.environment.url, auth, bounds=bounds, progress=progress)

    def secret(self, name: str) -> str:
        """One of the credentials, by its name in `Credentials`. Raises `SecretMissing`."""
        reference = getattr(self.environment.credentials, name) or ""
        return self.secrets(reference, self.environment.where(f"tenant.credentials.{name}")).get_secret_value()

    @cached_property
    def key(self) -> SignInKey:
        """The private key of the service app. Raises `SecretMissing`, `Unauthorised` and `KeyIdMissing`."""
        return sign_in_key(self.environment, self.secret("private_key"), self.known, self.sign_ins.warn)

    @property
    def key_id(self) -> str | None:
        """The id of the key with which the environment signs in; None if it signs in with an API token."""
        credentials = self.environment.credentials
        return self.key.key_id if credentials.private_key and credentials.client_id else None

    @cached_property
    def secrets(self) -> Secrets:
        """The secrets of this run: those of the tenant, and those that definitions refer to."""
        return Secrets(self.environment.pins, self.known)
