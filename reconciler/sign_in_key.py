"""The private key with which an environment signs in as a service app, and the key id by which Okta knows it.

The key names itself if it is a JWK with a `kid`; otherwise, the environment names it in `private_key_id`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from reconciler.definitions.identifiers import IdentifierMissing, private_key_id
from reconciler.definitions.model import Environment
from reconciler.errors import ReconcilerError, Unauthorised
from reconciler.known_secrets import KnownSecrets
from reconciler.okta.private_keys import SigningKey

_FIELD = "tenant.credentials.private_key"


class KeyIdMissing(ReconcilerError):
    """Raised when neither the environment nor its private key names the key."""


@dataclass(frozen=True)
class SignInKey:
    """The key of an environment's service app. Its representation shows no secret."""

    key: SigningKey
    key_id: str
    """The `kid` of the public key in the app."""

    @property
    def pem(self) -> str:
        """The private key in PEM, whatever format it is stored in."""
        return self.key.pem


def sign_in_key(
    environment: Environment, text: str, known: KnownSecrets, warn: Callable[[str], None] = lambda message: None
) -> SignInKey:
    """The key in the text of the secret `private_key`. Its other forms are added to the known secrets.

    `warn` is called if the environment states another id than the key has. Raises `Unauthorised` for a text that is no
    key, and `KeyIdMissing`.
    """
    place = environment.where(_FIELD)
    try:
        key = SigningKey.parsed(text)
    except ValueError as error:
        raise Unauthorised(
            f"{place}: the private key cannot sign: {error}",
            hint="check what private_key in the environment's credentials refers to",
        ) from None
    known.add(*key.secrets)
    return SignInKey(key, _key_id(environment, key, warn))


def _key_id(environment: Environment, key: SigningKey, warn: Callable[[str], None]) -> str:
    """The id of the key. A key that names itself can be exchanged in its store without an edit of the definitions."""
    if key.kid:
        with suppress(IdentifierMissing):
            if (stated := private_key_id(environment)) and stated != key.kid:
                warn(
                    f"{environment.where(f'{_FIELD}_id')}: private_key_id {stated} is not used, because the private "
                    f"key has the kid {key.kid}: remove private_key_id"
                )
        return key.kid
    if stated := private_key_id(environment):
        return stated
    what = "is a JWK without a kid" if key.is_jwk else "is in PEM, which has no key id"
    raise KeyIdMissing(
        f"{environment.where(_FIELD)}: private_key {what}, and there is no private_key_id",
        hint="set private_key_id to the kid of the public key in the app, or store the key as a JWK with its kid",
    )
