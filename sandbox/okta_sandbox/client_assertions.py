"""`private_key_jwt`: client assertions at the token endpoint.

The texts of the refusals are Okta's, as quoted in its support articles and by its users.
"""

from okta_sandbox.errors import invalid_client
from okta_sandbox.json_types import Json, JsonObject

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
MAX_LIFETIME_SECONDS = 3600


def issuer(assertion: str) -> str:
    """The client that an assertion names, not yet verified. Raises OAuthError if it is not an assertion."""
    import jwt

    try:
        claims: JsonObject = jwt.decode(assertion, options={"verify_signature": False})
        algorithm = jwt.get_unverified_header(assertion).get("alg")
    except jwt.PyJWTError:
        raise invalid_client("The parsing of the client_assertion failed.") from None
    if algorithm not in ALGORITHMS:
        raise invalid_client("The client_assertion signing algorithm is not supported.")
    client = claims.get("sub")
    if not isinstance(client, str) or claims.get("iss") != client:
        raise invalid_client("The 'iss' and 'sub' of the client_assertion must both be the client_id.")
    return client


def verify(assertion: str, keys: Json, audiences: set[str], now: float) -> JsonObject:
    """The claims of an assertion signed with a key of the client for this endpoint. Raises OAuthError otherwise.

    `keys` is the JWKS of the client, `audiences` are the accepted URLs of the endpoint.
    """
    import jwt

    key = _key(jwt.get_unverified_header(assertion).get("kid"), keys)
    try:
        claims: JsonObject = jwt.decode(
            assertion,
            jwt.PyJWK(key),
            ALGORITHMS,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise invalid_client("The client_assertion signature is invalid.") from None
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each in audiences for each in named):
        raise invalid_client("The audience claim for client_assertion must be the endpoint invoked for the request.")
    expires = claims.get("exp")
    if not isinstance(expires, int | float):
        raise invalid_client("The client_assertion token must contain an expiration.")
    if expires <= now:
        raise invalid_client("The client_assertion token is expired.")
    if expires > now + MAX_LIFETIME_SECONDS:
        raise invalid_client("The client_assertion token has an expiration too far into the future.")
    return claims


def _key(key_id: Json, keys: Json) -> JsonObject:
    """The key with that id; without an id, the only key."""
    known = keys.get("keys") if isinstance(keys, dict) else None
    usable = [each for each in known if isinstance(each, dict)] if isinstance(known, list) else []
    fitting = [each for each in usable if key_id is None or each.get("kid") == key_id]
    if len(fitting) != 1 or fitting[0].get("status") == "INACTIVE":
        raise invalid_client("The client_assertion JWT kid is invalid.")
    return fitting[0]
