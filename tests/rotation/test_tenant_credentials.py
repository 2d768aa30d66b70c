"""The credentials of a client as Okta lists them, and answers that cannot be used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from reconciler.errors import TenantError, Unauthorised, UnexpectedAnswer
from reconciler.kinds.client_credentials import ClientCredentials, Proof
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.rotation.tenant_credentials import TenantCredentials

T = TypeVar("T")
WHERE = ClientCredentials(lambda spec: Proof.SECRET, "client_secret", "jwks", "credentials/secrets", "credentials/jwks")
SECRET: dict[str, Any] = {
    "id": "ocs1",
    "status": "ACTIVE",
    "created": "2026-01-02T03:04:05.000Z",
    "client_secret": "secret-of-the-app",
}


def asked(work: Callable[[TenantCredentials], Awaitable[T]], answer: Any, status: int = 200) -> tuple[T, list[str]]:
    """The result of a request that gets this answer, and the secrets that are known then."""
    known: list[str] = []

    async def ask() -> T:
        transport = httpx.MockTransport(lambda request: httpx.Response(status, json=answer))
        async with OktaClient("http://127.0.0.1:1", ApiToken("token"), transport=transport) as client:
            return await work(TenantCredentials(client, "/api/v1/apps/0oa1", WHERE, known.append))

    return asyncio.run(ask()), known


def test_secrets_are_sorted_by_age_and_known():
    newer = {**SECRET, "id": "ocs0", "created": "2026-01-03T00:00:00.000Z", "client_secret": "newer-secret"}
    found, known = asked(TenantCredentials.secrets, [newer, SECRET | {"status": "INACTIVE"}])
    assert [(one.id, one.active, one.secret) for one in found] == [
        ("ocs1", False, "secret-of-the-app"),
        ("ocs0", True, "newer-secret"),
    ]
    assert set(known) == {"newer-secret", "secret-of-the-app"}
    assert "secret-of-the-app" not in repr(found)


@pytest.mark.parametrize("without", ["id", "status", "created", "client_secret"])
def test_an_incomplete_secret_is_an_unexpected_answer(without: str):
    incomplete = {name: value for name, value in SECRET.items() if name != without}
    for work in (TenantCredentials.secrets, TenantCredentials.create_secret):
        answer = [incomplete] if work is TenantCredentials.secrets else incomplete
        with pytest.raises(UnexpectedAnswer) as error:
            asked(work, answer)
        assert "secret-of-the-app" not in str(error.value)


@pytest.mark.parametrize("answer", [None, {}, "text", [None], [SECRET | {"created": "yesterday"}]])
def test_something_else_is_an_unexpected_answer(answer: Any):
    with pytest.raises(UnexpectedAnswer):
        asked(TenantCredentials.secrets, answer)


def test_what_is_gone_already_counts_as_deleted():
    asked(lambda tenant: tenant.delete_secret("ocs1"), {}, 404)
    asked(lambda tenant: tenant.delete_key("pks1"), {}, 404)
    with pytest.raises(TenantError):
        asked(lambda tenant: tenant.delete_key("pks1"), {}, 400)


def test_a_refusal_names_the_role_that_may_be_missing():
    with pytest.raises(Unauthorised) as refused:
        asked(lambda tenant: tenant.add_key({"kty": "RSA"}), {}, 403)
    assert "only a super administrator" in refused.value.hint
