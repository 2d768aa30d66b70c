"""An app, or a rule of an authorization server, newly allows the implicit or the password grant."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.model import Guard, GuardContext, Limits
from reconciler.guard.newly import values_that_block
from reconciler.plan import GuardResult, Plan


def check(plan: Plan, context: GuardContext[Limits]) -> Iterator[GuardResult]:
    """Refuses each object with such grants."""
    for one, values in values_that_block(plan, GUARD.id):
        yield GUARD.result(
            one.subject,
            f"would allow the grant type {' and '.join(str(value.value) for value in values)}",
            "use authorization_code with PKCE, or client_credentials for a service without users",
            one.declaration.where(values[0].field),
        )


GUARD = Guard(
    id="implicit-flow",
    title="Tokens would be issued by an obsolete flow",
    purpose="Refuses the implicit and the password grant, which OAuth 2.1 removed: they expose tokens and passwords.",
    check=check,
    limits=Limits(),
)
