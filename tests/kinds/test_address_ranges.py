"""Ranges of IP addresses."""

from __future__ import annotations

import pytest

from reconciler.kinds import kind_named
from reconciler.kinds.address_ranges import overlap, within

ZONE = kind_named("network-zone")


@pytest.mark.parametrize(
    ("some", "others", "result"),
    [
        (["192.0.2.1"], ["192.0.2.0/24"], True),
        (["192.0.2.0/24"], ["192.0.2.1"], False),
        (["192.0.2.0/24"], ["192.0.2.0/25", "192.0.2.128-192.0.2.255"], True),
        (["192.0.2.0/24"], ["192.0.2.0/25", "192.0.2.129-192.0.2.255"], False),
        (["192.0.2.0/24"], ["192.0.0.0/16", "192.0.2.7"], True),
        (["192.0.2.1", "2001:db8::1"], ["192.0.2.1"], False),
        (["0.0.0.0/0"], ["128.0.0.0/1", "0.0.0.0/1"], True),
        ([], [], True),
        (["192.0.2.1"], [], False),
    ],
)
def test_within(some, others, result):
    assert within(some, others) is result


@pytest.mark.parametrize(
    ("some", "others", "result"),
    [
        (["192.0.2.0/24"], ["192.0.2.255"], True),
        (["192.0.2.0/24"], ["192.0.3.0"], False),
        (["192.0.2.0-192.0.2.9"], ["198.51.100.1", "192.0.2.9-192.0.2.20"], True),
        (["0.0.0.0/0"], ["2001:db8::/32"], False),
        ([], ["192.0.2.1"], False),
    ],
)
def test_overlap(some, others, result):
    assert overlap(some, others) is result
    assert overlap(others, some) is result


IP = {"type": "IP", "usage": "POLICY", "status": "ACTIVE", "gateways": ["192.0.2.0/24"], "proxies": []}
DYNAMIC = {"type": "DYNAMIC_V2", "usage": "POLICY", "status": "ACTIVE", "locations": ["NL", "US-CA"], "asns": ["64496"]}


@pytest.mark.parametrize(
    ("zone", "change", "less"),
    [
        (IP, {"gateways": ["192.0.0.0/16"]}, False),
        (IP, {"gateways": ["192.0.2.0/25"]}, True),
        (IP, {"name": "Another"}, False),
        (IP, {"status": "INACTIVE"}, True),
        (IP, {"usage": "BLOCKLIST"}, True),
        (IP | {"status": "INACTIVE"}, {"gateways": ["192.0.2.1"]}, False),
        (DYNAMIC, {"locations": ["NL", "NO", "US-CA"]}, False),
        (DYNAMIC, {"locations": ["NL"]}, True),
        (DYNAMIC, {"asns": []}, True),
        (DYNAMIC, {"services_excluded": ["ALL_ANONYMIZERS"]}, True),
    ],
)
def test_a_zone_that_matches_less(zone, change, less):
    assert ZONE.matches_less(zone, zone | change) is less


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (IP, {"gateways": ["192.0.2.7"]}, True),
        (IP, {"gateways": ["198.51.100.7"]}, False),
        (IP, {"gateways": ["192.0.2.7"], "status": "INACTIVE"}, False),
        (DYNAMIC, {"locations": ["US"]}, True),
        (DYNAMIC, {"locations": ["NO"]}, False),
    ],
)
def test_zones_with_common_addresses(one, other, shared):
    assert ZONE.shares_addresses(one, other) is shared
    assert ZONE.shares_addresses(other, one) is shared
