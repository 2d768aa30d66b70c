"""Tenants of environments with each way to sign in, and what these send."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qs

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler.definitions.model import Credentials, Environment
from reconciler.okta.sign_in import PrivateKey
from reconciler.tenant import Tenant

TOKEN = Credentials(token="env:A_TOKEN")
KEY = Credentials(client_id="0oa1", private_key="env:A_KEY", private_key_id="key-1")
BOTH = Credentials("env:A_TOKEN", "0oa1", "env:A_KEY", "key-1")
REAL = "https://acme.oktapreview.com"
LOCAL = "http://127.0.0.1:7701"


@cache
def pem() -> str:
    """A key with which one can sign."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def tenant(url: str = REAL, credentials: Credentials = TOKEN) -> Tenant:
    return Tenant(Environment("production", url, credentials))


def signed(auth: httpx.Auth) -> str:
    request = next(auth.auth_flow(httpx.Request("GET", REAL)))
    return str(request.headers["Authorization"])


def asked_by(auth: httpx.Auth) -> list[str]:
    """The scopes for which a way to sign in asks."""
    assert isinstance(auth, PrivateKey)
    (form,) = [parse_qs(next(auth.auth_flow(httpx.Request("GET", REAL))).content.decode())]
    return form["scope"][0].split(" ")
