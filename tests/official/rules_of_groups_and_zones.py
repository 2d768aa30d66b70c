"""The provider's rules for groups, group rules, network zones and trusted origins."""

from __future__ import annotations

from reconciler.kinds.iso_3166 import countries
from tests.of_kinds import OMIT
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
    WorkedAround,
    rule,
)

_ZONE = "network-zone"
_CUSTOM = "custom_profile_attributes"
_DYNAMIC = {"type": "DYNAMIC", "gateways": OMIT, "locations": ["NO"]}
_ENHANCED = {"type": "DYNAMIC_V2", "gateways": OMIT, "locations": ["NO"]}
_COUNTRIES = sorted(countries())
_RULE_AGAIN = {"expression": 'user.department == "Sales"'}


def _not_of_the_type(base: dict[str, object], **fields: object) -> tuple[RefusedByValidate, ...]:
    return tuple(
        RefusedByValidate(_ZONE, name, "leave it out", base | {name: value}, base) for name, value in fields.items()
    )


TABLE = (
    # Groups
    rule(
        "group",
        "preview",
        "len(name) > 255",
        Refused("group", "name", "at most 255", {"name": "n" * 256}, {"name": "n" * 255}),
    ),
    rule(
        "group",
        "preview",
        "custom_profile_attributes set and not JSON",
        ShownBy(
            "definitions have a mapping, and the stand-in refuses other texts",
            MECHANISMS + "test_text_that_is_not_json_is_refused",
        ),
    ),
    rule(
        "group",
        "create update",
        "custom_profile_attributes has null values",
        RefusedByValidate("group", _CUSTOM, "leave it out", {_CUSTOM: {"a": None}}),
        RefusedByValidate("group", _CUSTOM, "a field", {_CUSTOM: {"name": "a"}}),
    ),
    rule(
        "group",
        "preview",
        'custom_profile_attributes unset or ""',
        ShownBy(
            "a field that is left out is not managed", MECHANISMS + "test_optional_json_text_left_out_is_not_managed"
        ),
    ),
    rule(
        "group",
        "create",
        "always",
        Requests("only reads", "stand_in/test_service.py::test_create_then_delete"),
    ),
    # Group rules
    rule(
        "group-rule",
        "preview",
        "len(name) > 50",
        Refused("group-rule", "name", "at most 50", {"name": "n" * 51}, {"name": "n" * 50}),
    ),
    rule("group-rule", "create", "always", Converges("group-rule"), Converges("group-rule", {"status": "INACTIVE"})),
    rule(
        "group-rule",
        "update",
        "any change",
        Converges("group-rule", _RULE_AGAIN),
        Converges("group-rule", {"status": "INACTIVE", **_RULE_AGAIN}),
        Converges("group-rule", _RULE_AGAIN, before={"status": "INACTIVE"}),
    ),
    rule(
        "group-rule",
        "preview",
        'status == "INVALID" in the definition',
        RefusedByValidate("group-rule", "status", "cannot be INVALID", {"status": "INVALID"}),
    ),
    rule(
        "group-rule",
        "update",
        "only remove_assigned_users or status changed",
        Converges("group-rule", {"status": "INACTIVE"}),
        Converges("group-rule", {}, before={"status": "INACTIVE"}),
        Converges("group-rule", {"remove_assigned_users": True}, before={}),
    ),
    rule(
        "group-rule",
        "delete",
        "always",
        Requests(
            "ACTIVE objects are deactivated first", "stand_in/test_objects.py::test_delete_deactivates_where_required"
        ),
    ),
    rule("group-rule", "create", "status unset", Converges("group-rule", {"status": "ACTIVE"})),
    # Network zones
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
            _ZONE, sends={"locations": NOTHING, "asns": NOTHING, "proxyType": NOTHING, "ipServiceCategories": NOTHING}
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
            _ZONE, _ENHANCED | {"asns": ["64496"]}, before=_ENHANCED, sends={"gateways": NOTHING, "proxyType": NOTHING}
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
        Converges(_ZONE, {"proxies": ["203.0.113.7"]}, sends={"proxies.0": {"type": "RANGE", "value": "203.0.113.7"}}),
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
        _ZONE, "delete", "any other zone", Requests("ACTIVE objects are deactivated first", "case network.zone_dynamic")
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
    # Trusted origins
    rule(
        "trusted-origin",
        "create",
        "active == false",
        WorkedAround("trusted-origin", "status", {"status": "INACTIVE"}),
        Converges("trusted-origin", {"status": "INACTIVE"}),
    ),
    rule(
        "trusted-origin",
        "update",
        "active changed",
        Converges("trusted-origin", {"status": "INACTIVE", "scopes": ["CORS", "REDIRECT"]}),
        Converges("trusted-origin", {}, before={"status": "INACTIVE"}),
    ),
)
