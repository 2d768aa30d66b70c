"""An app or a trusted origin newly gets an address with a wildcard, or one without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.newly import NewValue, values_that_block
from reconciler.kinds.web_addresses import why_unsafe
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each object with such addresses."""
    for one, values in values_that_block(plan, GUARD.id):
        yield GUARD.result(
            one.subject,
            "; ".join(map(_described, values)),
            "write out each address, with https:; only http://localhost and other loopback addresses are safe "
            "without TLS",
            one.declaration.where(values[0].field),
        )


def _described(one: NewValue) -> str:
    why = why_unsafe(str(one.value))
    return f"{one.field}: {one.value} {why}" if why else f"{one.field}: {one.value} allows wildcards"


GUARD = Guard(
    id="unsafe-redirect",
    title="Users or tokens would be sent to an unsafe address",
    purpose="Refuses redirect addresses and trusted origins with a wildcard, or with http: to another machine.",
    check=check,
    limits=Limits(),
)
