"""Push providers of custom authenticators: `/api/v1/push-providers`. Keys are never shown."""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Stamps, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant


class _Apple(Body):
    fileName: str | None = absent()
    keyId: str = required_text()
    teamId: str = required_text()
    tokenSigningKey: str | None = absent()


class _Firebase(Body):
    fileName: str | None = absent()
    serviceAccountJson: dict[str, Any] | None = absent()


class _Named(Body):
    name: str = required_text()


class _AppleProvider(_Named):
    providerType: Literal["APNS"]
    configuration: _Apple


class _FirebaseProvider(_Named):
    providerType: Literal["FCM"]
    configuration: _Firebase


class _AnyProvider(RootModel[Annotated[_AppleProvider | _FirebaseProvider, Field(discriminator="providerType")]]):
    """The configuration depends on the type."""


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before and before.body["providerType"] != body["providerType"]:
        raise invalid_field("providerType", "The type of a push provider cannot be changed.")
    configuration = dict(body["configuration"])
    secret = "tokenSigningKey" if body["providerType"] == "APNS" else "serviceAccountJson"
    key = configuration.pop(secret, None) or (before.private["key"] if before else None)
    if not key:
        raise invalid_field(f"configuration.{secret}", "The field cannot be left blank")
    if isinstance(key, dict):
        configuration = {"projectId": key.get("project_id"), **configuration}
    return {**body, "configuration": configuration, "_private": {"key": key}}


def _links(tenant: Tenant, provider: Record) -> JsonObject:
    return {"self": link(tenant, f"{PUSH_PROVIDERS.path}/{provider.id}", "GET", "PUT", "DELETE")}


PUSH_PROVIDERS = Collection(
    kind="PushProvider",
    path="/api/v1/push-providers",
    item="provider",
    prefix="ppc",
    model=_AnyProvider,
    events=Events("PushProvider"),
    stamps=Stamps(created="", updated="lastUpdatedDate"),
    unique=Unique(),
    complete=_complete,
    links=_links,
    select=lambda call, providers: [
        each for each in providers if call.query.get("type") in (None, each.body["providerType"])
    ],
)

FAMILY = Family((PUSH_PROVIDERS,), scope="okta.pushProviders")
