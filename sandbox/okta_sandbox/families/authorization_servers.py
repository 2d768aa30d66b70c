"""Custom authorization servers, their scopes and claims: `/api/v1/authorizationServers`.

Paths accept `default` as the id of the default server.
"""

from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, forbidden, invalid, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

Status = Literal["ACTIVE", "INACTIVE"]
KEY_LIFE_DAYS = 90


class _Signing(Body):
    rotationMode: Literal["AUTO", "MANUAL"] = "AUTO"


class _Credentials(Body):
    signing: _Signing = _Signing()


class _Server(Body):
    name: str = required_text()
    description: str | None = None
    audiences: list[str]
    issuerMode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] = "ORG_URL"
    credentials: _Credentials = _Credentials()
    accessTokenEncryptedResponseAlgorithm: str | None = absent()
    jwks: dict[str, Any] | None = absent()
    jwks_uri: str | None = absent()


def complete_server(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """Complete a server. A change of the rotation mode keeps its signing key."""
    if len(body["audiences"]) != 1:
        raise invalid_field("audiences", "Exactly one audience has to be given.")
    tenant, mode = call.tenant, body["credentials"]["signing"]["rotationMode"]
    signing = dict(before.body["credentials"]["signing"]) if before else {"kid": tenant.identifiers.key_id()}
    signing = {"lastRotated": tenant.now(), **signing, "rotationMode": mode}
    if mode == "AUTO":
        signing.setdefault("nextRotation", tenant.in_future(days=KEY_LIFE_DAYS))
    else:
        signing.pop("nextRotation", None)
    kept = {name: before.body[name] for name in ("status", "default")} if before else {}
    return {"status": "ACTIVE", "default": False, **body, **kept, "credentials": {"signing": signing}}


def _refuse_default(call: Call, server: Record) -> None:
    if server.body["default"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def _cannot_delete_server(server: Record) -> OktaError:
    return invalid("authorizationServer", "authorizationServer: Deactivate the server before you delete it.")


def path_id(server: Record) -> str:
    """The id of a server in paths: `default` for the default server."""
    return "default" if server.body["default"] else server.id


def _show_server(tenant: Tenant, server: Record) -> JsonObject:
    name = path_id(server)
    path, issuer = f"/api/v1/authorizationServers/{name}", f"/oauth2/{name}"
    metadata = [
        {"name": document, **link(tenant, f"{issuer}/.well-known/{document}", "GET")}
        for document in ("oauth-authorization-server", "openid-configuration")
    ]
    return {
        "id": server.id,
        **server.body,
        "issuer": tenant.url(issuer),
        "_links": {
            "rotateKey": link(tenant, f"{path}/credentials/lifecycle/keyRotate", "POST"),
            "metadata": metadata,
            "resourceServerCredentialsKeys": link(tenant, f"{path}/resourceservercredentials/keys", "GET"),
            "keys": link(tenant, f"{path}/credentials/keys", "GET"),
            "claims": link(tenant, f"{path}/claims", "GET", "POST"),
            "policies": link(tenant, f"{path}/policies", "GET", "POST"),
            "self": link(tenant, path, "GET", "DELETE", "PUT"),
            "scopes": link(tenant, f"{path}/scopes", "GET", "POST"),
            **lifecycle_link(tenant, path, server.body["status"], "POST"),
        },
    }


def _server_alias(tenant: Tenant, name: str) -> Record | None:
    servers = tenant.store.all("AuthorizationServer")
    return next((each for each in servers if each.body["default"]), None) if name == "default" else None


def create_standard_parts(call: Call, server: Record) -> None:
    """Give a new server the system scopes and claims of the default server."""
    default = _server_alias(call.tenant, "default")
    for collection in (SCOPES, CLAIMS):
        for part in call.tenant.store.all(collection.kind, default.id) if default else ():
            if part.body["system"]:
                identifier = call.tenant.identifiers.new(collection.prefix)
                call.tenant.store.add(collection.kind, identifier, part.body, server.id)


SERVERS = Collection(
    kind="AuthorizationServer",
    path="/api/v1/authorizationServers",
    item="server",
    prefix="aus",
    model=_Server,
    events=Events(
        "AuthorizationServer",
        "oauth2.as.created",
        "oauth2.as.updated",
        "oauth2.as.deleted",
        "oauth2.as.activated",
        "oauth2.as.deactivated",
    ),
    created_status=201,
    lifecycle=Lifecycle("nothing", _cannot_delete_server),
    paging=Paging(default=200),
    query=lambda server, wanted: wanted.lower() in f"{server.body['name']} {server.body['audiences']}".lower(),
    unique=Unique(),
    alias=_server_alias,
    complete=complete_server,
    guard_delete=_refuse_default,
    created=create_standard_parts,
    show=_show_server,
)


def path_of(tenant: Tenant, server_id: str) -> str:
    """The path of a server."""
    return f"/api/v1/authorizationServers/{path_id(SERVERS.find(tenant, server_id))}"


def part_links(name: str) -> Any:
    """The links of scopes and claims: only `self`."""

    def links(tenant: Tenant, part: Record) -> JsonObject:
        own = f"{path_of(tenant, part.parent)}/{name}/{part.id}"
        return {"self": link(tenant, own, "GET", "PUT", "DELETE")}

    return links


def refuse_system(call: Call, part: Record) -> None:
    """Refuse to delete a system object."""
    if part.body["system"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


class _Scope(Body):
    name: str = required_text()
    displayName: str | None = None
    description: str | None = None
    system: bool = False
    metadataPublish: Literal["ALL_CLIENTS", "NO_CLIENTS"] = "NO_CLIENTS"
    consent: Literal["IMPLICIT", "REQUIRED", "FLEXIBLE", "ADMIN"] = "IMPLICIT"
    optional: bool = False
    apiResourceId: None = None
    default: bool = False


def _keep_system(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """Keep `system`, which clients cannot set."""
    return {**body, "system": bool(before and before.body["system"])}


SCOPES = Collection(
    kind="OAuth2Scope",
    path="/api/v1/authorizationServers/{server}/scopes",
    item="scope",
    prefix="scp",
    model=_Scope,
    events=Events("OAuth2Scope", "oauth2.scope.created", "oauth2.scope.updated", "oauth2.scope.deleted"),
    parent=SERVERS,
    created_status=201,
    stamps=NO_STAMPS,
    paging=Paging(links=lambda call: False),
    query=lambda scope, wanted: wanted.lower() in str(scope.body["name"]).lower(),
    unique=Unique(),
    complete=_keep_system,
    guard_delete=refuse_system,
    links=part_links("scopes"),
)


class _ClaimConditions(Body):
    scopes: list[str] = Field([])


class _Claim(Body):
    name: str = required_text()
    status: Status = "ACTIVE"
    claimType: Literal["RESOURCE", "IDENTITY"]
    valueType: Literal["EXPRESSION", "GROUPS", "SYSTEM"]
    value: str | None = None
    conditions: _ClaimConditions = _ClaimConditions()
    system: bool = False
    alwaysIncludeInToken: bool = True
    apiResourceId: None = None
    group_filter_type: Literal["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] | None = absent()


def _complete_claim(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if body["valueType"] == "GROUPS" and not body.get("group_filter_type"):
        raise invalid_field("group_filter_type", "The field cannot be left blank")
    return _keep_system(call, body, before)


CLAIMS = Collection(
    kind="OAuth2Claim",
    path="/api/v1/authorizationServers/{server}/claims",
    item="claim",
    prefix="ocl",
    model=_Claim,
    events=Events("OAuth2Claim", "oauth2.claim.created", "oauth2.claim.updated", "oauth2.claim.deleted"),
    parent=SERVERS,
    created_status=201,
    stamps=NO_STAMPS,
    unique=Unique(lambda body: f"{body['claimType']} {body['name']}"),
    complete=_complete_claim,
    guard_delete=refuse_system,
    links=part_links("claims"),
)


FAMILY = Family(
    (
        SERVERS,
        SCOPES,
        CLAIMS,
    ),
    scope="okta.authorizationServers",
)
