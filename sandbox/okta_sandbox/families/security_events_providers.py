"""Security events providers: `/api/v1/security-events-providers`. No signals are received."""

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import standard_links
from okta_sandbox.store import Record


class _Settings(Body):
    well_known_url: str | None = absent()
    issuer: str | None = absent()
    jwks_url: str | None = absent()


class _Provider(Body):
    name: str = required_text(100)
    type: str = required_text()
    settings: _Settings


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    named = body["settings"].keys()
    if named not in ({"well_known_url"}, {"issuer", "jwks_url"}):
        raise invalid_field("settings", "Either well_known_url, or issuer and jwks_url have to be given.")
    status = before.body["status"] if before else "ACTIVE"
    return {"name": body["name"], "type": body["type"], "status": status, "settings": body["settings"]}


PROVIDERS = Collection(
    kind="SecurityEventsProvider",
    path="/api/v1/security-events-providers",
    item="provider",
    prefix="sse",
    model=_Provider,
    events=Events.lifecycle("SecurityEventsProvider", "security.events.provider."),
    stamps=NO_STAMPS,
    lifecycle=Lifecycle("object"),
    unique=Unique(),
    complete=_complete,
    links=lambda tenant, provider: standard_links(tenant, provider, f"/api/v1/security-events-providers/{provider.id}"),
)

FAMILY = Family((PROVIDERS,), scope="okta.securityEventsProviders")
