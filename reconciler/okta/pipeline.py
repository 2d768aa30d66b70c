"""Which engine a tenant is of: the Classic Engine has no authentication policies, under which all apps are."""

from __future__ import annotations

from reconciler.errors import ReconcilerError
from reconciler.okta.client import OktaClient


class ClassicEngine(ReconcilerError):
    """Raised when a tenant is of the Classic Engine."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} is a tenant of Okta's Classic Engine, and the reconciler serves those of the Identity Engine only",
            hint="upgrade the tenant to the Identity Engine",
        )


async def is_classic(client: OktaClient) -> bool:
    """As the provider asks it: a tenant that does not tell counts as one of the Identity Engine."""
    try:
        organization = await client.get("/.well-known/okta-organization")
    except ReconcilerError:
        return False
    return isinstance(organization, dict) and organization.get("pipeline") == "v1"
