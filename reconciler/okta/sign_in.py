"""Signing in to Okta: an API token, or OAuth 2.0 with a private key (the preferred way).

Source: developer.okta.com, "Implement OAuth for Okta with a service app". `private_key_jwt` is the only client
authentication for Okta's own scopes. An assertion is valid for an hour at most, and its `jti` may be used once.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Generator
from typing import Any

import httpx
import orjson

from reconciler.errors import Unauthorised, Unreachable
from reconciler.okta.dates import moment

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_RENEW_BEFORE_SECONDS = 60
_UNKNOWN_SCOPE = "invalid_scope"
"""Okta's error if it does not know one of the scopes. Scopes that are known but not granted are omitted silently."""
_SKEW_SECONDS = 180
"""A larger difference between the clocks is mentioned in errors, because Okta refuses assertions from another time."""


class ApiToken(httpx.Auth):
    """`Authorization: SSWS ...`. An API token has all permissions of its owner and does not expire while it is used."""

    def __init__(self, token: str) -> None:
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise Unauthorised(
                "the API token contains a space, a line break or another character that is not allowed in tokens",
                hint="check the secret that `token` in the environment's credentials refers to",
            )
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token to the request."""
        request.headers["Authorization"] = f"SSWS {self._token}"
        yield request


class PrivateKey(httpx.Auth):
    """Client credentials with a signed assertion; the access token is renewed before it expires."""

    requires_response_body = True

    def __init__(
        self,
        url: str,
        client_id: str,
        private_key: str,
        key_id: str | None,
        scopes: tuple[str, ...],
        *,
        optional: tuple[str, ...] = (),
        issued: Callable[[str], None] = lambda secret: None,
    ) -> None:
        """`optional` scopes are asked for too, unless the tenant does not know one of them.

        `issued` is called with each assertion and access token before it is used, because these are secrets.
        """
        self._token_url = f"{url}/oauth2/v1/token"
        self._client_id = client_id
        self._private_key = private_key.replace("\\n", "\n")
        self._key_id = key_id
        self._scopes = scopes
        self._optional = tuple(scope for scope in optional if scope not in scopes)
        self._issued = issued
        self._access_token = ""
        self._expires = 0.0
        self.granted: frozenset[str] = frozenset()
        """The scopes of the access token: the requested scopes that the app has. Empty until there is a token."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Get an access token if there is no valid one, and get another one if the tenant refuses it."""
        for _ in range(2):
            if time.time() > self._expires - _RENEW_BEFORE_SECONDS:
                answer = yield self._token_request()
                if self._optional and _members(answer.content).get("error") == _UNKNOWN_SCOPE:
                    self._optional = ()
                    answer = yield self._token_request()
                self._learn(answer)
            request.headers["Authorization"] = f"Bearer {self._access_token}"
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            self._expires = 0.0

    @property
    def _asked(self) -> str:
        """The scopes to ask for, as one text."""
        return " ".join((*self._scopes, *self._optional))

    def _token_request(self) -> httpx.Request:
        import jwt
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._token_url,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": uuid.uuid4().hex,
        }
        headers = {"kid": self._key_id} if self._key_id else None
        try:
            key = load_pem_private_key(self._private_key.encode(), password=None)
            algorithm = "ES256" if isinstance(key, EllipticCurvePrivateKey) else "RS256"
            assertion = jwt.encode(claims, self._private_key, algorithm, headers=headers)
        except (TypeError, ValueError, UnsupportedAlgorithm, jwt.PyJWTError) as error:
            raise Unauthorised(
                "the private key cannot sign: it is not a valid PEM key of a supported type",
                hint="check private_key in the environment's credentials (PKCS#1 or PKCS#8, RSA or EC)",
            ) from error
        self._issued(assertion)
        form = {
            "grant_type": "client_credentials",
            "scope": self._asked,
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        return httpx.Request("POST", self._token_url, data=form, headers={"Accept": "application/json"})

    def _learn(self, response: httpx.Response) -> None:
        said, status = _members(response.content), response.status_code
        token = _sendable(said.get("access_token"))
        if token:
            self._issued(token)
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unreachable(
                f"no access token for {self._client_id}: {self._token_url} answered {status}",
                hint="the tenant has a problem: see https://status.okta.com",
            )
        if not response.is_success or not token:
            message = (
                f"no access token for {self._client_id}: {said.get('error_description') or said.get('error') or status}"
            )
            if skew := clock_difference(response):
                raise Unauthorised(f"{message}; {skew}", hint="set this machine's clock (NTP) and try again")
            raise Unauthorised(
                message,
                hint="the app needs the scopes "
                + ", ".join(self._scopes)
                + ", and this key; see `reconciler kinds` for what each kind needs",
            )
        self._access_token = token
        self.granted = frozenset(str(said.get("scope") or self._asked).split())  # RFC 6749, section 5.1
        self._expires = time.time() + _seconds(said.get("expires_in"))


def clock_difference(response: httpx.Response) -> str:
    """A sentence about the difference from the tenant's clock; empty if it is less than three minutes."""
    shown = moment(response.headers.get("Date", ""))
    ahead = 0.0 if shown is None else time.time() - shown
    if abs(ahead) <= _SKEW_SECONDS:
        return ""
    direction = "ahead of" if ahead > 0 else "behind"
    return f"this machine's clock is {round(abs(ahead) / 60)} minutes {direction} the tenant's"


def _members(content: bytes) -> dict[str, Any]:
    """The members of a JSON object; empty for anything else."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _sendable(token: Any) -> str:
    """The token if it is valid in a header; otherwise empty."""
    return token if isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token else ""


def _seconds(value: Any) -> float:
    """The lifetime of a token in seconds; 0 if the tenant's value is invalid."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
