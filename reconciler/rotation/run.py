"""One run of a rotation in a tenant: finds out what to do, and does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Source
from reconciler.definitions.secrets import variable_of
from reconciler.kinds import scopes
from reconciler.kinds.client_credentials import Proof
from reconciler.okta.client import OktaClient
from reconciler.okta.private_keys import SigningKey
from reconciler.reconciler import Reconciler
from reconciler.rotation.api_tokens import BETTER, CREATE, NO_API
from reconciler.rotation.baseline import record_secrets
from reconciler.rotation.clients import Client, declared_client, own_client
from reconciler.rotation.declared_keys import DeclaredKeys
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.places import Place, beside
from reconciler.rotation.request import Request
from reconciler.rotation.rotation import KeyRotation, Rotation, SecretRotation, TokenRotation
from reconciler.rotation.steps import Steps
from reconciler.rotation.tenant_credentials import Credential

_NEXT: Final = "_next"
_OLD: Final = "_old"


@dataclass(frozen=True)
class Run:
    """One run, after it has looked."""

    reconciler: Reconciler
    rotation: Rotation
    steps: Steps

    @property
    def texts(self) -> Sequence[str]:
        """The steps in words."""
        return [self.rotation.text(step) for step in self.steps.steps]

    def carry_out(self, done: Callable[[str, str], None]) -> None:
        """Do the steps. `done` is called after each, with its words and the diff of what it edited."""

        async def all_steps() -> tuple[Client, Sequence[Credential]] | None:
            async with _okta(self.reconciler) as okta:
                for step, text in zip(self.steps.steps, self.texts, strict=True):
                    self.reconciler.progress.say(text)
                    done(text, await self.rotation.carry_out(okta, step))
                return await self.rotation.changed(okta)

        if changed := asyncio.run(all_steps()):
            record_secrets(self.reconciler, *changed)


def prepared(reconciler: Reconciler, request: Request) -> Run:
    """A run that rotates a credential. Nothing is changed yet. Raises `CannotRotate`."""

    async def look() -> Run:
        reconciler.progress.say("comparing the credentials in Okta with the store")
        async with _okta(reconciler) as okta:
            rotation = await _rotation(reconciler, okta, request)
            return Run(reconciler, rotation, await rotation.look(okta))

    return asyncio.run(look())


async def _rotation(reconciler: Reconciler, okta: OktaClient, request: Request) -> Rotation:
    if request.app:
        client = declared_client(reconciler, request.app)
    elif reconciler.tenant.uses_token:
        return _of_token(reconciler, request)
    else:
        client = await own_client(reconciler, okta)
    if request.new_token:
        raise CannotRotate(f"{client.name} does not sign in with an API token", "leave out --new-token")
    return _of_client(reconciler, client, request)


def _of_token(reconciler: Reconciler, request: Request) -> Rotation:
    environment = reconciler.desired.environment
    reference, source = environment.credentials.token, environment.where("tenant.credentials.token")
    assert reference
    if request.to and request.to != reference:
        raise CannotRotate(f"the reconciler reads its API token from {reference}", "leave out --to")
    if variable_of(reference):
        raise CannotRotate(
            f"{reference} is an environment variable, which cannot be written, and {NO_API}",
            f"{CREATE}, set the variable, and revoke the old token there; {BETTER}",
        )
    place = _checked(reconciler, reference, source, own=True)
    old = _checked(reconciler, request.beside or beside(reference, _OLD), source, own=True)
    new = request.new_token and reconciler.tenant.secrets(request.new_token, source).get_secret_value()
    return TokenRotation(reconciler.tenant, place, old, new, request.wanted)


def _of_client(reconciler: Reconciler, client: Client, request: Request) -> Rotation:
    own, wanted, known = request.app is None, request.wanted, reconciler.tenant.known
    if client.proof is Proof.NOTHING:
        raise CannotRotate(
            f"{client.name} has neither a client secret nor public keys in Okta",
            "if it has a jwks_uri, rotate its keys where they are hosted",
        )
    place = _place(reconciler, client, request.to, own=own)
    if client.proof is Proof.SECRET:
        if own:
            raise CannotRotate(
                f"{client.name}, with which the reconciler signs in, is declared with a client secret",
                "state its public keys (jwks) in the definition",
            )
        if request.beside:
            raise CannotRotate(f"{client.name} has a client secret, which needs no other place", "leave out --beside")
        return SecretRotation(client, place, wanted, known)
    waiting = _checked(reconciler, request.beside or beside(place.reference, _NEXT), place.source, own=own)
    declared = None
    if client.declaration:
        assert reconciler.definitions
        declared = DeclaredKeys(
            reconciler.definitions,
            reconciler.desired.environment.name,
            client.declaration,
            client.where.keys_field,
        )
    return KeyRotation(client, place, waiting, wanted, known, declared, partial(_prove, reconciler) if own else None)


def _place(reconciler: Reconciler, client: Client, to: str | None, *, own: bool) -> Place:
    """Where the credential is stored: where `to` says, or where the definitions refer to."""
    environment = reconciler.desired.environment
    if own:
        reference = environment.credentials.private_key
        assert reference
        if to and to != reference:
            raise CannotRotate(f"the reconciler reads its key from {reference}", "leave out --to")
        return _checked(reconciler, reference, environment.where("tenant.credentials.private_key"), own=True)
    assert client.declaration
    stated = client.stated
    source = client.declaration.where(client.where.secret_field)
    if stated and to and to != stated:
        raise CannotRotate(f"{client.name} refers to {stated}", "leave out --to, or change the definition")
    if reference := to or stated:
        place = _checked(reconciler, reference, source, own=False)
        owner = environment.pins.owner_of(reference, Path(source.file).parent)
        if owner and owner != client.declaration.owner:
            raise CannotRotate(
                f"{reference} belongs to {owner}, and {client.name} to {client.declaration.owner}",
                "write to a place that pins.yaml allows its owner",
            )
        return place
    what = "client secret" if client.proof is Proof.SECRET else "private key"
    raise CannotRotate(
        f"the definition of {client.name} does not say where its {what} is stored",
        "name the place that pins.yaml allows for this environment: --to REFERENCE",
    )


def _checked(reconciler: Reconciler, reference: str, source: Source, *, own: bool) -> Place:
    """A place where this run may write."""
    pins, folder = reconciler.desired.environment.pins, Path(source.file).parent
    if variable_of(reference):
        raise CannotRotate(
            f"{reference} is an environment variable, which cannot be written",
            "keep the credential in a store or a file, and refer to it there (docs/rotation.md)",
        )
    refused = (pins.credential_refused if own else pins.secret_refused)(reference, folder)
    if refused:
        raise CannotRotate(refused.reason, refused.hint)
    place = Place(reconciler.tenant.secrets, reference, source)
    place.check()
    return place


async def _prove(reconciler: Reconciler, key: SigningKey, kid: str) -> None:
    """Sign in with a key. Raises `TenantError` if the tenant refuses it."""
    environment, tenant = reconciler.desired.environment, reconciler.tenant
    signing_in = client_id(environment)
    assert signing_in
    auth = tenant.sign_ins.service_app(
        environment.url, signing_in, key.pem, kid, scopes.to_rotate(), issued=tenant.known.add
    )
    async with tenant.client_with(auth, reconciler.progress) as okta:
        await own_client(reconciler, okta)


def _okta(reconciler: Reconciler) -> OktaClient:
    return reconciler.tenant.client(reconciler.progress, scopes.to_rotate())
