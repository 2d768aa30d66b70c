"""Network zones."""

from __future__ import annotations

from reconciler.kinds.iso_3166 import countries
from tests.of_kinds import OMIT, Variant, about
from tests.official.provider_rules import (
    FROM_THE_TENANT,
    MECHANISMS,
    NOTHING,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Requests,
    ShownBy,
    rule,
)

_NO_PLACES: Variant = dict.fromkeys(
    ("locations", "locations_excluded", "asns", "proxy_type", "services", "services_excluded"), OMIT
)
_ZONE = "network-zone"
_DYNAMIC = {"type": "DYNAMIC", "gateways": OMIT, "locations": ["NO"]}
_ENHANCED = {"type": "DYNAMIC_V2", "gateways": OMIT, "locations": ["NO"]}
_COUNTRIES = sorted(countries())


def _not_of_the_type(base: dict[str, object], **fields: object) -> tuple[RefusedByValidate, ...]:
    return tuple(
        RefusedByValidate(_ZONE, name, "leave it out", base | {name: value}, base) for name, value in fields.items()
    )


about(
    kind="network-zone",
    usual={"name": "Tested", "type": "IP", "gateways": ["192.0.2.0/24"]},
    harmless=frozenset({"name", "type"}),
    variants={
        "": {
            "ip": {"type": "IP", "usage": "POLICY", **_NO_PLACES},
            "blocklist": {"type": "IP", "usage": "BLOCKLIST", "proxies": OMIT, **_NO_PLACES},
            "dynamic": {
                "type": "DYNAMIC",
                "usage": "POLICY",
                **dict.fromkeys(("gateways", "proxies", "locations_excluded", "services", "services_excluded"), OMIT),
            },
            "enhanced": {
                "type": "DYNAMIC_V2",
                "usage": "POLICY",
                **dict.fromkeys(("gateways", "proxies", "proxy_type"), OMIT),
            },
        }
    },
    system={
        "blocked-ip-zone": {"type": "IP", "name": "BlockedIpZone", "system": True},
        "default-exempt-ip-zone": {"type": "IP", "name": "DefaultExemptIpZone", "system": True},
        "legacy-ip-zone": {"type": "IP", "name": "LegacyIpZone", "system": True},
        "default-enhanced-dynamic-zone": {"type": "DYNAMIC_V2", "name": "DefaultEnhancedDynamicZone", "system": True},
    },
    rules=(
        rule(
            _ZONE,
            "preview",
            "any gateways or proxies element is not an IP address",
            Refused(
                _ZONE,
                "gateways[0]",
                "must be an address",
                {"gateways": ["office"]},
                {"gateways": ["192.0.2.1"]},
                at="gateways",
            ),
            Refused(
                _ZONE,
                "proxies[0]",
                "must be an address",
                {"proxies": ["192.0.2.9-192.0.2.1"]},
                {"proxies": ["192.0.2.1-192.0.2.9"]},
                at="proxies",
            ),
            Refused(
                _ZONE,
                "gateways[0]",
                "must be an address",
                {"gateways": ["192.0.2.1-192.0.2.9-192.0.2.12"]},
                {"gateways": ["2001:db8::/32"]},
                at="gateways",
            ),
        ),
        rule(
            _ZONE,
            "preview",
            "len(dynamic_locations) > 75",
            Refused(
                _ZONE,
                "locations",
                "75",
                _DYNAMIC | {"locations": _COUNTRIES[:76]},
                _DYNAMIC | {"locations": _COUNTRIES[:75]},
            ),
        ),
        rule(
            _ZONE,
            "preview",
            "status not in ACTIVE, INACTIVE",
            Refused(_ZONE, "status", "cannot be", {"status": "INVALID"}, {"status": "INACTIVE"}),
        ),
        rule(
            _ZONE,
            "create update",
            'usage != "POLICY" and proxies not empty',
            Refused(
                _ZONE,
                "proxies",
                "usage: POLICY",
                {"usage": "BLOCKLIST", "proxies": ["192.0.2.0/24"]},
                {"proxies": ["192.0.2.0/24"]},
            ),
        ),
        rule(
            _ZONE,
            "create update",
            "type not in IP, DYNAMIC, DYNAMIC_V2",
            RefusedByValidate(_ZONE, "type", "cannot be", {"type": "STATIC"}),
        ),
        rule(
            _ZONE,
            "create",
            "name in DefaultExemptIpZone, BlockedIpZone",
            Refused(_ZONE, "name", "exists in every tenant", {"name": "BlockedIpZone"}),
            Refused(_ZONE, "name", "exists in every tenant", {"name": "DefaultExemptIpZone"}),
        ),
        rule(
            _ZONE,
            "create update",
            'type == "IP" and any of asns',
            *_not_of_the_type(
                {},
                asns=["64496"],
                locations=["NO"],
                locations_excluded=["NO"],
                proxy_type="Tor",
                services=["ALL_ANONYMIZERS"],
                services_excluded=["ALL_ANONYMIZERS"],
            ),
            Converges(
                _ZONE,
                sends={"locations": NOTHING, "asns": NOTHING, "proxyType": NOTHING, "ipServiceCategories": NOTHING},
            ),
        ),
        rule(
            _ZONE,
            "create update",
            'type == "DYNAMIC" and any of gateways',
            *_not_of_the_type(
                _DYNAMIC,
                gateways=["192.0.2.0/24"],
                proxies=["192.0.2.0/24"],
                locations_excluded=["NO"],
                services=["ALL_ANONYMIZERS"],
                services_excluded=["ALL_ANONYMIZERS"],
            ),
            Converges(
                _ZONE, _DYNAMIC | {"asns": ["64496"]}, before=_DYNAMIC, sends={"gateways": NOTHING, "proxies": NOTHING}
            ),
        ),
        rule(
            _ZONE,
            "create update",
            'type == "DYNAMIC_V2" and any of gateways',
            *_not_of_the_type(_ENHANCED, gateways=["192.0.2.0/24"], proxies=["192.0.2.0/24"], proxy_type="Tor"),
            Converges(
                _ZONE,
                _ENHANCED | {"asns": ["64496"]},
                before=_ENHANCED,
                sends={"gateways": NOTHING, "proxyType": NOTHING},
            ),
        ),
        rule(_ZONE, "create", "always", Converges(_ZONE), Converges(_ZONE, {"status": "INACTIVE"})),
        rule(
            _ZONE,
            "update",
            "any change",
            Converges(_ZONE, {"gateways": ["203.0.113.0/24"]}),
            Converges(_ZONE, {"status": "INACTIVE", "gateways": ["203.0.113.0/24"]}),
            Converges(_ZONE, {}, before={"status": "INACTIVE"}),
        ),
        rule(
            _ZONE,
            "create update",
            "gateways or proxies",
            Converges(_ZONE, {"gateways": ["203.0.113.0/24"]}, sends={"gateways.0.type": "CIDR"}),
            Converges(_ZONE, {"gateways": ["203.0.113.7-203.0.113.9"]}, sends={"gateways.0.type": "RANGE"}),
            Converges(
                _ZONE, {"proxies": ["203.0.113.7"]}, sends={"proxies.0": {"type": "RANGE", "value": "203.0.113.7"}}
            ),
        ),
        rule(
            _ZONE,
            "read",
            'Okta answers a single address as "a-a"',
            Converges(_ZONE, {"gateways": ["203.0.113.7", "2001:db8::1"]}),
            Converges(_ZONE, {"gateways": ["203.0.113.7-203.0.113.7"]}),
            Converges(
                _ZONE, {"gateways": ["203.0.113.7-203.0.113.7"]}, before={"gateways": ["203.0.113.7"]}, no_change=True
            ),
        ),
        rule(
            _ZONE,
            "create update",
            'dynamic_locations element "US-CA"',
            Converges(
                _ZONE,
                _DYNAMIC | {"locations": ["US-CA"]},
                before=_DYNAMIC,
                sends={"locations": [{"country": "US", "region": "US-CA"}]},
            ),
            Converges(
                _ZONE,
                _ENHANCED | {"locations_excluded": ["US-CA"]},
                before=_ENHANCED,
                sends={"locations.exclude": [{"country": "US", "region": "US-CA"}]},
            ),
        ),
        rule(
            _ZONE,
            "create update",
            "set_usage_as_exempt_list == false",
            NotDeclarable("only a zone that Okta creates has exemptions", ("set_usage_as_exempt_list",)),
        ),
        rule(
            _ZONE,
            "read",
            "a list was emptied at Okta",
            FROM_THE_TENANT,
        ),
        rule(
            _ZONE,
            "delete",
            'system zone or name == "DefaultExemptIpZone"',
            NotDeclarable("zones that Okta creates cannot be declared"),
            RefusedByValidate(_ZONE, "name", "exists in every tenant", {"name": "DefaultExemptIpZone"}),
        ),
        rule(
            _ZONE,
            "delete",
            "any other zone",
            Requests("ACTIVE objects are deactivated first", "case network.zone_dynamic"),
        ),
        rule(
            _ZONE,
            "update",
            "type changed",
            Converges(_ZONE, _DYNAMIC),
            ShownBy(
                "the program asks for a replacement",
                MECHANISMS + "test_program_replaces_what_the_provider_cannot_update",
            ),
        ),
    ),
)
