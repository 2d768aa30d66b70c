"""Scopes that a service app was granted although its command does not need them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

from reconciler.errors import Unauthorised
from reconciler.kinds import scopes
from reconciler.okta.sign_in import NONE_GRANTED, UNKNOWN_SCOPE, PrivateKey
from reconciler.tenant import Tenant

DANGEROUS: Final = frozenset(
    f"okta.{what}.manage"
    for what in ("apiTokens", "roles", "users", "orgs", "idps", "clients", "authenticators", "eventHooks", "sessions")
)
"""Scopes with which an app could give itself more rights, or act for people."""


def to_do_more_than_read() -> frozenset[str]:
    """The scopes that a command which only reads does not need: those of the kinds, and the dangerous ones."""
    return DANGEROUS | (scopes.to_change() - scopes.to_read())


def granted(tenant: Tenant, asked: Collection[str]) -> frozenset[str]:
    """Which of these scopes the service app of a tenant has; none for an API token.

    Okta shows the grants of an app only to administrators. So this asks for an access token, which is not used for
    anything else. Raises `TenantError` if the tenant cannot be asked.
    """
    return asyncio.run(_granted(tenant, frozenset(asked)))


async def _granted(tenant: Tenant, asked: frozenset[str]) -> frozenset[str]:
    auth = tenant.auth(asked)
    if not asked or not isinstance(auth, PrivateKey):
        return frozenset()
    try:
        async with tenant.client_with(auth) as client:
            await client.get("/.well-known/okta-organization")  # needs no scope
    except Unauthorised as error:
        if error.code == NONE_GRANTED:
            return frozenset()
        if error.code != UNKNOWN_SCOPE:
            raise
        if len(asked) == 1:
            return frozenset()
        half = frozenset(sorted(asked)[: len(asked) // 2])
        return await _granted(tenant, half) | await _granted(tenant, asked - half)
    return auth.granted & asked
