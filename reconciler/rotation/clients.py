"""The clients whose credentials can be rotated: declared apps, and the app with which the reconciler signs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Address, Declaration
from reconciler.errors import TenantError
from reconciler.kinds import Kind, kinds
from reconciler.kinds.client_credentials import ClientCredentials, Proof
from reconciler.okta.client import OktaClient
from reconciler.reconciler import Reconciler
from reconciler.rotation.errors import CannotRotate


@dataclass(frozen=True, slots=True)
class Client:
    """One OAuth client."""

    name: str
    """For messages."""
    id: str
    """Its id in Okta."""
    path: str
    """Its path in the API."""
    where: ClientCredentials
    """Where its credentials are."""
    declaration: Declaration | None = None
    """Its declaration; None if it is not declared."""

    @property
    def label(self) -> str:
        """Its name in Okta; its id if it is not declared."""
        return self.declaration.label if self.declaration else self.id

    @property
    def stated(self) -> str | None:
        """The reference to its client secret in its definition; None if the definition has none."""
        return self.declaration.spec[self.where.secret_field] if self.declaration else None

    @property
    def proof(self) -> Proof:
        """What it proves itself with. An app that is not declared is the reconciler's own, which has a key."""
        return self.where.proof(self.declaration.spec) if self.declaration else Proof.KEYS


def declared_clients(reconciler: Reconciler) -> Iterator[Client]:
    """The declared clients that are in the state, in the order of the definitions."""
    ids = reconciler.in_state().ids
    for address, declaration in reconciler.desired.managed.items():
        where = declaration.kind.client_credentials
        if where and address in ids:
            yield Client(str(address), ids[address], _path(declaration.kind, ids[address]), where, declaration)


def declared_client(reconciler: Reconciler, name: str) -> Client:
    """The declared client of this name. Raises `CannotRotate`."""
    for client in declared_clients(reconciler):
        if client.declaration and client.declaration.name == name:
            return client
    possible = [kind.name for kind in _client_kinds()]
    environment = reconciler.desired.environment.name
    if any(Address(kind, name) in reconciler.desired.managed for kind in possible):
        raise CannotRotate(f"{name} is not in the state of {environment}", f"run reconciler up {environment}")
    if any(Address(kind, name) in reconciler.desired.declarations for kind in possible):
        raise CannotRotate(f"{name} is only observed in {environment}", "rotate its credentials where it is managed")
    raise CannotRotate(
        f"no {' or '.join(possible)} of {environment} is named {name}",
        "run `reconciler rotate ENVIRONMENT --due 0d` for the apps whose credentials can be rotated",
    )


async def own_client(reconciler: Reconciler, okta: OktaClient) -> Client:
    """The app with which the reconciler signs in, declared or not. Raises `CannotRotate`."""
    signing_in = client_id(reconciler.desired.environment)
    assert signing_in is not None
    kind, identity = await _own_app(okta, signing_in)
    for client in declared_clients(reconciler):
        if client.id == identity:
            return client
    assert kind.client_credentials
    name = f"the app {signing_in}, with which the reconciler signs in"
    return Client(name, identity, _path(kind, identity), kind.client_credentials)


async def _own_app(okta: OktaClient, signing_in: str) -> tuple[Kind, str]:
    """The kind and the id of the app with a client id. Unless it was chosen, the client id is the id of the app."""
    for kind in _client_kinds():
        try:
            if _client_id(kind, await okta.get(_path(kind, signing_in))) == signing_in:
                return kind, signing_in
        except TenantError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise
        async for page in okta.pages(kind.shape.request()):
            for item in page:
                if _client_id(kind, item) == signing_in:
                    return kind, str(item["id"])
    raise CannotRotate(
        f"the tenant shows no app with the client id {signing_in}",
        "check client_id in the environment's credentials, and which apps the admin role of the app covers",
    )


def _client_id(kind: Kind, item: Any) -> str | None:
    return kind.client_id(item) if isinstance(item, dict) else None


def _path(kind: Kind, identity: str) -> str:
    return kind.shape.item_path(kind.shape.collection_path(), identity)


def _client_kinds() -> Iterator[Kind]:
    return (kind for kind in kinds() if kind.client_credentials)
