"""The private key with which an environment signs in as a service app, and the key id by which Okta knows it.

The environment names the key in `private_key_id`, or the key names itself: a JWK has a `kid`.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.definitions.identifiers import private_key_id
from reconciler.definitions.model import Environment
from reconciler.errors import ReconcilerError, Unauthorised
from reconciler.known_secrets import KnownSecrets
from reconciler.okta.private_keys import SigningKey

_FIELD = "tenant.credentials.private_key"


class KeyIdUnclear(ReconcilerError):
    """Raised when the environment and its private key name different key ids, or neither names one."""


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


def sign_in_key(environment: Environment, text: str, known: KnownSecrets) -> SignInKey:
    """The key in the text of the secret `private_key`. Its other forms are added to the known secrets.

    Raises `Unauthorised` for a text that is no key, and `KeyIdUnclear`.
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
    return SignInKey(key, _key_id(environment, key))


def _key_id(environment: Environment, key: SigningKey) -> str:
    stated, place = private_key_id(environment), environment.where(_FIELD)
    if stated and key.kid and stated != key.kid:
        raise KeyIdUnclear(
            f"{environment.where(f'{_FIELD}_id')}: private_key_id is {stated}, but the JWK of private_key ({place}) "
            f"has the kid {key.kid}",
            hint="remove private_key_id, or refer to the private key with this id",
        )
    if not (stated or key.kid):
        what = "is a JWK without a kid" if key.is_jwk else "is in PEM, which has no key id"
        raise KeyIdUnclear(
            f"{place}: private_key {what}, and there is no private_key_id",
            hint="set private_key_id to the kid of the public key in the app, or store the key as a JWK with its kid",
        )
    return stated or key.kid
