"""Private keys of service apps: read from PEM or JWK, made new, and written as PEM, JWK and public JWK.

Sources: RFC 7517 (JWK), RFC 7518 section 6 (its members for RSA and EC), RFC 7638 (thumbprints). Okta accepts RSA keys
of 2048 bits or more and EC keys: developer.okta.com, "Build a JWT for client authentication".
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    _Pair: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey

RSA_BITS: Final = 2048
"""Bits of a new RSA key: the least that Okta accepts, and what its own generator makes."""
_EXPONENT: Final = 65537
_RSA_ALGORITHM: Final = "RS256"
_EC_ALGORITHMS: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
"""The signature algorithm of each curve."""
_PUBLIC: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}
"""The members of a public key of each type, in the order in which RFC 7638 hashes them."""
_NUMBERS: Final = ("e", "n", "x", "y")
"""The public members that are numbers."""
_PRIVATE: Final = ("d", "p", "q", "dp", "dq", "qi")
"""The members that make a JWK private."""
_PEM_SUPPORTED: Final = "PKCS#1 or PKCS#8, RSA or EC, without a password"


@dataclass(frozen=True)
class SigningKey:
    """A private key that can sign for a service app."""

    pem: str = field(repr=False)
    """The key in PEM: as it was given, with line breaks for `\\n`, or in PKCS#8 if a JWK was given."""
    kid: str = ""
    """The key id that a JWK has; empty if it has none, and for PEM."""
    is_jwk: bool = False
    """Whether the key was given as JWK."""

    @classmethod
    def parsed(cls, text: str) -> SigningKey:
        """The key in a text: PEM, or a private JWK in JSON. Raises `ValueError`, whose message shows no part of it."""
        text = text.strip()
        return _of_jwk(text) if text.startswith("{") else _of_pem(text.replace("\\n", "\n"))

    @classmethod
    def new(cls) -> SigningKey:
        """A new RSA key without a key id."""
        return cls(_pem(_new_rsa(RSA_BITS)))

    def like(self) -> SigningKey:
        """A new key of the same type and size, and of the same format, without a key id."""
        from cryptography.hazmat.primitives.asymmetric import ec, rsa

        pair = self._pair
        made: _Pair
        if isinstance(pair, rsa.RSAPrivateKey):
            made = _new_rsa(max(pair.key_size, RSA_BITS))
        else:
            made = ec.generate_private_key(pair.curve)
        return replace(self, pem=_pem(made), kid="")

    @property
    def algorithm(self) -> str:
        """The signature algorithm, such as `RS256`."""
        crv = self._members.get("crv")
        return _EC_ALGORITHMS[crv] if crv else _RSA_ALGORITHM

    def public_jwk(self, kid: str) -> dict[str, str]:
        """The public key as Okta takes it: the public members with `kid`, `use` and `alg`."""
        return {**self._public, "kid": kid, "use": "sig", "alg": self.algorithm}

    def jwk_text(self, kid: str) -> str:
        """The private JWK with this key id, in JSON on one line."""
        private = {name: self._members[name] for name in _PRIVATE if name in self._members}
        return json.dumps({**self.public_jwk(kid), **private}, separators=(",", ":"))

    @property
    def thumbprint(self) -> str:
        """The thumbprint of the public key: an id that no other key has."""
        return thumbprint(self._public)

    def matches(self, public_jwk: Mapping[str, object]) -> bool:
        """Whether a public JWK belongs to this key. Only the key itself is compared, not its ids."""
        return all(
            name in public_jwk and _comparable(name, public_jwk[name]) == _comparable(name, value)
            for name, value in self._public.items()
        )

    @property
    def secrets(self) -> frozenset[str]:
        """What must not be shown: the PEM, and the private members of the JWK."""
        return frozenset({self.pem, *(self._members[name] for name in _PRIVATE if name in self._members)})

    @property
    def _public(self) -> dict[str, str]:
        return {name: self._members[name] for name in _PUBLIC[self._members["kty"]]}

    @cached_property
    def _members(self) -> dict[str, str]:
        """The members of the private JWK, without ids."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from jwt.algorithms import ECAlgorithm, RSAAlgorithm

        pair = self._pair
        if isinstance(pair, RSAPrivateKey):
            made = RSAAlgorithm.to_jwk(pair, as_dict=True)
        else:
            made = ECAlgorithm.to_jwk(pair, as_dict=True)
        return {name: value for name, value in made.items() if isinstance(value, str)}

    @cached_property
    def _pair(self) -> _Pair:
        return _loaded(self.pem)


def thumbprint(public_jwk: Mapping[str, str]) -> str:
    """The SHA-256 thumbprint of RFC 7638, in base64url. It depends on the key alone, not on its ids."""
    hashed = {name: public_jwk[name] for name in _PUBLIC[public_jwk["kty"]]}
    digest = hashlib.sha256(json.dumps(hashed, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _of_pem(text: str) -> SigningKey:
    key = SigningKey(text)
    _check(key._pair)
    return key


def _of_jwk(text: str) -> SigningKey:
    from jwt import PyJWTError
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it starts with { but is not valid JSON") from None
    if isinstance(members.get("keys"), list):
        raise ValueError("it is a set of keys (JWKS): give one private key of the set")
    readers: dict[str, Callable[[dict[str, Any]], Any]] = {"RSA": RSAAlgorithm.from_jwk, "EC": ECAlgorithm.from_jwk}
    kind, kid = members.get("kty"), members.get("kid", "")
    if not isinstance(kind, str) or kind not in readers:
        raise ValueError("it is a JWK whose kty is neither RSA nor EC")
    if not isinstance(kid, str) or not kid.isprintable():
        raise ValueError("it is a JWK whose kid is not a text of printable characters")
    if "d" not in members:
        raise ValueError("it is a public JWK: the private key has a member d")
    try:
        numbers = {name: members[name] for name in (*_PUBLIC[kind], *_PRIVATE) if name in members}
        if not all(isinstance(value, str) for value in numbers.values()):
            raise ValueError
        pair = readers[kind](numbers)
    except (KeyError, TypeError, ValueError, PyJWTError):
        raise ValueError(f"it is a JWK whose members are not those of a private {kind} key") from None
    _check(pair)
    return SigningKey(_pem(pair), kid, is_jwk=True)


def _loaded(pem: str) -> _Pair:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        pair = load_pem_private_key(pem.encode(errors="replace"), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        pair = None
    if not isinstance(pair, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError(f"it is not a valid PEM key of a supported type ({_PEM_SUPPORTED}), nor a private JWK in JSON")
    return pair


def _check(pair: _Pair) -> None:
    """Raises `ValueError` for a curve that Okta has no algorithm for."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    supported = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
    if not isinstance(pair, rsa.RSAPrivateKey) and not isinstance(pair.curve, supported):
        raise ValueError(f"its curve is none of {', '.join(_EC_ALGORITHMS)}")


def _new_rsa(bits: int) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(_EXPONENT, bits)


def _pem(pair: _Pair) -> str:
    """The pair in PKCS#8."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _comparable(name: str, value: object) -> object:
    """A public member so that equal numbers are equal, with or without padding and leading zeros."""
    if name not in _NUMBERS or not isinstance(value, str):
        return value
    try:
        return int.from_bytes(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), "big")
    except ValueError:
        return value
