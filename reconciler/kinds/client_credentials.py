"""How an OAuth client proves to Okta who it is, and where that can be renewed without an interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reconciler.kinds.part import Spec


class Proof(StrEnum):
    """What a client proves itself with."""

    SECRET = "client secret"
    KEYS = "key pair"
    """A private key, whose public part is in Okta."""
    NOTHING = "nothing that Okta keeps"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The credentials of objects that are OAuth clients. Okta accepts several of them at the same time."""

    proof: Callable[[Spec], Proof]
    """What an object proves itself with."""
    secret_field: str
    """The field that refers to the client secret."""
    keys_field: str
    """The field with the public keys."""
    secrets: str
    """The path of the list of client secrets, relative to the object."""
    keys: str
    """The path of the list of public keys, relative to the object."""
