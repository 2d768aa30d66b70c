"""The credentials of one OAuth client in the tenant: its client secrets and its public keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx

from reconciler.errors import TenantError, Unauthorised, UnexpectedAnswer
from reconciler.kinds.client_credentials import ClientCredentials
from reconciler.okta.client import OktaClient
from reconciler.okta.dates import instant

_ACTIVE: Final = "ACTIVE"
_SUPER_ADMINISTRATOR: Final = (
    "if the app has scopes of Okta's API, only a super administrator can change its credentials"
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A client secret or a public key, as the tenant has it."""

    id: str
    active: bool
    created: datetime
    content: Mapping[str, Any] = field(repr=False)

    @property
    def secret(self) -> str:
        """The client secret."""
        return str(self.content["client_secret"])

    @property
    def kid(self) -> str:
        """The id by which an assertion names the key."""
        return str(self.content.get("kid") or "")

    @property
    def day(self) -> str:
        """When it was created, for messages."""
        return f"{self.created:%Y-%m-%d}"


class TenantCredentials:
    """The lists of one client. Client secrets are known from then on, so that no output shows them."""

    def __init__(self, client: OktaClient, path: str, where: ClientCredentials, known: Callable[[str], None]) -> None:
        self._client = client
        self._secrets = f"{path}/{where.secrets}"
        self._keys = f"{path}/{where.keys}"
        self._known = known

    async def secrets(self) -> list[Credential]:
        """The client secrets, oldest first."""
        return [self._with_secret(one) for one in await self._list(self._secrets)]

    async def keys(self) -> list[Credential]:
        """The public keys, oldest first."""
        return await self._list(self._keys)

    async def create_secret(self) -> Credential:
        """Let Okta generate a client secret."""
        return self._with_secret(_credential(await self._change("POST", self._secrets, {}), self._secrets))

    async def add_key(self, public_key: Mapping[str, str]) -> Credential:
        """Add a public key."""
        return _credential(await self._change("POST", self._keys, dict(public_key)), self._keys)

    async def deactivate_secret(self, identity: str) -> None:
        """Refuse a client secret from now on."""
        await self._change("POST", f"{self._secrets}/{identity}/lifecycle/deactivate")

    async def deactivate_key(self, identity: str) -> None:
        """Refuse a key from now on."""
        await self._change("POST", f"{self._keys}/{identity}/lifecycle/deactivate")

    async def delete_secret(self, identity: str) -> None:
        """Delete an inactive client secret, if it still exists."""
        await self._delete(f"{self._secrets}/{identity}")

    async def delete_key(self, identity: str) -> None:
        """Delete an inactive key, if it still exists."""
        await self._delete(f"{self._keys}/{identity}")

    async def _delete(self, path: str) -> None:
        try:
            await self._change("DELETE", path)
        except TenantError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    async def _change(self, method: str, path: str, body: Any = None) -> Any:
        try:
            return await self._client.send(method, path, body)
        except Unauthorised as error:
            error.hint = f"{error.hint}; {_SUPER_ADMINISTRATOR}"
            raise

    async def _list(self, path: str) -> list[Credential]:
        items = [item async for page in self._client.pages(path) for item in page]
        return sorted((_credential(item, path) for item in items), key=lambda one: (one.created, one.id))

    def _with_secret(self, one: Credential) -> Credential:
        value = one.content.get("client_secret")
        if not isinstance(value, str) or not value:
            raise UnexpectedAnswer(f"{self._secrets}: Okta does not show the client secret {one.id}")
        self._known(value)
        return one


def _credential(item: Any, path: str) -> Credential:
    try:
        return Credential(str(item["id"]), item["status"] == _ACTIVE, instant(item["created"]), item)
    except (TypeError, KeyError, ValueError) as error:
        raise UnexpectedAnswer(f"{path}: an entry has no id, status or date of creation") from error
