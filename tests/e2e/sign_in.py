"""The two sign-ins of an environment: an API token, or a service app."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

from reconciler.least_privilege import of_all_commands

TOKEN = "TEST_TENANT_TOKEN"
"""The environment variable with the token of the tenant."""
PRIVATE_KEY = "TEST_TENANT_PRIVATE_KEY"
"""The environment variable with the private key of the service app."""
KEY_ID = "key-of-the-tests"
WAYS = ("token", "service-app")


class SignIn(ABC):
    """The settings of an environment for its sign-in."""

    client_id: str | None = None

    @property
    @abstractmethod
    def credentials(self) -> Mapping[str, str]:
        """The `credentials` of the environment."""

    @property
    @abstractmethod
    def variables(self) -> Mapping[str, str]:
        """The environment variables that the credentials refer to."""

    @property
    @abstractmethod
    def secret(self) -> str:
        """A secret, in one line."""


@dataclass(frozen=True)
class ByToken(SignIn):
    """An API token, which may do everything."""

    token: str

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"token": f"env:{TOKEN}"}

    @property
    def variables(self) -> Mapping[str, str]:
        return {TOKEN: self.token}

    @property
    def secret(self) -> str:
        return self.token


@dataclass(frozen=True)
class ByServiceApp(SignIn):
    """A service app with its granted scopes."""

    client_id: str

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"client_id": self.client_id, "private_key": f"env:{PRIVATE_KEY}", "private_key_id": KEY_ID}

    @property
    def variables(self) -> Mapping[str, str]:
        return {PRIVATE_KEY: _pem()}

    @property
    def secret(self) -> str:
        return _pem().splitlines()[1]


@dataclass(frozen=True)
class ByJwk(ByServiceApp):
    """A service app whose private key names itself; `key_id` is what the environment states besides."""

    key_id: str = ""

    @property
    def credentials(self) -> Mapping[str, str]:
        stated = {"private_key_id": self.key_id} if self.key_id else {}
        return {"client_id": self.client_id, "private_key": f"env:{PRIVATE_KEY}", **stated}

    @property
    def variables(self) -> Mapping[str, str]:
        return {PRIVATE_KEY: json.dumps({**RSAAlgorithm.to_jwk(_key(), as_dict=True), "kid": KEY_ID}, indent=2)}


def service_app(url: str, granted: Iterable[str] | None = None, *, dpop: bool = False) -> ByServiceApp:
    """Create a service app in a local tenant, with the given scopes or exactly those of all commands.

    With `dpop`, its access tokens are bound to a key.
    """
    order = {
        "label": "Reconciler of the tests",
        "scopes": sorted(of_all_commands() if granted is None else granted),
        "dpop": dpop,
        "jwk": {**public_key(), "use": "sig"},
    }
    made = httpx.post(f"{url}/_sandbox/service-apps", json=order, trust_env=False)
    return ByServiceApp(made.raise_for_status().json()["clientId"])


def public_key() -> dict[str, str]:
    """The public key of service apps, as definitions state it."""
    key = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
    return {"kid": KEY_ID, **{name: key[name] for name in ("kty", "e", "n")}}


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _pem() -> str:
    return _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
