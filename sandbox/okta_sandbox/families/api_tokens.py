"""API tokens: `/api/v1/api-tokens`. Only Okta's console creates them; a fresh org has the one in use."""

from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

TOKEN = "ApiToken"
FIXED = ("userId", "tokenWindow", "expiresAt")


class _Network(Body):
    connection: Literal["ANYWHERE", "ZONE"] = "ANYWHERE"
    include: list[str] | None = None
    exclude: list[str] | None = None


class _Token(Body):
    name: str = required_text()
    clientName: str | None = None
    network: _Network = _Network()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    network = {name: value for name, value in body["network"].items() if value is not None}
    zones = [*network.get("include", []), *network.get("exclude", [])]
    if (network["connection"] == "ZONE") != bool(zones):
        raise invalid_field("network", "Network zones have to be given with ZONE, and with nothing else.")
    require(call.tenant, "NetworkZone", zones, "network")
    kept = {name: before.body[name] for name in FIXED} if before else {}
    name = body["clientName"] or (before.body["clientName"] if before else None)
    return {"name": body["name"], **kept, "clientName": name, "network": network}


def _links(tenant: Tenant, token: Record) -> JsonObject:
    return {
        "self": link(tenant, f"{API_TOKENS.path}/{token.id}", "GET", "DELETE"),
        "user": link(tenant, f"/api/v1/users/{token.body['userId']}", "GET"),
    }


API_TOKENS = Collection(
    kind=TOKEN,
    path="/api/v1/api-tokens",
    item="token",
    prefix="00T",
    model=_Token,
    events=Events("Token", update="system.api_token.update", delete="system.api_token.revoke"),
    operations=("list", "read", "replace", "delete"),
    complete=_complete,
    links=_links,
)


def _revoke_current(call: Call) -> Answer:
    """DELETE .../current: the API token of the request, which is refused from now on.

    The token of a fresh org stands for each token of the first administrator.
    """
    if not call.caller.token_id:
        raise not_found("current", TOKEN)
    call.tenant.revoke_token(call.caller.token_id)
    own = [token for token in call.tenant.store.all(TOKEN) if token.body["userId"] == call.actor.id]
    if own:
        API_TOKENS.remove(call, own[0])
    else:
        target = system_log.target(call.caller.token_id, API_TOKENS.events.target, "")
        system_log.record(call, API_TOKENS.events.delete, target)
    return NO_CONTENT


FAMILY = Family(
    (API_TOKENS,), (Route("DELETE", f"{API_TOKENS.path}/current", _revoke_current),), scope="okta.apiTokens"
)
