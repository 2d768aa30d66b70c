"""Carries out rotations, step by step. Each step is complete when the next one begins."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import httpx

from reconciler.errors import Unauthorised
from reconciler.kinds import scopes
from reconciler.known_secrets import KnownSecrets
from reconciler.okta.client import OktaClient
from reconciler.okta.private_keys import SigningKey
from reconciler.okta.sign_in import ApiToken
from reconciler.rotation import api_tokens, client_secrets, key_pairs
from reconciler.rotation.clients import Client
from reconciler.rotation.declared_keys import DeclaredKeys
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.next_key import NextKey
from reconciler.rotation.places import Place
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Step, Steps
from reconciler.rotation.tenant_credentials import Credential, TenantCredentials
from reconciler.tenant import Tenant
from reconciler.watched.administration import API_TOKENS

SignsIn = Callable[[SigningKey, str], Awaitable[None]]
"""Signs in with a key of this id. Raises `TenantError`."""


class Rotation(ABC):
    """One run of the rotation of one credential."""

    word: str
    """What is rotated, in messages."""
    of: str
    """Whose it is, in messages."""

    @abstractmethod
    async def look(self, okta: OktaClient) -> Steps:
        """The steps of this run. Raises `CannotRotate`. Nothing is changed."""

    @abstractmethod
    async def carry_out(self, okta: OktaClient, step: Step) -> str:
        """Do a step of the last look, in order. Returns what it edited, as a diff; empty for no file."""

    @abstractmethod
    def text(self, step: Step) -> str:
        """A step in words."""

    async def changed(self, okta: OktaClient) -> tuple[Client, Sequence[Credential]] | None:
        """The client secrets that the client has now; None if none were changed."""
        return None


class ClientRotation(Rotation):
    """The rotation of a credential of a client."""

    def __init__(self, client: Client, known: KnownSecrets) -> None:
        self.of = client.name
        self._client, self._known = client, known

    def _tenant(self, okta: OktaClient) -> TenantCredentials:
        return TenantCredentials(okta, self._client.path, self._client.where, self._known.add)


class SecretRotation(ClientRotation):
    """The rotation of a client secret."""

    word = "client secret"

    def __init__(self, client: Client, place: Place, wanted: Wanted, known: KnownSecrets) -> None:
        super().__init__(client, known)
        self._place, self._wanted = place, wanted
        self._by_id: dict[str, str] = {}
        self._new = ""

    async def look(self, okta: OktaClient) -> Steps:
        """Compare the secrets in Okta with the one in the store."""
        secrets = await self._tenant(okta).secrets()
        self._by_id = {one.id: one.secret for one in secrets}
        stored = self._place.read()
        return client_secrets.steps(secrets, stored, self._place.written() if stored else None, self._wanted)

    async def carry_out(self, okta: OktaClient, step: Step) -> str:
        """Do a step."""
        tenant = self._tenant(okta)
        match step.action:
            case Action.DELETE:
                await tenant.delete_secret(step.id)
            case Action.CREATE_SECRET:
                self._new = (await tenant.create_secret()).secret
            case Action.STORE:
                self._place.write(self._by_id[step.id] if step.id else self._new)
            case Action.DEACTIVATE:
                await tenant.deactivate_secret(step.id)
            case _:
                raise AssertionError(step)
        return ""

    def text(self, step: Step) -> str:
        """A step in words."""
        return step.text(step.name or "it", self._place.reference)

    async def changed(self, okta: OktaClient) -> tuple[Client, Sequence[Credential]]:
        """The client secrets that the client has now."""
        return self._client, await self._tenant(okta).secrets()


class KeyRotation(ClientRotation):
    """The rotation of a key pair."""

    word = "key pair"

    def __init__(
        self,
        client: Client,
        place: Place,
        following: Place,
        wanted: Wanted,
        known: KnownSecrets,
        declared: DeclaredKeys | None = None,
        proof: SignsIn | None = None,
    ) -> None:
        """`following` is where the next key waits. With a `proof`, it has to sign in before it is put to use."""
        super().__init__(client, known)
        self._place, self._following, self._wanted = place, following, wanted
        self._declared, self._proof = declared, proof
        self._stored: SigningKey | None = None
        self._replaces = ""
        self._next: NextKey | None = None

    async def look(self, okta: OktaClient) -> Steps:
        """Compare the public keys with the private keys in the store."""
        keys = key_pairs.Keys(await self._tenant(okta).keys(), self._declared.ids if self._declared else None)
        self._stored = self._private_key()
        waiting = self._following.read()
        self._next = None if waiting is None else NextKey.parsed(waiting, self._following.reference)
        current = keys.of(self._stored)
        self._replaces = current.kid if current else ""
        found = key_pairs.steps(keys, self._stored, self._next, self._wanted, proves=self._proof is not None)
        if self._declared and {step.action for step in found.steps} & {Action.DECLARE_KEY, Action.WITHDRAW_KEY}:
            self._declared.check()
        return found

    async def carry_out(self, okta: OktaClient, step: Step) -> str:
        """Do a step."""
        tenant = self._tenant(okta)
        match step.action:
            case Action.DELETE:
                await tenant.delete_key(step.id)
            case Action.GENERATE:
                key = self._stored.like() if self._stored else SigningKey.new()
                self._known.add(*key.secrets)
                self._write_next(NextKey(key.thumbprint, self._replaces, key))
            case Action.ADD_KEY:
                await tenant.add_key(self._public_key)
            case Action.DECLARE_KEY:
                assert self._declared
                return self._declared.add(self._public_key)
            case Action.PROVE:
                assert self._proof
                await self._proof(self._key, self._following_key.kid)
            case Action.STORE:
                as_jwk = self._proof is not None or self._stored is None or self._stored.is_jwk
                self._place.write(self._key.jwk_text(self._following_key.kid) if as_jwk else self._key.pem)
            case Action.FORGET:
                following = self._following_key
                self._write_next(replace(following, key=None, since=following.since or self._wanted.now))
            case Action.DEACTIVATE:
                await tenant.deactivate_key(step.id)
            case Action.WITHDRAW_KEY:
                assert self._declared
                return self._declared.remove(step.name)
            case _:
                raise AssertionError(step)
        return ""

    def text(self, step: Step) -> str:
        """A step in words."""
        return step.text("the private key", self._place.reference, self._following.reference)

    def _private_key(self) -> SigningKey | None:
        text = self._place.read()
        try:
            return None if text is None else SigningKey.parsed(text)
        except ValueError as error:
            if self._wanted.overwrite:
                return None
            raise CannotRotate(
                f"{self._place.reference} has a value that is no private key",
                "check the reference; pass --overwrite to replace the value there",
            ) from error

    def _write_next(self, following: NextKey) -> None:
        self._following.write(following.text)
        self._next = following

    @property
    def _following_key(self) -> NextKey:
        assert self._next
        return self._next

    @property
    def _key(self) -> SigningKey:
        assert self._next
        assert self._next.key
        return self._next.key

    @property
    def _public_key(self) -> Mapping[str, str]:
        return self._key.public_jwk(self._following_key.kid)


class TokenRotation(Rotation):
    """The rotation of the API token with which the reconciler signs in."""

    word = "API token"
    of = "the reconciler itself"

    def __init__(self, tenant: Tenant, place: Place, old: Place, new: str | None, wanted: Wanted) -> None:
        """`old` is where the old token waits. `new` is the token that was created."""
        self._tenant, self._place, self._old, self._new, self._wanted = tenant, place, old, new, wanted
        self._stored: str | None = None
        self._waits: api_tokens.OldToken | None = None

    async def look(self, okta: OktaClient) -> Steps:
        """Compare the new token with those in the store."""
        self._stored, waits = self._place.read(), self._old.read()
        self._waits = None if waits is None else api_tokens.OldToken.parsed(waits, self._old.reference)
        if self._waits and self._waits.token:
            self._tenant.known.add(self._waits.token)
        return api_tokens.steps(self._stored, self._waits, self._new, self._wanted)

    async def carry_out(self, okta: OktaClient, step: Step) -> str:
        """Do a step."""
        match step.action:
            case Action.PROVE_TOKEN:
                async with self._client(self._new) as signed_in:
                    await signed_in.get(f"{scopes.PROBED.collection_path()}?limit=1")
            case Action.KEEP_TOKEN:
                self._keep(api_tokens.OldToken(self._wanted.now, self._stored or ""))
            case Action.STORE:
                assert self._new
                self._place.write(self._new)
            case Action.REVOKE_TOKEN:
                assert self._waits
                await self._revoke(self._waits.token)
            case Action.FORGET_TOKEN:
                assert self._waits
                self._keep(api_tokens.OldToken(self._waits.since))
            case _:
                raise AssertionError(step)
        return ""

    def text(self, step: Step) -> str:
        """A step in words."""
        return step.text("the new API token", self._place.reference, self._old.reference)

    def _client(self, token: str | None) -> OktaClient:
        assert token
        return self._tenant.client_with(ApiToken(token))

    async def _revoke(self, token: str) -> None:
        async with self._client(token) as okta:
            try:
                await okta.send("DELETE", f"{API_TOKENS.path}/current")
            except Unauthorised as error:
                if error.status != httpx.codes.UNAUTHORIZED:  # it is revoked already
                    raise

    def _keep(self, old: api_tokens.OldToken) -> None:
        self._old.write(old.text)
        self._waits = old
