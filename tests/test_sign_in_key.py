"""The key of the service app, in each format, and the id by which Okta knows it."""

from __future__ import annotations

import base64
import json

import pytest

from reconciler.definitions.identifiers import IdentifierMissing
from reconciler.definitions.model import Credentials, Environment, Source
from reconciler.errors import Unauthorised
from reconciler.known_secrets import KnownSecrets
from reconciler.okta.private_keys import SigningKey
from reconciler.sign_in_key import KeyIdMissing, SignInKey, sign_in_key
from tests.tenants import REAL, pem

FILE = "environments/production.yaml"
KEY = SigningKey.parsed(pem())
PRIVATE = json.loads(KEY.jwk_text("k"))["d"]


def found(
    text: str, stated: str | None = None, warnings: list[str] | None = None, known: KnownSecrets | None = None
) -> SignInKey:
    places = {"private_key": Source(FILE, 5, 5), "private_key_id": Source(FILE, 6, 5)}
    sources = {f"tenant.credentials.{name}": place for name, place in places.items()}
    credentials = Credentials(client_id="0oa1", private_key="env:A_KEY", private_key_id=stated)
    environment = Environment("production", REAL, credentials, sources=sources)
    return sign_in_key(environment, text, known or KnownSecrets(), ([] if warnings is None else warnings).append)


def without_kid() -> str:
    return json.dumps({name: value for name, value in json.loads(KEY.jwk_text("")).items() if name != "kid"})


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (pem(), "key-1"),
        (pem().replace("\n", "\\n"), "key-1"),
        (without_kid(), "key-1"),
        (KEY.jwk_text(""), "key-1"),
        (KEY.jwk_text("key-1"), "key-1"),
        (KEY.jwk_text("key-1"), None),
    ],
    ids=["pem", "escaped-pem", "jwk-without-kid", "jwk-with-empty-kid", "both", "jwk"],
)
def test_the_environment_or_the_key_names_the_key(text: str, stated: str | None) -> None:
    key = found(text, stated)
    assert (key.pem.strip(), key.key_id) == (pem().strip(), "key-1")


def test_the_id_of_the_key_itself_counts_and_another_one_is_a_warning() -> None:
    """So a rotation can exchange the key in its store without an edit of the definitions."""
    warnings: list[str] = []
    assert found(KEY.jwk_text("key-2"), "key-1", warnings).key_id == "key-2"
    assert warnings == [
        f"{FILE}:6:5: private_key_id key-1 is not used, because the private key has the kid key-2: "
        "remove private_key_id"
    ]


def test_the_id_may_come_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY_ID", "key-1")
    assert found(pem(), "env:A_KEY_ID").key_id == "key-1"
    monkeypatch.setenv("A_KEY_ID", "key-2")
    warnings: list[str] = []
    assert found(KEY.jwk_text("key-1"), "env:A_KEY_ID", warnings).key_id == "key-1"
    assert "private_key_id key-2 is not used" in warnings[0]
    monkeypatch.delenv("A_KEY_ID")
    assert found(KEY.jwk_text("key-1"), "env:A_KEY_ID").key_id == "key-1"
    with pytest.raises(IdentifierMissing):
        found(pem(), "env:A_KEY_ID")


@pytest.mark.parametrize(("text", "what"), [(pem(), "is in PEM"), (without_kid(), "is a JWK without a kid")])
def test_a_key_without_an_id_is_an_error(text: str, what: str) -> None:
    with pytest.raises(KeyIdMissing, match=rf"{FILE}:5:5: private_key {what}") as caught:
        found(text)
    assert "private_key_id" in caught.value.hint


@pytest.mark.parametrize("text", ["canary", '{"kty": "RSA", "kid": "k", "d": "canary"}', '{"canary'])
def test_a_text_that_is_no_key_is_unauthorised_and_not_shown(text: str) -> None:
    with pytest.raises(Unauthorised, match=rf"{FILE}:5:5: the private key cannot sign: it ") as caught:
        found(text, "key-1")
    assert "canary" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("text", [pem(), KEY.jwk_text("the-kid-of-the-key")], ids=["pem", "jwk"])
def test_every_form_of_the_key_is_redacted_and_nothing_else(text: str, indent: int | None) -> None:
    given = json.dumps(json.loads(text), indent=indent) if text.startswith("{") else text
    known = KnownSecrets([given])
    key = found(given, "the-kid-of-the-key", known=known)
    shown = known.redact(f"{key.pem} {json.dumps(pem())} {given} {KEY.jwk_text('k')} {key!r}")
    assert PRIVATE not in shown
    assert not any(line in shown for line in pem().splitlines()[1:-1])
    encoded = base64.b64encode(given.encode()).decode()
    assert len(known.redact(encoded)) < len(encoded)
    public = json.dumps(KEY.public_jwk("the-kid-of-the-key"), indent=2)
    assert known.redact(public) == public
