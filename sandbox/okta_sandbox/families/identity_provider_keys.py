"""Identity provider keys: `/api/v1/idps/credentials/keys`."""

from typing import Any

from pydantic import Field

from okta_sandbox import keys
from okta_sandbox.body import Body
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record


class _Key(Body):
    x5c: list[str] = Field(min_length=1)


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    now = call.tenant.now()
    try:
        key = keys.of_certificate(body["x5c"][0], before.id if before else call.tenant.identifiers.uuid())
    except ValueError:
        raise invalid_field("x5c", "The certificate is not valid.") from None
    made = {"created": before.body["created"]} if before else {}
    return {**keys.as_json(key, now), **made, "alg": "RSA", "x5c": body["x5c"]}


def _refuse_used(call: Call, key: Record) -> None:
    for provider in call.tenant.store.all("IdentityProvider"):
        trust: dict[str, Any] = provider.body["protocol"]["credentials"].get("trust") or {}
        if key.id in (trust.get("kid"), *(trust.get("additionalKids") or ())):
            raise invalid("key", f"key: The key is used by the identity provider '{provider.body['name']}'.")


KEYS = Collection(
    kind="IdpCredentialsKey",
    path="/api/v1/idps/credentials/keys",
    item="kid",
    prefix="",
    model=_Key,
    events=Events("IdpCredentialsKey", *(f"system.idp.key.{verb}" for verb in ("create", "update", "delete"))),
    stamps=NO_STAMPS,
    paging=Paging(default=20),
    title=lambda body: str(body["kid"]),
    identify=lambda call, body: str(body["kid"]),
    complete=_complete,
    guard_delete=_refuse_used,
    show=lambda tenant, key: key.body,
)

FAMILY = Family((KEYS,), scope="okta.idps")
