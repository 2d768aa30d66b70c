"""Network zones: IP addresses, locations and ASNs that policies can refer to."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, model_validator

from reconciler.kinds import iso_3166
from reconciler.kinds.address_ranges import overlap, within
from reconciler.kinds.conditions import became, both, fewer, more
from reconciler.kinds.fields import (
    Api,
    Argument,
    Checked,
    Codec,
    Name,
    Only,
    Ref,
    Replaces,
    SentEmpty,
    SetOf,
    Status,
    Warns,
    each,
    is_active,
)
from reconciler.kinds.kind import Kind, SystemObject, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, When, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import BLOCKLIST_NARROWED, DENY_ZONE_NARROWED, EXEMPT_ZONE_FILLED, ZONE_WIDENED

ZoneRef = Annotated[str, Ref("network-zone")]


def _address_range(value: str) -> str:
    try:
        if "-" in value:
            first, last = (ipaddress.ip_address(part) for part in value.split("-"))
            if first.version != last.version or int(first) > int(last):
                raise ValueError
        elif "/" in value:
            ipaddress.ip_network(value, strict=False)
        else:
            ipaddress.ip_address(value)
    except ValueError:
        raise ValueError(
            "must be an address (192.0.2.1), a CIDR block (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9)"
        ) from None
    return _shortest(value)


def _shortest(value: str) -> str:
    """A range of one address becomes that address. Okta shows single addresses as ranges."""
    first, _, last = value.partition("-")
    return first if first == last else value


AddressRange = Annotated[str, AfterValidator(_address_range)]
Location = Annotated[
    str,
    AfterValidator(iso_3166.known_location),
    WithJsonSchema({"type": "string", "pattern": iso_3166.FORM}),
    Warns(iso_3166.unknown_region),
]
"""An ISO 3166 country (`NO`) or region (`US-CA`)."""

_ADDRESS = each(
    Codec(
        encode=lambda value: {"type": "CIDR" if "/" in value else "RANGE", "value": value},
        decode=lambda item: _shortest(item["value"]),
    )
)
_LOCATION = each(
    Codec(
        encode=lambda code: {"country": code[:2]} | ({"region": code} if "-" in code else {}),
        decode=lambda item: item.get("region") or item["country"],
    )
)


_MEMBERS = {
    "IP": ("gateways", "proxies"),
    "DYNAMIC": ("locations", "asns", "proxyType"),
    "DYNAMIC_V2": ("locations", "asns", "ipServiceCategories"),
}
"""The members that the provider sends for each type of zone, besides those of all zones."""


_FIELDS = {
    "IP": ("gateways", "proxies"),
    "DYNAMIC": ("locations", "asns", "proxy_type"),
    "DYNAMIC_V2": ("locations", "locations_excluded", "asns", "services", "services_excluded"),
}
"""For each type of zone: the fields, at least one of which is required."""


_IN_ZONE = ("gateways", "proxies", "locations", "asns", "services")
"""The fields that include something in a zone."""
_ADDRESSES = ("gateways", "proxies")
_NOT_IN_ZONE = ("locations_excluded", "services_excluded")
"""The fields that exclude something from a zone."""


EXEMPT_ZONE = "default-exempt-ip-zone"


def _used_as(usage: str) -> When:
    """The declared usage of the zone is this one."""
    return lambda change: (change.expected if change.field == "usage" else change.spec.get("usage")) == usage


def _restricts(change: Change) -> bool:
    return change.others.restricts("network-zone", change.object.name)


def _is_exempt_zone(change: Change) -> bool:
    return change.object.name == EXEMPT_ZONE


def _of_types(*types: str) -> Only:
    return Only(lambda zone: zone.type in types, f"only a zone of type {' or '.join(types)} has this")


def _named(name: str) -> Any:
    return lambda item: item.get("system") is True and item["name"] == name


class NetworkZone(Part):
    """IP addresses, locations or ASNs that policies can refer to (`/api/v1/zones`)."""

    risks = (
        changed(ZONE_WIDENED, *_IN_ZONE, when=both(_used_as("POLICY"), more)),
        changed(ZONE_WIDENED, *_NOT_IN_ZONE, when=both(_used_as("POLICY"), fewer)),
        changed(BLOCKLIST_NARROWED, *_IN_ZONE, when=both(_used_as("BLOCKLIST"), fewer)),
        changed(BLOCKLIST_NARROWED, *_NOT_IN_ZONE, when=both(_used_as("BLOCKLIST"), more)),
        changed(BLOCKLIST_NARROWED, "usage", when=_used_as("BLOCKLIST")),
        changed(BLOCKLIST_NARROWED, "status", when=both(_used_as("BLOCKLIST"), became("INACTIVE"))),
        gone(BLOCKLIST_NARROWED, when=_used_as("BLOCKLIST")),
        changed(ZONE_WIDENED, "proxy_type", when=_used_as("POLICY")),
        changed(ZONE_WIDENED, "status", when=both(_used_as("POLICY"), became("ACTIVE"))),
        changed(BLOCKLIST_NARROWED, "proxy_type", when=_used_as("BLOCKLIST")),
        changed(DENY_ZONE_NARROWED, *_IN_ZONE, when=both(_restricts, fewer)),
        changed(DENY_ZONE_NARROWED, *_NOT_IN_ZONE, when=both(_restricts, more)),
        changed(DENY_ZONE_NARROWED, "proxy_type", when=_restricts),
        changed(DENY_ZONE_NARROWED, "status", when=both(_restricts, became("INACTIVE"))),
        gone(DENY_ZONE_NARROWED, when=_restricts),
        changed(EXEMPT_ZONE_FILLED, "gateways", "proxies", when=both(_is_exempt_zone, more)),
        changed(EXEMPT_ZONE_FILLED, "useAsExemptList", when=became(True)),
    )

    refusals = (
        Refusal(
            "proxies",
            lambda zone: zone.usage != "POLICY" and zone.proxies,
            "only usage: POLICY allows proxies",
        ),
        Refusal(
            "name",
            lambda zone: zone.name in ("DefaultExemptIpZone", "BlockedIpZone"),
            "this zone exists in every tenant: refer to it, or choose another name",
            Phase.CREATE,
        ),
    )

    name: Name
    """Name of the zone, unique in the tenant."""
    type: Annotated[Literal["IP", "DYNAMIC", "DYNAMIC_V2"], Replaces(by_provider=False)]
    """`IP` for IP addresses, `DYNAMIC` for locations and ASNs, `DYNAMIC_V2` (enhanced dynamic) also for IP services."""
    usage: Literal["POLICY", "BLOCKLIST"] = "POLICY"
    """`POLICY`: policies can refer to the zone. `BLOCKLIST`: Okta blocks all requests from the zone."""
    gateways: Annotated[SetOf[AddressRange], Api("gateways", _ADDRESS), Checked(), _of_types("IP")] = frozenset()
    """Gateway IP addresses, CIDR blocks or ranges (`IP`)."""
    proxies: Annotated[SetOf[AddressRange], Api("proxies", _ADDRESS), Checked(), _of_types("IP")] = frozenset()
    """IP addresses of trusted proxies (`IP`)."""
    locations: Annotated[
        SetOf[Location],
        Field(max_length=75),
        Api("locations.include", _LOCATION),
        Argument("dynamic_locations"),
        Checked(),
        _of_types("DYNAMIC", "DYNAMIC_V2"),
    ] = frozenset()
    """Countries and regions to include (`DYNAMIC`, `DYNAMIC_V2`)."""
    locations_excluded: Annotated[
        SetOf[Location],
        Api("locations.exclude", _LOCATION),
        Argument("dynamic_locations_excludes"),
        _of_types("DYNAMIC_V2"),
    ] = frozenset()
    """Countries and regions to exclude (`DYNAMIC_V2`)."""
    asns: Annotated[
        SetOf[Annotated[str, StringConstraints(pattern=r"^\d+$")]],
        Api("asns.include"),
        _of_types("DYNAMIC", "DYNAMIC_V2"),
    ] = frozenset()
    """Autonomous system numbers (ASNs), in quotes (`DYNAMIC`, `DYNAMIC_V2`)."""
    proxy_type: Annotated[
        Literal["", "Any", "Tor", "NotTorAnonymizer", "TorAnonymizer"],
        Api("proxyType"),
        Argument("dynamic_proxy_type"),
        SentEmpty(),
        _of_types("DYNAMIC"),
    ] = ""
    """Proxy type that requests must come through (`DYNAMIC`)."""
    services: Annotated[
        SetOf[str],
        Api("ipServiceCategories.include"),
        Argument("ip_service_categories_includes"),
        _of_types("DYNAMIC_V2"),
    ] = frozenset()
    """IP service categories to include, such as `ALL_ANONYMIZERS` (`DYNAMIC_V2`)."""
    services_excluded: Annotated[
        SetOf[str],
        Api("ipServiceCategories.exclude"),
        Argument("ip_service_categories_excludes"),
        _of_types("DYNAMIC_V2"),
    ] = frozenset()
    """IP service categories to exclude (`DYNAMIC_V2`)."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` zone matches nothing."""

    @model_validator(mode="after")
    def _says_what_is_in_it(self) -> Self:
        if not any(getattr(self, field) for field in _FIELDS[self.type]):
            raise ValueError(f"a zone of type {self.type} needs one of {', '.join(sorted(_FIELDS[self.type]))}")
        return self


def _matches_less(before: Spec, after: Spec) -> bool:
    """Whether addresses or locations leave the zone, or policies can no longer refer to it."""
    if not is_active(before):
        return False
    if not is_active(after) or any(before.get(name) != after.get(name) for name in ("type", "usage", "proxy_type")):
        return True
    if any(not within(before.get(name) or (), after.get(name) or ()) for name in _ADDRESSES):
        return True
    left = any(set(before.get(name) or ()) - set(after.get(name) or ()) for name in _IN_ZONE if name not in _ADDRESSES)
    return left or any(set(after.get(name) or ()) - set(before.get(name) or ()) for name in _NOT_IN_ZONE)


def _shares_addresses(one: Spec, other: Spec) -> bool:
    """Whether both are active and have IP addresses, or a location, in common."""
    if not (is_active(one) and is_active(other)):
        return False
    countries, others = ({str(code)[:2] for code in zone.get("locations") or ()} for zone in (one, other))
    return bool(countries & others) or overlap(one.get("gateways") or (), other.get("gateways") or ())


def _matches_everything(spec: Spec) -> bool:
    """Whether it has all addresses of IPv4, in which most people are."""
    return is_active(spec) and within(["0.0.0.0/0"], spec.get("gateways") or ())


def _blocks_requests(spec: Spec) -> bool:
    """Whether it is an active blocklist."""
    return spec.get("usage") == "BLOCKLIST" and is_active(spec)


def _stops(spec: Spec) -> str:
    """The consequence of removing a blocklist. Rules name only other zones."""
    return f"requests from the zone {spec['name']} are no longer blocked" if spec["usage"] == "BLOCKLIST" else ""


def _read_api(item: Json) -> Json:
    """A `DYNAMIC` zone has plain lists of locations and ASNs; a `DYNAMIC_V2` zone has include and exclude lists."""
    flat = {key: {"include": item[key]} for key in ("locations", "asns") if isinstance(item.get(key), list)}
    return item | flat


def _write_api(item: Json) -> Json:
    """The inverse of `read_api`. Members of other types of zones are not sent."""
    foreign = {member for members in _MEMBERS.values() for member in members} - set(_MEMBERS[item["type"]])
    own = {key: value for key, value in item.items() if key not in foreign}
    if item["type"] != "DYNAMIC":
        return own
    return own | {key: own[key].get("include", []) for key in ("locations", "asns") if key in own}


NETWORK_ZONE = register(
    Kind(
        name="network-zone",
        resource="okta:network/zone:Zone",
        fields=NetworkZone,
        shape=Listed(path="/api/v1/zones", scope="okta.networkZones", built_in=lambda item: item.get("system") is True),
        provider=Provider(lifecycle=True, inactive_to_delete=True),
        not_declarable={
            "set_usage_as_exempt_list": "only Okta's zone DefaultExemptIpZone takes it: definitions do not declare it"
        },
        events=("zone.",),
        system=(
            SystemObject("blocked-ip-zone", _named("BlockedIpZone"), "blocked addresses"),
            SystemObject(EXEMPT_ZONE, _named("DefaultExemptIpZone"), "addresses exempt from blocking"),
            SystemObject("legacy-ip-zone", _named("LegacyIpZone"), "Okta's legacy IP zone"),
            SystemObject("default-enhanced-dynamic-zone", _named("DefaultEnhancedDynamicZone"), "anonymous proxies"),
        ),
        matches_less=_matches_less,
        shares_addresses=_shares_addresses,
        matches_everything=_matches_everything,
        blocks_requests=_blocks_requests,
        stops=_stops,
        read_api=_read_api,
        write_api=_write_api,
    )
)
