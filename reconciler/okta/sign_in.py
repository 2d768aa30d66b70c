"""Signing in to Okta: an API token, or OAuth 2.0 with a private key (the preferred way).

Source: developer.okta.com, "Implement OAuth for Okta with a service app". `private_key_jwt` is the only client
authentication for Okta's own scopes. An assertion is valid for an hour at most, and its `jti` may be used once. Bound
access tokens are described in `dpop`.
"""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import orjson

from reconciler.errors import TenantError, Unauthorised, Unreachable
from reconciler.okta.clock import TenantClock, clock_difference
from reconciler.okta.dpop import NONCE_NEEDED, PROOF_REFUSED, TOKEN_TYPE, ProofKey
from reconciler.okta.failures import NETWORK
from reconciler.okta.private_keys import SigningKey

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_RENEW_BEFORE_SECONDS = 60
UNKNOWN_SCOPE = "invalid_scope"
"""Okta's error if it does not know one of the scopes. Scopes that are known but not granted are omitted silently."""
NONE_GRANTED = "consent_required"
"""Okta's error if the app has none of the scopes."""
_REFUSED = frozenset({400, 401})
_MOST_ATTEMPTS = 6
"""More than the tenant can have reasons to ask for another attempt."""


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
    """Client credentials with a signed assertion; the access token is renewed before it expires.

    Requests that need a token at the same time share one token request, and its failure. If the tenant demands it, the
    token is bound to a key of this run (DPoP). If the tenant refuses an assertion and its clock differs from this
    machine's, the next assertion has the tenant's time.
    """

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
        warn: Callable[[str], None] = lambda message: None,
        clock: TenantClock | None = None,
        proof_key: ProofKey | None = None,
    ) -> None:
        """The private key is in PEM.

        `optional` scopes are asked for too, unless the tenant does not know one of them.

        `issued` is called with each assertion and access token before it is used, because these are secrets. `warn` is
        called if the sign-in only worked with the tenant's time. The clock and the key for proofs can be shared with
        other sign-ins of the run.
        """
        self._token_url = f"{url}/oauth2/v1/token"
        self._client_id = client_id
        self._private_key = private_key
        self._key_id = key_id
        self._scopes = scopes
        self._optional = tuple(scope for scope in optional if scope not in scopes)
        self._issued = issued
        self._warn = warn
        self._clock = clock or TenantClock()
        self._proof_key = proof_key or ProofKey()
        self._access_token = ""
        self._bound = False
        self._expires = 0.0
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._failed = 0
        """How many times no access token could be had, and why the last time."""
        self._failure: TenantError | None = None
        self.granted: frozenset[str] = frozenset()
        """The scopes of the access token: the requested scopes that the app has. Empty until there is a token."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Get an access token if there is no valid one, and get another one if the tenant refuses it."""
        renewed = False
        for _ in range(_MOST_ATTEMPTS):
            if self._is_due:
                yield from self._sign_in()
            token = self._authorise(request)
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            if self._bound and self._proves_better(response):
                continue
            if token == self._access_token:
                self._expires = 0.0
            if renewed:
                return
            renewed = True

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The same, with one token request at a time."""
        flow, response = self.auth_flow(request), None
        while True:
            async with self._turn():
                try:
                    sent = flow.send(response) if response else next(flow)
                    while sent is not request:
                        answer = yield sent
                        await answer.aread()
                        sent = flow.send(answer)
                except StopIteration:
                    return
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            await response.aread()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for the token request of another request, if there is one. Raises its error if it fails.

        A refusal is final: the tenant is not asked again with the same key.
        """
        before = self._failed
        async with self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            final = isinstance(self._failure, Unauthorised) or self._failed > before
            if self._is_due and self._failure and final:
                raise self._failure
            try:
                yield
            except TenantError as error:
                self._failed, self._failure = self._failed + 1, error
                raise
            except GeneratorExit:  # sending it failed
                self._failed += 1
                self._failure = Unreachable(
                    f"no access token for {self._client_id}: {self._token_url} did not answer",
                    hint=NETWORK,
                )
                raise

    @property
    def _is_due(self) -> bool:
        return time.time() > self._expires - _RENEW_BEFORE_SECONDS

    def _authorise(self, request: httpx.Request) -> str:
        """Add the access token to a request, with a proof if the token is bound. Returns the token."""
        token = self._access_token
        request.headers["Authorization"] = f"{TOKEN_TYPE if self._bound else 'Bearer'} {token}"
        if self._bound:
            self._proof_key.prove(request, self._clock.now(), token)
        return token

    def _proves_better(self, response: httpx.Response) -> bool:
        """Whether another proof has a chance: with the nonce of a refusal, or with the tenant's time."""
        challenge = response.headers.get("WWW-Authenticate", "")
        learned = self._proof_key.learned(response, with_token=True)
        if NONCE_NEEDED in challenge:
            return learned
        return PROOF_REFUSED in challenge and self._clock.corrected(response)

    def _sign_in(self) -> Generator[httpx.Request, httpx.Response, None]:
        """Ask for an access token, again with what the tenant turns out to need."""
        late = False
        for _ in range(_MOST_ATTEMPTS):
            response = yield self._token_request()
            learned = self._proof_key.learned(response, with_token=False)
            error = _members(response.content).get("error")
            if error == UNKNOWN_SCOPE and self._optional:
                self._optional = ()
            elif error == PROOF_REFUSED and not self._proof_key.demanded:
                self._proof_key.demanded = True
            elif response.status_code in _REFUSED and self._clock.corrected(response):
                late = True
            elif error != NONCE_NEEDED or not learned:
                break
        self._learn(response)
        if late and (skew := clock_difference(response)):
            self._warn(f"{skew}: signed in with the tenant's time; set this machine's clock (NTP)")

    @property
    def _asked(self) -> str:
        """The scopes to ask for, as one text."""
        return " ".join((*self._scopes, *self._optional))

    def _token_request(self) -> httpx.Request:
        import jwt

        now = int(self._clock.now())
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
            key = SigningKey.parsed(self._private_key)
            assertion = jwt.encode(claims, key.pem, key.algorithm, headers=headers)
        except (ValueError, jwt.PyJWTError) as error:
            raise Unauthorised(
                f"the private key cannot sign: {error}",
                hint="check what private_key in the environment's credentials refers to",
            ) from error
        self._issued(assertion)
        form = {
            "grant_type": "client_credentials",
            "scope": self._asked,
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        request = httpx.Request("POST", self._token_url, data=form, headers={"Accept": "application/json"})
        if self._proof_key.demanded:
            self._proof_key.prove(request, self._clock.now())
        return request

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
            hint = (
                f"the app needs the scopes {', '.join(self._scopes)}, and this key; see `reconciler scopes` for what "
                "each command needs"
            )
            if skew := clock_difference(response):
                message, hint = f"{message}; {skew}", "set this machine's clock (NTP) and try again"
            error = Unauthorised(message, hint=hint)
            error.status, error.code = status, str(said.get("error") or "")
            raise error
        self._access_token = token
        self._bound = str(said.get("token_type")).lower() == TOKEN_TYPE.lower()
        self.granted = frozenset(str(said.get("scope") or self._asked).split())  # RFC 6749, section 5.1
        self._expires = time.time() + _seconds(said.get("expires_in"))


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
