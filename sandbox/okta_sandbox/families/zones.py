"""Network zones: `/api/v1/zones`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from okta_sandbox import conditions
from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.conditions import only_in, remove_from_conditions
from okta_sandbox.errors import OktaError, forbidden, invalid, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import standard_links
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record


class _Address(Body):
    type: Literal["CIDR", "RANGE"]
    value: str = required_text()


class _Location(Body):
    country: str = required_text(2)
    region: str | None = None


class _Zone(Body):
    name: str = required_text(128)
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    usage: Literal["POLICY", "BLOCKLIST"] = "POLICY"
    system: bool = False


class _IpZone(_Zone):
    type: Literal["IP"]
    gateways: list[_Address] | None = None
    proxies: list[_Address] | None = None


class _DynamicZone(_Zone):
    type: Literal["DYNAMIC"]
    locations: list[_Location] | None = None
    proxyType: str | None = None
    asns: list[str] | None = absent()


_EMPTY_FOR_NULL = BeforeValidator(lambda value: [] if value is None else value)
_LocationList = Annotated[list[_Location], _EMPTY_FOR_NULL]
_TextList = Annotated[list[str], _EMPTY_FOR_NULL]


class _Locations(Body):
    include: _LocationList = Field([])
    exclude: _LocationList = Field([])


class _Values(Body):
    include: _TextList = Field([])
    exclude: _TextList = Field([])


class _EnhancedZone(_Zone):
    type: Literal["DYNAMIC_V2"]
    locations: _Locations = _Locations()
    ipServiceCategories: _Values = _Values()
    asns: _Values = _Values()


class AnyZone(RootModel[Annotated[_IpZone | _DynamicZone | _EnhancedZone, Field(discriminator="type")]]):
    """The fields depend on the type."""


def _as_range(address: JsonObject) -> JsonObject:
    """Show a single-address range with start and end."""
    value = address["value"]
    single = address["type"] == "RANGE" and "-" not in value
    return {**address, "value": f"{value}-{value}"} if single else address


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    for side in ("gateways", "proxies"):
        if body.get(side):
            body = {**body, side: [_as_range(address) for address in body[side]]}
    if before is None:
        return {**body, "system": False, "status": "ACTIVE"}  # a status in the body is ignored
    if body["type"] != before.body["type"]:
        raise invalid_field("type", "The type of a network zone cannot be changed.")
    system = before.body["system"]
    if system and body["name"] != before.body["name"]:
        raise invalid_field("name", "The name of a default network zone cannot be changed.")
    return {**body, "system": system}


def _refuse_system(call: Call, zone: Record) -> None:
    if zone.body["system"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def cannot_delete(zone: Record) -> OktaError:
    """As reported in okta/terraform-provider-okta#1975."""
    reason = "is an active zone. Active zones cannot be deleted."
    return invalid(f"The zone: {zone.body['name']} {reason}", f"id: The zone: {zone.id} {reason}")


def _refuse_system_or_last(call: Call, zone: Record) -> None:
    """Refuse to delete the only zone of a rule, as documented; the text is ours."""
    _refuse_system(call, zone)
    if rules := only_in(call.tenant, conditions.ZONES, zone.id):
        names = ", ".join(str(rule.body["name"]) for rule in rules)
        raise invalid("zone", f"zone: It is the only zone of these rules: {names}. Change them first.")


ZONES = Collection(
    kind="NetworkZone",
    path="/api/v1/zones",
    item="zone",
    prefix="nzo",
    model=AnyZone,
    events=Events.lifecycle("NetworkZone", "zone."),
    lifecycle=Lifecycle("object", cannot_delete),
    paging=Paging(),
    filterable=frozenset({"id", "name", "usage", "system"}),
    unique=Unique(),
    complete=_complete,
    guard_delete=_refuse_system_or_last,
    removed=lambda call, zone: remove_from_conditions(call.tenant, conditions.ZONES, zone.id),
    links=lambda tenant, zone: standard_links(tenant, zone, f"/api/v1/zones/{zone.id}"),
)

FAMILY = Family((ZONES,), scope="okta.networkZones")
