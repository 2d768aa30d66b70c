"""Faults on request: what a network and a busy service do to a client, at will.

A fault applies to requests whose method and path fit, to a share of them, or to the first N, or after N of
them.
"""

import random
from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field

from reconciler.sandbox.body import Body
from reconciler.sandbox.patterns import ANYTHING, Pattern


class FaultOrder(Body):
    """What `POST /_sandbox/faults` takes.

    method, path    which requests: a method or `*`, and a regular expression (see `patterns`) for the whole path
    status          answer with this status instead, with Okta's error object
    retryAfter      seconds, as a `Retry-After` header of that answer
    latency         seconds to wait before the answer
    drop            close the connection without an answer; `after` does what was asked first, `before` does not
    truncate        send only half of the body that Content-Length promises
    share           of the fitting requests, between 0 and 1
    first, after    only the first N fitting requests; only those after the first N
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    method: str = "*"
    path: str = ANYTHING
    status: int | None = Field(default=None, ge=400, le=599)
    retryAfter: int | None = Field(default=None, ge=0)
    latency: float = Field(default=0.0, ge=0.0, le=120.0)
    drop: Literal["before", "after"] | None = None
    truncate: bool = False
    share: float = Field(default=1.0, ge=0.0, le=1.0)
    first: int | None = Field(default=None, ge=0)
    after: int = Field(default=0, ge=0)


@dataclass
class Fault:
    """An order, and how many requests it has seen."""

    order: FaultOrder
    pattern: Pattern
    seen: int = 0
    applied: int = 0

    def applies_to(self, method: str, path: str, chance: random.Random) -> bool:
        """Count a request, and tell whether the fault happens to it."""
        order = self.order
        if order.method not in ("*", method) or not self.pattern.fits(path):
            return False
        self.seen += 1
        if self.seen <= order.after or (order.first is not None and self.seen > order.after + order.first):
            return False
        if order.share < 1 and chance.random() >= order.share:
            return False
        self.applied += 1
        return True


class Faults:
    """The orders in force; the first that applies to a request is the one that happens."""

    def __init__(self, seed: int | None = None) -> None:
        self.active: list[Fault] = []
        self._chance = random.Random(seed)

    def add(self, order: FaultOrder) -> Fault:
        """Put an order in force; `PatternRefused` when its path is no regular expression, or too costly a one."""
        fault = Fault(order, Pattern(order.path))
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all orders."""
        self.active.clear()

    def next(self, method: str, path: str) -> FaultOrder | None:
        """What happens to a request, if anything."""
        for fault in self.active:
            if fault.applies_to(method, path, self._chance):
                return fault.order
        return None
