"""DPoP: what the token endpoint and the Management API demand of proofs."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from .conftest import BASE_URL, Okta
from .test_oauth import GROUPS, TOKEN_URL, ask, assertion

GROUPS_URL = f"{BASE_URL}/api/v1/groups"
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def app(okta: Okta) -> Any:
    return okta.post("/_sandbox/service-apps", {"scopes": GROUPS, "keyType": "EC", "dpop": True}, status=201)


def proof(okta: Okta, url: str, key: Any = KEY, header: Any = None, **claims: Any) -> str:
    usual = {"htm": "POST", "htu": url, "iat": int(okta.clock.now.timestamp()), "jti": uuid.uuid4().hex}
    wanted = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    usual_header = {"typ": "dpop+jwt", "jwk": ECAlgorithm.to_jwk(key.public_key(), as_dict=True)}
    return jwt.encode(wanted, key, "ES256", headers={**usual_header, **(header or {})})


def asked(okta: Okta, app: Any, signed: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(okta, app),
        "scope": " ".join(GROUPS),
    }
    return okta.request("POST", "/oauth2/v1/token", data=form, headers={"DPoP": signed, "Authorization": ""})


def nonce(okta: Okta, app: Any) -> str:
    refused = asked(okta, app, proof(okta, TOKEN_URL))
    assert (refused.status_code, refused.json()["error"]) == (400, "use_dpop_nonce")
    return str(refused.headers["dpop-nonce"])


def token(okta: Okta, app: Any) -> str:
    answer = asked(okta, app, proof(okta, TOKEN_URL, nonce=nonce(okta, app))).json()
    assert answer["token_type"] == "DPoP"
    return str(answer["access_token"])


def hash_of(access_token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).decode().rstrip("=")


def groups(okta: Okta, access_token: str, signed: str, scheme: str = "DPoP", query: str = "") -> httpx.Response:
    headers = {"Authorization": f"{scheme} {access_token}", **({"DPoP": signed} if signed else {})}
    return okta.request("GET", f"/api/v1/groups{query}", headers=headers)


def test_without_a_proof_there_is_no_token(okta: Okta, app: Any) -> None:
    refused = ask(okta, assertion(okta, app))
    assert (refused.status_code, refused.json()) == (
        400,
        {"error": "invalid_dpop_proof", "error_description": "The DPoP proof JWT header is missing."},
    )


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"htm": "GET"}, "'htm' claim"),
        ({"htu": GROUPS_URL}, "'htu' claim"),
        ({"iat": 1}, "'iat' claim"),
        ({"iat": None}, "'iat' claim"),
        ({"jti": None}, "'jti' claim"),
        ({"header": {"typ": "JWT"}}, "header"),
        ({"header": {"jwk": None}}, "The DPoP proof JWT is invalid."),
        ({"header": {"jwk": ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)}},
         "The DPoP proof JWT is invalid."),
        ({"header": {"jwk": ECAlgorithm.to_jwk(KEY, as_dict=True)}}, "header"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_invalid_proofs_at_the_token_endpoint(okta: Okta, app: Any, claims: Any, description: str) -> None:
    refused = asked(okta, app, proof(okta, TOKEN_URL, **{"nonce": nonce(okta, app), **claims}))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert description in refused.json()["error_description"]


def test_a_nonce_is_renewed_every_day_and_accepted_for_three(okta: Okta, app: Any) -> None:
    first = nonce(okta, app)
    for day in range(4):
        answer = asked(okta, app, proof(okta, TOKEN_URL, nonce=first))
        assert (answer.status_code == 200) is (day < 3)
        okta.clock.now += timedelta(days=1)
    assert nonce(okta, app) != first


def test_a_proof_counts_once(okta: Okta, app: Any) -> None:
    signed = proof(okta, TOKEN_URL, nonce=nonce(okta, app))
    assert asked(okta, app, signed).status_code == 200
    assert "already been used" in asked(okta, app, signed).json()["error_description"]
    access_token = token(okta, app)
    signed = proof(okta, GROUPS_URL, htm="GET", ath=hash_of(access_token))
    assert [groups(okta, access_token, signed).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"ath": None}, "'ath' claim"),
        ({"ath": hash_of("another")}, "'ath' claim"),
        ({"htm": "POST"}, "'htm' claim"),
        ({"htu": f"{GROUPS_URL}?limit=1"}, "'htu' claim"),
        ({"iat": 1}, "'iat' claim"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "not signed with the key"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_invalid_proofs_at_the_api(okta: Okta, app: Any, claims: Any, description: str) -> None:
    access_token = token(okta, app)
    signed = proof(okta, GROUPS_URL, **{"htm": "GET", "ath": hash_of(access_token), **claims})
    refused = groups(okta, access_token, signed, query="?limit=1")
    assert refused.status_code == 401
    challenge = refused.headers["www-authenticate"]
    assert challenge.startswith('DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri=')
    assert 'error="invalid_dpop_proof"' in challenge and description in challenge


def test_a_bound_token_is_worth_nothing_without_its_proof(okta: Okta, app: Any) -> None:
    access_token = token(okta, app)
    assert groups(okta, access_token, "").status_code == 401
    assert groups(okta, access_token, "", "Bearer").status_code == 401
    signed = proof(okta, GROUPS_URL, htm="GET", ath=hash_of(access_token))
    assert groups(okta, access_token, signed, query="?limit=1").status_code == 200


def test_a_client_that_offers_a_proof_gets_a_bound_token_without_being_asked(okta: Okta) -> None:
    app = okta.post("/_sandbox/service-apps", {"scopes": GROUPS, "keyType": "EC"}, status=201)
    assert token(okta, app)
