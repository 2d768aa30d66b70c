"""A token or a session would be valid for longer than the limit."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated

from pydantic import Field

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.newly import newly_in_force
from reconciler.kinds import Spec
from reconciler.kinds.fields import Int
from reconciler.kinds.mapping import Field as KindField
from reconciler.kinds.mapping import schema
from reconciler.kinds.refusals import SpecAttributes
from reconciler.plan import GuardResult, Plan

_DAY = 24 * 60
Minutes = Annotated[Int, Field(ge=1)]


class TokenLifetimeLimits(Limits):
    """The limits of `token-lifetime`, in minutes."""

    access_token: Minutes = _DAY
    """Longest lifetime of access tokens, in minutes. Okta accepts up to a day."""
    refresh_token: Minutes = 90 * _DAY
    """Longest lifetime of refresh tokens, in minutes."""
    session: Minutes = _DAY
    """Longest lifetime of an Okta session, in minutes."""
    recovery_token: Minutes = _DAY
    """Longest lifetime of the link with which users recover an account, in minutes."""


def check(plan: Plan, context: GuardContext[TokenLifetimeLimits]) -> Iterator[GuardResult]:
    """Refuses each lifetime that is new or becomes longer, and is beyond its limit."""
    for one in newly_in_force(plan):
        for field in schema(one.declaration.kind.fields):
            if field.lifetime is None:
                continue
            limit: int = getattr(context.limits, field.lifetime.of)
            after = _lifetime(field, one.after)
            if after > limit and after > _lifetime(field, one.before):
                what = field.lifetime.of.replace("_", " ")
                length = "would not expire" if after == inf else f"would be valid for {after:.0f} minutes"
                yield GUARD.result(
                    one.subject,
                    f"{field.name}: {what}s {length}; the limit is {limit} minutes",
                    f"set {field.name} to at most {limit}, or change {GUARD.id}.{field.lifetime.of} in guards.yaml",
                    one.declaration.where(field.name),
                )


def _lifetime(field: KindField, spec: Spec | None) -> float:
    """The lifetime in minutes; 0 if an object with these fields issues nothing."""
    if spec is None or field.lifetime is None or not field.lifetime.when(SpecAttributes(spec)):
        return 0
    value = spec.get(field.name)
    return inf if value == field.lifetime.unlimited else float(value or 0)


GUARD = Guard(
    id="token-lifetime",
    title="A token or session would be valid for too long",
    purpose="Limits how long tokens and sessions are valid.",
    check=check,
    limits=TokenLifetimeLimits(),
)
