"""Creates a service app with key and grants in one request, to try out sign-in with a private key."""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body
from okta_sandbox.exchange import Call
from okta_sandbox.families.app_grants import GRANTS
from okta_sandbox.families.apps import APPS
from okta_sandbox.json_types import JsonObject


class ServiceAppRequest(Body):
    """Body of `POST /_sandbox/service-apps`. Without `jwk`, a public key, a key pair is generated."""

    label: str = "Reconciler"
    scopes: list[str] = Field([])
    jwk: JsonObject | None = None
    keyType: Literal["RSA", "EC"] = "RSA"  # of a generated pair; Okta's SDK for Python signs with RSA only
    dpop: bool = False  # whether its access tokens are bound to a key


def make(call: Call, request: JsonObject) -> JsonObject:
    """Create a service app. Returns the values needed to sign in."""
    public, private = (request["jwk"], None) if request["jwk"] else _new_key(request["keyType"], call)
    body = {
        "name": "oidc_client",
        "label": request["label"],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {
            "oauthClient": {
                "application_type": "service",
                "grant_types": ["client_credentials"],
                "response_types": ["token"],
                "dpop_bound_access_tokens": request["dpop"],
                "jwks": {"keys": [public]},
            }
        },
    }
    app = APPS.add(call, body)
    in_app = call.with_params(app=app.id)
    for scope in request["scopes"]:
        GRANTS.add(in_app, {"issuer": call.tenant.base_url, "scopeId": scope}, app.id)
    return {
        "clientId": app.id,
        "keyId": public.get("kid"),
        "privateKey": private,
        "scopes": request["scopes"],
        "tokenUrl": call.tenant.url("/oauth2/v1/token"),
    }


def _new_key(kind: str, call: Call) -> tuple[JsonObject, str]:
    """A public JWK and its private key in PEM."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    public: JsonObject
    if kind == "EC":
        key = ec.generate_private_key(ec.SECP256R1())
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {**public, "kid": call.tenant.identifiers.key_id(), "use": "sig"}, pem
