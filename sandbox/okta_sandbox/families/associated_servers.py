"""Associated authorization servers: `/api/v1/authorizationServers/{id}/associatedServers`.

A server trusts the tokens of the servers associated with it.
"""

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Family
from okta_sandbox.errors import not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.authorization_servers import SERVERS
from okta_sandbox.references import require
from okta_sandbox.store import Record

PATH = f"{SERVERS.item_path}/associatedServers"


class _Trusted(Body):
    trusted: list[str]


def _trusted(server: Record) -> list[str]:
    return list(server.private.get("trusted", ()))


def _log(call: Call, event: str, server: Record, others: list[str]) -> None:
    targets = [SERVERS.as_target(SERVERS.find(call.tenant, each)) for each in others]
    system_log.record(call, event, SERVERS.as_target(server), *targets)


def _show(call: Call, identifiers: list[str]) -> Answer:
    servers = [call.tenant.store.get(SERVERS.kind, each) for each in identifiers]
    return Answer(200, [SERVERS.view(call.tenant, server) for server in servers if server])


def list_associated(call: Call) -> Answer:
    """GET: the servers that this server trusts; with `trusted=false`, the servers that trust it."""
    server = SERVERS.named_in(call)
    if call.query.get("trusted") != "false":
        return _show(call, _trusted(server))
    return _show(call, [each.id for each in call.tenant.store.all(SERVERS.kind) if server.id in _trusted(each)])


def add_associated(call: Call) -> Answer:
    """POST: add trusted servers."""
    server, wanted = SERVERS.named_in(call), read(_Trusted, call.json())["trusted"]
    require(call.tenant, SERVERS.kind, wanted, "trusted")
    trusted = list(dict.fromkeys([*_trusted(server), *wanted]))
    call.tenant.store.change(server, private={**server.private, "trusted": trusted})
    _log(call, "app.oauth2.trusted_server.add", server, wanted)
    return _show(call, wanted)


def remove_associated(call: Call) -> Answer:
    """DELETE of a trusted server."""
    server, other = SERVERS.named_in(call), call.params["associated"]
    if other not in _trusted(server):
        raise not_found(other, "AssociatedServer")
    trusted = [each for each in _trusted(server) if each != other]
    call.tenant.store.change(server, private={**server.private, "trusted": trusted})
    _log(call, "app.oauth2.trusted_server.delete", server, [other])
    return NO_CONTENT


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, list_associated),
        Route("POST", PATH, add_associated),
        Route("DELETE", f"{PATH}/{{associated}}", remove_associated),
    ),
    scope="okta.authorizationServers",
)
