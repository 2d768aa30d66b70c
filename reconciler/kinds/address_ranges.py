"""Ranges of IP addresses, as network zones have them: an address, a CIDR block, or two addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

Range = tuple[int, int, int]
"""The version of IP, the first and the last address."""


def overlap(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether an address is in a range of both."""
    known = list(map(_range, others))
    return any(_meet(one, other) for one in map(_range, some) for other in known)


def within(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether all addresses of the first ranges are in the second ones, which may be split differently."""
    known = _joined(map(_range, others))
    return all(any(_contains(wide, one) for wide in known) for one in map(_range, some))


def _range(text: str) -> Range:
    if "-" in text:
        first, last = (ipaddress.ip_address(part.strip()) for part in text.split("-"))
        return first.version, int(first), int(last)
    network = ipaddress.ip_network(text, strict=False)
    return network.version, int(network.network_address), int(network.broadcast_address)


def _meet(one: Range, other: Range) -> bool:
    return one[0] == other[0] and one[1] <= other[2] and other[1] <= one[2]


def _contains(wide: Range, one: Range) -> bool:
    return wide[0] == one[0] and wide[1] <= one[1] and one[2] <= wide[2]


def _joined(ranges: Iterable[Range]) -> list[Range]:
    """The same addresses, with neighbouring and overlapping ranges as one."""
    return list(_join(sorted(ranges)))


def _join(ranges: list[Range]) -> Iterator[Range]:
    current: Range | None = None
    for one in ranges:
        if current and one[0] == current[0] and one[1] <= current[2] + 1:
            current = (current[0], current[1], max(current[2], one[2]))
            continue
        if current:
            yield current
        current = one
    if current:
        yield current
