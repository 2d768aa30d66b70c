from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from reconciler.okta.private_keys import SigningKey, thumbprint

TYPES = ("RSA-2048", "RSA-3072", "P-256", "P-384", "P-521")
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


@cache
def pair(name: str) -> Any:
    kind, _, size = name.partition("-")
    if kind == "RSA":
        return rsa.generate_private_key(65537, int(size))
    return ec.generate_private_key(CURVES[name])


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return str(key.private_bytes(Encoding.PEM, form, encryption).decode())


def private_jwk(key: Any, **ids: Any) -> dict[str, Any]:
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key, as_dict=True), **ids}


# Reading


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL], ids=["pkcs8", "traditional"])
@pytest.mark.parametrize("name", TYPES)
def test_pem_stays_as_it_was_given(name, form):
    text = pem(pair(name), form)
    key = SigningKey.parsed(text)
    assert (key.pem, key.kid, key.is_jwk) == (text.strip(), "", False)
    assert SigningKey.parsed(text.replace("\n", "\\n")).pem.strip() == text.strip()


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_jwk_becomes_pkcs8_and_keeps_its_key_id(name, indent):
    text = json.dumps(private_jwk(pair(name), kid="key-1", use="sig", alg="RS256"), indent=indent)
    key = SigningKey.parsed(f"\n{text}\n")
    assert (key.pem, key.kid, key.is_jwk) == (pem(pair(name)), "key-1", True)


def test_a_jwk_may_have_no_key_id_and_only_the_needed_members():
    full = private_jwk(pair("RSA-2048"))
    key = SigningKey.parsed(json.dumps({name: full[name] for name in ("kty", "n", "e", "d")}))
    assert key.kid == ""
    assert key._pair.private_numbers().public_numbers == pair("RSA-2048").private_numbers().public_numbers


def public_pem() -> str:
    return str(pair("P-256").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def changed(name: str, **members: Any) -> str:
    """A JWK with some members changed, or removed if they are None."""
    found = private_jwk(pair(name)) | members
    return json.dumps({name: value for name, value in found.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a valid PEM key"),
        ("a-secret-text", "not a valid PEM key"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "not a valid PEM key"),
        ("\ud800", "not a valid PEM key"),
        ("[1]", "not a valid PEM key"),
        ("{", "not valid JSON"),
        ('{"a":' * 5000, "not valid JSON"),
        ('{"keys": []}', "JWKS"),
        ("{}", "neither RSA nor EC"),
        ('{"kty": ["RSA"]}', "neither RSA nor EC"),
        ('{"kty": "oct", "k": "a-secret-text"}', "neither RSA nor EC"),
        ('{"kty": "RSA", "kid": 7}', "kid"),
        ('{"kty": "RSA", "kid": "a\\nb"}', "kid"),
        ('{"kty": "RSA", "n": "a-secret-text"}', "public JWK"),
        ('{"kty": "RSA", "d": "a-secret-text"}', "members are not those of a private RSA key"),
        ('{"kty": "EC", "d": "a-secret-text", "x": 1, "y": "?"}', "members are not those of a private EC key"),
    ],
)
def test_an_invalid_text_is_refused_and_not_shown(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        SigningKey.parsed(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pem(ed25519.Ed25519PrivateKey.generate()), "supported type"),
        (lambda: pem(dsa.generate_private_key(1024)), "supported type"),
        (lambda: pem(ec.generate_private_key(ec.SECP256K1())), "none of P-256"),
        (lambda: json.dumps(private_jwk(ec.generate_private_key(ec.SECP256K1()))), "none of P-256"),
        (lambda: pem(pair("P-256"), password=b"a-password"), "without a password"),
        (public_pem, "supported type"),
        (lambda: changed("RSA-2048", p=None), "private RSA key"),
        (lambda: changed("RSA-2048", p="AQAB"), "private RSA key"),
        (lambda: changed("RSA-2048", d=5), "private RSA key"),
        (lambda: changed("P-256", crv="P-384"), "private EC key"),
        (lambda: changed("P-256", d=private_jwk(pair("P-384"))["d"]), "private EC key"),
        (lambda: changed("P-256", x=private_jwk(ec.generate_private_key(ec.SECP256R1()))["x"]), "private EC key"),
    ],
)
def test_a_key_that_cannot_sign_for_an_app_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        SigningKey.parsed(make())


# Writing


@pytest.mark.parametrize("name", TYPES)
def test_the_public_jwk_verifies_what_the_private_key_signs(name):
    key = SigningKey.parsed(pem(pair(name)))
    public = key.public_jwk("key-1")
    assert public.keys() == {*(("crv", "x", "y") if name in CURVES else ("n", "e")), "kty", "kid", "use", "alg"}
    assert (public["kid"], public["use"], public["alg"]) == ("key-1", "sig", ALGORITHMS.get(name, "RS256"))
    signed = jwt.encode({"a": 1}, key.pem, key.algorithm)
    assert jwt.decode(signed, jwt.PyJWK(public), [key.algorithm]) == {"a": 1}


@pytest.mark.parametrize("name", TYPES)
def test_the_private_jwk_can_be_read_again(name):
    key = SigningKey.parsed(pem(pair(name)))
    text = key.jwk_text("key-2")
    again = SigningKey.parsed(text)
    assert "\n" not in text
    assert (again.kid, again.is_jwk) == ("key-2", True)
    assert again.pem == pem(pair(name))
    assert json.loads(text).items() >= key.public_jwk("key-2").items()


def test_the_thumbprint_of_the_example_in_rfc_7638():
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    )
    assert (
        thumbprint({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "2011-04-29"})
        == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


def test_the_thumbprint_of_an_ec_key_does_not_depend_on_ids():
    full = private_jwk(pair("P-256"))
    hashed = json.dumps({name: full[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    expected = base64.urlsafe_b64encode(hashlib.sha256(hashed.encode()).digest()).decode().rstrip("=")
    assert SigningKey.parsed(pem(pair("P-256"))).thumbprint == expected
    assert SigningKey.parsed(json.dumps(full | {"kid": "a"})).thumbprint == expected


# New keys


def test_a_new_key_is_rsa():
    key = SigningKey.new()
    assert (key.algorithm, key._pair.key_size, key.kid, key.is_jwk) == ("RS256", 2048, "", False)


@pytest.mark.parametrize("name", TYPES)
def test_a_key_like_another_has_its_type_size_and_format(name):
    old = SigningKey.parsed(json.dumps(private_jwk(pair(name), kid="old")))
    new = old.like()
    assert (new.algorithm, new._pair.key_size, new.kid, new.is_jwk) == (old.algorithm, old._pair.key_size, "", True)
    assert not new.matches(old.public_jwk("old"))
    assert not SigningKey.parsed(pem(pair(name))).like().is_jwk


def test_a_key_like_a_short_one_is_long_enough_for_okta():
    assert SigningKey.parsed(pem(rsa.generate_private_key(65537, 1024))).like()._pair.key_size == 2048


# Comparing and hiding


@pytest.mark.parametrize("name", TYPES)
def test_a_public_jwk_belongs_to_its_private_key(name):
    key = SigningKey.parsed(pem(pair(name)))
    public: dict[str, Any] = dict(key.public_jwk("any"))
    assert key.matches(public | {"id": "pks1", "status": "ACTIVE", "_links": {}})
    for member in {"n", "e", "x", "y"} & public.keys():
        padded = base64.urlsafe_b64encode(b"\0" + base64.urlsafe_b64decode(public[member] + "==")).decode()
        assert key.matches(public | {member: padded})
        for other in ("AQABAQAB", "Zürich", "A", 5, None):
            assert not key.matches(public | {member: other})
        assert not key.matches({name: value for name, value in public.items() if name != member})
    assert not any(
        key.matches(SigningKey.parsed(pem(pair(other))).public_jwk("any")) for other in TYPES if other != name
    )


@pytest.mark.parametrize("name", ["RSA-2048", "P-256"])
def test_the_secrets_are_the_pem_and_the_private_members(name):
    full = private_jwk(pair(name), kid="key-1")
    key = SigningKey.parsed(json.dumps(full))
    private = {full[member] for member in ("d", "p", "q", "dp", "dq", "qi") if member in full}
    assert key.secrets == {key.pem, *private}
    assert not any(secret in repr(key) for secret in key.secrets)
