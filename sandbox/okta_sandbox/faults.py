"""Faults on request: network failures and errors of a busy service.

A fault applies to requests with a matching method and path: to all, to a share, to the first N, or after the first N.
"""

import random
from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field

from okta_sandbox.body import Body
from okta_sandbox.patterns import ANYTHING, Pattern


class FaultRule(Body):
    """Body of `POST /_sandbox/faults`.

    method, path    matching requests: a method or `*`, and a regular expression (see `patterns`) for the whole path
    status          answer with this status instead, with Okta's error object
    retryAfter      seconds, as a `Retry-After` header of that answer
    latency         seconds to wait before the answer
    drop            close the connection without an answer, `before` or `after` the request is executed
    truncate        send only half of the body announced by Content-Length
    share           of the matching requests, between 0 and 1
    first, after    only the first N matching requests; only those after the first N
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
    """A rule and its request counts."""

    rule: FaultRule
    pattern: Pattern
    seen: int = 0
    applied: int = 0

    def applies_to(self, method: str, path: str, chance: random.Random) -> bool:
        """Count a request. Returns whether the fault applies to it."""
        rule = self.rule
        if rule.method not in ("*", method) or not self.pattern.matches(path):
            return False
        self.seen += 1
        if self.seen <= rule.after or (rule.first is not None and self.seen > rule.after + rule.first):
            return False
        if rule.share < 1 and chance.random() >= rule.share:
            return False
        self.applied += 1
        return True


class Faults:
    """The active faults. The first that applies to a request takes effect."""

    def __init__(self, seed: int | None = None) -> None:
        self.active: list[Fault] = []
        self._chance = random.Random(seed)

    def add(self, rule: FaultRule) -> Fault:
        """Activate a rule. Raises InvalidPattern for an invalid or too costly path expression."""
        fault = Fault(rule, Pattern(rule.path))
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        self.active.clear()

    def next(self, method: str, path: str) -> FaultRule | None:
        """The rule that applies to a request, if any."""
        for fault in self.active:
            if fault.applies_to(method, path, self._chance):
                return fault.rule
        return None
