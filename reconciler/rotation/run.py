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
from reconciler.rotation.baseline import record_secrets
from reconciler.rotation.clients import Client, declared_client, own_client
from reconciler.rotation.declared_keys import DeclaredKeys
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.places import Place, beside
from reconciler.rotation.request import Wanted
from reconciler.rotation.rotation import KeyRotation, Rotation, SecretRotation
from reconciler.rotation.steps import Steps
from reconciler.rotation.tenant_credentials import Credential, TenantCredentials

_NO_TOKENS: Final = "Okta has no API that creates API tokens"


@dataclass(frozen=True)
class Run:
    """One run, after it has looked."""

    reconciler: Reconciler
    client: Client
    rotation: Rotation
    steps: Steps

    @property
    def texts(self) -> Sequence[str]:
        """The steps in words."""
        return [self.rotation.text(step) for step in self.steps.steps]

    def carry_out(self, done: Callable[[str, str], None]) -> None:
        """Do the steps. `done` is called after each, with its words and the diff of what it edited."""

        async def all_steps() -> Sequence[Credential]:
            async with _okta(self.reconciler) as okta:
                tenant = _credentials(self.reconciler, self.client, okta)
                for step, text in zip(self.steps.steps, self.texts, strict=True):
                    self.reconciler.progress.say(text)
                    done(text, await self.rotation.carry_out(tenant, step))
                return await tenant.secrets() if self.client.proof is Proof.SECRET else ()

        record_secrets(self.reconciler, self.client, asyncio.run(all_steps()))


def prepared(
    reconciler: Reconciler, app: str | None, wanted: Wanted, to: str | None = None, following: str | None = None
) -> Run:
    """A run that rotates the credential of an app, or of the reconciler itself. Nothing is changed yet.

    `to` is the reference to write to, `following` that of the next private key. Raises `CannotRotate`.
    """
    if app is None:
        _check_own(reconciler)

    async def look() -> Run:
        reconciler.progress.say("comparing the credentials in Okta with the store")
        async with _okta(reconciler) as okta:
            client = await own_client(reconciler, okta) if app is None else declared_client(reconciler, app)
            rotation = _rotation(reconciler, client, wanted, to, following, own=app is None)
            return Run(reconciler, client, rotation, await rotation.look(_credentials(reconciler, client, okta)))

    return asyncio.run(look())


def _check_own(reconciler: Reconciler) -> None:
    environment = reconciler.desired.environment
    if reconciler.tenant.uses_token:
        raise CannotRotate(
            f"environment {environment.name} signs in with an API token, and {_NO_TOKENS}",
            "create a new token in the Admin Console (Security > API > Tokens), write it to "
            f"{environment.credentials.token}, and revoke the old one there; better, sign in as a service app "
            "(docs/tenant-access.md#service-apps)",
        )
    if client_id(environment) is None:
        raise CannotRotate(f"environment {environment.name} has no credentials")


def _rotation(
    reconciler: Reconciler, client: Client, wanted: Wanted, to: str | None, following: str | None, *, own: bool
) -> Rotation:
    if client.proof is Proof.NOTHING:
        raise CannotRotate(
            f"{client.name} has neither a client secret nor public keys in Okta",
            "if it has a jwks_uri, rotate its keys where they are hosted",
        )
    place = _place(reconciler, client, to, own=own)
    if client.proof is Proof.SECRET:
        if own:
            raise CannotRotate(
                f"{client.name} is declared with a client secret, and the reconciler signs in with a key"
            )
        if following:
            raise CannotRotate(f"{client.name} has a client secret: --next is for key pairs", "leave out --next")
        return SecretRotation(place, wanted)
    waiting = _checked(reconciler, following or beside(place.reference), place.source, own=own)
    declared = None
    if client.declaration:
        assert reconciler.definitions
        declared = DeclaredKeys(
            reconciler.definitions,
            reconciler.desired.environment.name,
            client.declaration,
            client.where.keys_field,
        )
    return KeyRotation(
        place, waiting, wanted, reconciler.tenant.known, declared, partial(_prove, reconciler) if own else None
    )


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
        owner = reconciler.desired.environment.pins.owner_of(reference, Path(source.file).parent)
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


def _credentials(reconciler: Reconciler, client: Client, okta: OktaClient) -> TenantCredentials:
    return TenantCredentials(okta, client.path, client.where, reconciler.tenant.known.add)
