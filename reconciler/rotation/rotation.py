"""Carries out rotations, step by step. Each step is complete when the next one begins."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from reconciler.known_secrets import KnownSecrets
from reconciler.okta.private_keys import SigningKey
from reconciler.rotation import client_secrets, key_pairs
from reconciler.rotation.declared_keys import DeclaredKeys
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.next_key import NextKey
from reconciler.rotation.places import Place
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Step, Steps
from reconciler.rotation.tenant_credentials import TenantCredentials

Proof = Callable[[SigningKey, str], Awaitable[None]]
"""Signs in with a key of this id. Raises `TenantError`."""


class Rotation(ABC):
    """One run of the rotation of one credential."""

    word: str
    """What is rotated, in messages."""

    @abstractmethod
    async def look(self, tenant: TenantCredentials) -> Steps:
        """The steps of this run. Raises `CannotRotate`. Nothing is changed."""

    @abstractmethod
    async def carry_out(self, tenant: TenantCredentials, step: Step) -> str:
        """Do a step of the last look, in order. Returns what it edited, as a diff; empty for no file."""

    @abstractmethod
    def text(self, step: Step) -> str:
        """A step in words."""


class SecretRotation(Rotation):
    """The rotation of a client secret."""

    word = "client secret"

    def __init__(self, place: Place, wanted: Wanted) -> None:
        self._place, self._wanted = place, wanted
        self._by_id: dict[str, str] = {}
        self._new = ""

    async def look(self, tenant: TenantCredentials) -> Steps:
        """Compare the secrets in Okta with the one in the store."""
        secrets = await tenant.secrets()
        self._by_id = {one.id: one.secret for one in secrets}
        stored = self._place.read()
        return client_secrets.steps(secrets, stored, self._place.written() if stored else None, self._wanted)

    async def carry_out(self, tenant: TenantCredentials, step: Step) -> str:
        """Do a step."""
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


class KeyRotation(Rotation):
    """The rotation of a key pair."""

    word = "key pair"

    def __init__(
        self,
        place: Place,
        following: Place,
        wanted: Wanted,
        known: KnownSecrets,
        declared: DeclaredKeys | None = None,
        proof: Proof | None = None,
    ) -> None:
        """`following` is where the next key waits. With a `proof`, it has to sign in before it is put to use."""
        self._place, self._following, self._wanted = place, following, wanted
        self._known, self._declared, self._proof = known, declared, proof
        self._stored: SigningKey | None = None
        self._replaces = ""
        self._next: NextKey | None = None

    async def look(self, tenant: TenantCredentials) -> Steps:
        """Compare the public keys with the private keys in the store."""
        keys = key_pairs.Keys(await tenant.keys(), self._declared.ids if self._declared else None)
        self._stored = self._private_key()
        waiting = self._following.read()
        self._next = None if waiting is None else NextKey.parsed(waiting, self._following.reference)
        current = keys.of(self._stored)
        self._replaces = current.kid if current else ""
        found = key_pairs.steps(keys, self._stored, self._next, self._wanted, proves=self._proof is not None)
        if self._declared and {step.action for step in found.steps} & {Action.DECLARE_KEY, Action.WITHDRAW_KEY}:
            self._declared.check()
        return found

    async def carry_out(self, tenant: TenantCredentials, step: Step) -> str:
        """Do a step."""
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
