"""Keys of an authorization server: for signing tokens, and for encrypting them for a resource server.

Signing keys are derived from the id of the current key and are not stored: each key has exactly one successor.
"""

import base64
import hashlib
from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, invalid, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.authorization_servers import KEY_LIFE_DAYS, SERVERS, path_of
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PATH = f"{SERVERS.item_path}/credentials/keys"
KEY = "AuthorizationServerKey"
MODULUS_BYTES = 256


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _successor(key_id: str) -> str:
    return _base64url(hashlib.sha256(key_id.encode()).digest())


def _modulus(key_id: str) -> str:
    """A 2048-bit number that looks like an RSA modulus."""
    digits = bytearray(hashlib.shake_256(key_id.encode()).digest(MODULUS_BYTES))
    digits[0] |= 0x80
    digits[-1] |= 1
    return _base64url(bytes(digits))


def _signing_keys(server: Record) -> dict[str, str]:
    """Status by key id: the current key, the next one and the last expired one."""
    current = str(server.body["credentials"]["signing"]["kid"])
    expired = server.private.get("expiredKey")
    return {current: "ACTIVE", _successor(current): "NEXT", **({expired: "EXPIRED"} if expired else {})}


def _show(tenant: Tenant, server: Record, key_id: str, status: str) -> JsonObject:
    path = f"{path_of(tenant, server.id)}/credentials/keys/{key_id}"
    return {
        "status": status,
        "alg": "RS256",
        "e": "AQAB",
        "n": _modulus(key_id),
        "kid": key_id,
        "kty": "RSA",
        "use": "sig",
        "_links": {"self": link(tenant, path, "GET")},
    }


def list_keys(call: Call) -> Answer:
    """GET of the signing keys."""
    server = SERVERS.named_in(call)
    return Answer(200, [_show(call.tenant, server, *key) for key in _signing_keys(server).items()])


def read_key(call: Call) -> Answer:
    """GET of a signing key."""
    server, wanted = SERVERS.named_in(call), call.params["key"]
    if (status := _signing_keys(server).get(wanted)) is None:
        raise not_found(wanted, KEY)
    return Answer(200, _show(call.tenant, server, wanted, status))


class _Rotation(Body):
    use: Literal["sig"] = "sig"


def rotate(call: Call) -> Answer:
    """POST .../credentials/lifecycle/keyRotate: the next key becomes the current one."""
    server, tenant = SERVERS.named_in(call), call.tenant
    read(_Rotation, call.json())
    signing = dict(server.body["credentials"]["signing"])
    private = {**server.private, "expiredKey": signing["kid"]}
    signing |= {"kid": _successor(signing["kid"]), "lastRotated": tenant.now()}
    if "nextRotation" in signing:
        signing["nextRotation"] = tenant.in_future(days=KEY_LIFE_DAYS)
    tenant.store.change(server, {**server.body, "credentials": {"signing": signing}}, private)
    system_log.record(call, "app.oauth2.key.rollover", SERVERS.as_target(server))
    return list_keys(call)


class _EncryptionKey(Body):
    kty: Literal["RSA"] = "RSA"
    use: Literal["enc"] = "enc"
    kid: str = required_text()
    e: str = required_text()
    n: str = required_text(2048)
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


def _cannot_delete(key: Record) -> OktaError:
    return invalid("resourceServerKey", "resourceServerKey: Deactivate the key before you delete it.")


def _encryption_links(tenant: Tenant, key: Record) -> JsonObject:
    path = f"{path_of(tenant, key.parent)}/resourceservercredentials/keys/{key.id}"
    return {"self": link(tenant, path, "GET", "DELETE"), **lifecycle_link(tenant, path, key.body["status"], "POST")}


ENCRYPTION_KEYS = Collection(
    kind="OAuth2ResourceServerJsonWebKey",
    path=f"{SERVERS.item_path}/resourceservercredentials/keys",
    item="key",
    prefix="apk",
    model=_EncryptionKey,
    events=Events(
        "AuthorizationServerKey",
        create="app.oauth2.credentials.lifecycle.create",
        delete="app.oauth2.credentials.lifecycle.delete",
        activate="app.oauth2.credentials.lifecycle.activate",
        deactivate="app.oauth2.credentials.lifecycle.deactivate",
    ),
    parent=SERVERS,
    operations=("list", "create", "read", "delete"),
    created_status=201,
    lifecycle=Lifecycle("object", _cannot_delete),
    unique=Unique(lambda body: str(body["kid"])),
    title=lambda body: str(body["kid"]),
    links=_encryption_links,
)

FAMILY = Family(
    (ENCRYPTION_KEYS,),
    (
        Route("GET", PATH, list_keys),
        Route("GET", f"{PATH}/{{key}}", read_key),
        Route("POST", f"{SERVERS.item_path}/credentials/lifecycle/keyRotate", rotate),
    ),
    scope="okta.authorizationServers",
)
