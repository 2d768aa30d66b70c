"""The engine of a tenant. Classic Engine is not supported: it has no authentication policies, which all apps need."""

from __future__ import annotations

from reconciler.errors import ReconcilerError
from reconciler.okta.client import OktaClient


class ClassicEngine(ReconcilerError):
    """Raised when a tenant uses Classic Engine."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} is a tenant of Okta's Classic Engine; only tenants of Identity Engine are supported",
            hint="upgrade the tenant to Identity Engine",
        )


async def is_classic(client: OktaClient) -> bool:
    """Whether a tenant uses Classic Engine, asked as the provider does. False if the tenant does not say."""
    try:
        organization = await client.get("/.well-known/okta-organization")
    except ReconcilerError:
        return False
    return isinstance(organization, dict) and organization.get("pipeline") == "v1"
