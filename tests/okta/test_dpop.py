"""Proofs of possession, and sign-ins with clocks that differ, against the local tenant."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import jwt
import pytest

from okta_sandbox.application import app_of
from okta_sandbox.sandbox import Sandbox
from reconciler.errors import Unauthorised
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import PrivateKey

URL = "http://127.0.0.1"
GROUPS = "/api/v1/groups"
SCOPES = ("okta.groups.manage", "okta.groups.read")


class Tenant(httpx.AsyncBaseTransport):
    """A local tenant whose clock is behind this machine's, and the requests to it."""

    def __init__(self, *, dpop: bool = True, behind: float = 0.0) -> None:
        self._behind = timedelta(seconds=behind)
        self.sandbox = Sandbox.open(URL, clock=self.now)
        self._app = httpx.ASGITransport(app=app_of(self.sandbox))  # type: ignore[arg-type]
        self.requests: list[httpx.Request] = []
        self.change: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        """A response instead of the tenant's."""
        order = {"scopes": SCOPES, "keyType": "EC", "dpop": dpop}
        self.app = asyncio.run(self._post("/_sandbox/service-apps", order))

    def now(self) -> datetime:
        return datetime.now(UTC) - self._behind

    async def _post(self, path: str, body: Any) -> Any:
        async with httpx.AsyncClient(transport=self._app, base_url=URL) as http:
            return (await http.post(path, json=body)).json()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(httpx.Request(request.method, request.url, headers=request.headers))
        response = self.change(request) or await self._app.handle_async_request(request)
        response.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return response

    @property
    def proofs(self) -> list[dict[str, Any]]:
        found = [request.headers.get("DPoP") for request in self.requests]
        return [jwt.decode(proof, options={"verify_signature": False}) if proof else {} for proof in found]

    def sign_in(self, **options: Any) -> PrivateKey:
        return PrivateKey(URL, self.app["clientId"], self.app["privateKey"], self.app["keyId"], SCOPES, **options)

    def ask(self, *paths: str, auth: PrivateKey | None = None, together: bool = False) -> None:
        async def work() -> None:
            async with OktaClient(URL, auth or self.sign_in(), transport=self) as client:
                if together:
                    await asyncio.gather(*(client.get(path) for path in paths))
                else:
                    for path in paths:
                        await client.get(path)

        asyncio.run(work())

    @property
    def token_requests(self) -> int:
        return sum(request.url.path == "/oauth2/v1/token" for request in self.requests)


def test_a_token_is_bound_when_the_tenant_demands_it_and_each_request_has_a_proof_of_its_own():
    tenant = Tenant()
    tenant.ask(f"{GROUPS}?limit=1", "/api/v1/groups/rules")

    first, without_nonce, with_nonce, groups, rules = tenant.proofs
    assert first == {}
    assert "nonce" not in without_nonce and with_nonce["nonce"]
    assert {with_nonce["htu"], with_nonce["htm"]} == {f"{URL}/oauth2/v1/token", "POST"}
    assert (groups["htu"], rules["htu"]) == (f"{URL}{GROUPS}", f"{URL}/api/v1/groups/rules")
    scheme, token = tenant.requests[-1].headers["Authorization"].split()
    digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
    assert (scheme, groups["ath"], rules["ath"]) == ("DPoP", digest, digest)
    assert len({proof["jti"] for proof in tenant.proofs if proof}) == 4
    keys = {str(jwt.get_unverified_header(one.headers["DPoP"])["jwk"]) for one in tenant.requests[1:]}
    assert len(keys) == 1, "one key for each run"


def test_without_a_demand_there_is_no_proof():
    tenant = Tenant(dpop=False)
    tenant.ask(GROUPS)
    assert tenant.proofs == [{}, {}]


def test_objects_are_changed_with_a_bound_token_whatever_is_in_their_path():
    tenant = Tenant()

    async def work() -> None:
        async with OktaClient(URL, tenant.sign_in(), transport=tenant) as client:
            group = await client.send("POST", GROUPS, {"profile": {"name": "Team"}})
            await client.send("DELETE", f"{GROUPS}/{group['id']}")
            with pytest.raises(Exception, match="404"):
                await client.get(f"{GROUPS}/a%20b")

    asyncio.run(work())


def test_a_nonce_that_the_api_asks_for_is_sent_with_the_same_token():
    tenant = Tenant()

    def demand(request: httpx.Request) -> httpx.Response | None:
        proof = (
            jwt.decode(request.headers.get("DPoP", ""), options={"verify_signature": False})
            if ("DPoP" in request.headers)
            else {}
        )
        if request.url.path != GROUPS or "nonce" in proof:
            return None
        headers = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "a-nonce-of-the-api"}
        return httpx.Response(401, headers=headers, json={})

    tenant.change = demand
    tenant.ask(GROUPS, GROUPS)
    assert [proof.get("nonce") for proof in tenant.proofs[3:]] == [None, *["a-nonce-of-the-api"] * 2]
    assert tenant.token_requests == 3


def test_a_tenant_that_is_never_content_with_a_proof_is_unauthorised():
    tenant = Tenant()
    numbers = iter(range(1000))
    tenant.change = lambda request: httpx.Response(
        400, json={"error": "use_dpop_nonce"}, headers={"DPoP-Nonce": f"n{next(numbers)}"}
    )
    with pytest.raises(Unauthorised, match="use_dpop_nonce"):
        tenant.ask(GROUPS)
    assert tenant.token_requests < 10


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
@pytest.mark.parametrize(
    ("behind", "said"),
    [
        (7200.0, "this machine's clock is 120 minutes ahead of the tenant's"),
        (-720.0, "this machine's clock is 12 minutes behind the tenant's"),
    ],
    ids=["ahead", "behind"],
)
def test_a_wrong_clock_is_corrected_by_the_tenants_and_named(behind: float, said: str, dpop: bool):
    tenant = Tenant(behind=behind, dpop=dpop)
    warnings: list[str] = []
    tenant.ask(GROUPS, GROUPS, auth=tenant.sign_in(warn=warnings.append))
    assert warnings == [f"{said}: signed in with the tenant's time; set this machine's clock (NTP)"]
    assert tenant.token_requests == (4 if dpop else 2)


def test_a_clock_that_differs_by_seconds_needs_no_warning():
    tenant = Tenant(behind=20.0)
    warnings: list[str] = []
    tenant.ask(GROUPS, auth=tenant.sign_in(warn=warnings.append))
    assert warnings == []


def test_requests_at_the_same_time_share_one_token():
    tenant = Tenant(dpop=False)
    tenant.ask(*[f"{GROUPS}?limit={number}" for number in range(1, 30)], together=True)
    assert tenant.token_requests == 1


def test_requests_at_the_same_time_share_the_refusal_of_a_token():
    tenant = Tenant(dpop=False)
    tenant.change = lambda request: httpx.Response(401, json={"error": "invalid_client"})
    with pytest.raises(Unauthorised, match="invalid_client"):
        tenant.ask(*[f"{GROUPS}?limit={number}" for number in range(1, 30)], together=True)
    assert tenant.token_requests == 1


def test_a_sign_in_is_used_by_one_event_loop_after_the_other():
    tenant = Tenant(dpop=False)
    auth = tenant.sign_in()
    tenant.ask(GROUPS, GROUPS, auth=auth, together=True)
    tenant.ask(GROUPS, GROUPS, auth=auth, together=True)
    assert tenant.token_requests == 1
